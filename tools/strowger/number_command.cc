#include "tools/strowger/number_command.h"

#include <cstdio>

#include <fmt/format.h>

#include "core/config/loader.h"

namespace pbx::tools {
namespace {

void print(std::FILE* out, const std::string& text) { std::fputs(text.c_str(), out); }

std::string step_line(const std::string& set, const call::RewriteStep& step) {
  return fmt::format("  {:<10} rule {}: {} → {}{}\n", set, step.rule + 1, step.before,
                     step.after.empty() ? "nothing" : step.after,
                     step.then == call::AfterRule::kContinue ? ", continues" : "");
}

void append_if(std::string& line, const std::string& part) {
  if (part.empty()) return;
  if (!line.empty()) line += ", ";
  line += part;
}

std::string region_line(const call::Region& region) {
  std::string line;
  append_if(line, region.country_name.empty() ? region.country : region.country_name);
  append_if(line, region.area);
  append_if(line, region.city);
  append_if(line, region.operator_name);
  return line.empty() ? line : fmt::format("  {:<10} {}\n", "region", line);
}

}  // namespace

std::string format_number(const std::string& asked, const call::NumberExplanation& explanation) {
  std::string text = asked + '\n';
  for (const auto& set : explanation.sets) {
    if (set.steps.empty()) text += fmt::format("  {:<10} no rule matches\n", set.name);
    for (const auto& step : set.steps) text += step_line(set.name, step);
  }
  if (!explanation.number)
    return text + fmt::format("  {:<10} {}\n", "refused", explanation.problem);
  const call::Number& number = *explanation.number;
  text += fmt::format("  {:<10} {}, {}\n", "number", number.text, call::to_text(number.kind));
  if (!number.sub_address.empty())
    text += fmt::format("  {:<10} {}, dialled after the answer\n", "extension", number.sub_address);
  return text + region_line(explanation.region);
}

Exit explain_number(const NumberQuestion& question) {
  const auto loaded = config::load(question.conf);
  for (const auto& mistake : loaded.mistakes) print(stderr, mistake.message() + '\n');
  if (!loaded.has_config()) return Exit::kFailed;
  const auto numbering = call::Numbering::make(*loaded.config, config::read_table);
  if (!numbering) {
    for (const call::Flaw& flaw : numbering.error())
      print(stderr, fmt::format("{}: {}\n", flaw.path, flaw.text));
    return Exit::kFailed;
  }
  for (const std::string& name : question.rewrites) {
    if (numbering->find_rewrites(name) != nullptr) continue;
    print(stderr, fmt::format("strowger: {} has no rewrites `{}`\n", question.conf.string(), name));
    return Exit::kFailed;
  }
  const auto language = loaded.config->server.language == config::Language::kRu ? "ru" : "en";
  const auto told = call::explain_number(*numbering, question.number, question.rewrites, language);
  print(stdout, format_number(question.number, told));
  return told.number ? Exit::kDone : Exit::kFailed;
}

}  // namespace pbx::tools
