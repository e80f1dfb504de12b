#include "tools/strowger/lines.h"

#include <algorithm>

#include <fmt/format.h>

#include "tools/strowger/table.h"

namespace pbx::tools {
namespace {

std::string step_text(const number::RewriteStep& step) {
  return fmt::format("rule {}: {} → {}{}", step.rule + 1, step.before,
                     step.after.empty() ? "nothing" : step.after,
                     step.then == number::AfterRule::kContinue ? ", continues" : "");
}

}  // namespace

void Lines::add(std::string name, std::string text) {
  width_ = std::max(width_, width(name));
  lines_.emplace_back(std::move(name), std::move(text));
}

std::string Lines::text() const {
  std::string all;
  for (const auto& [name, text] : lines_)
    all += fmt::format("  {}{}  {}\n", name, std::string(width_ - width(name), ' '), text);
  return all;
}

void add_steps(Lines& lines, const number::NumberExplanation& explanation) {
  for (const auto& set : explanation.sets) {
    if (set.steps.empty()) lines.add(set.name, "no rule matches");
    for (const auto& step : set.steps) lines.add(set.name, step_text(step));
  }
}

}  // namespace pbx::tools
