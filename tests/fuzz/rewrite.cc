// Lines of "match TAB replacement" as a rule set, the last line as the number: mistakes lie within
// what was written, results within the bounds, and the steps lead to the result.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/text.h"
#include "core/number/rewrite.h"

namespace {

using namespace pbx::number;

constexpr std::size_t kInputMax = 4096;

void check(bool condition) {
  if (!condition) std::abort();
}

void check_mistakes(const std::vector<RewriteMistake>& mistakes,
                    const std::vector<RewriteRule>& rules) {
  check(!mistakes.empty());
  for (const RewriteMistake& mistake : mistakes) {
    check(!mistake.message().empty());
    if (mistake.field == RewriteMistake::Field::kSet) continue;
    const RewriteRule& rule = rules.at(mistake.rule);
    const bool is_match = mistake.field == RewriteMistake::Field::kMatch;
    check(mistake.offset <= (is_match ? rule.match : rule.replace).size());
  }
}

void apply(const RewriteSet& set, std::string_view number) {
  std::vector<RewriteStep> steps;
  const auto result = set.apply(number, steps);
  check(steps.size() <= set.size());
  if (!result) return;
  check(result->size() <= kRewriteTextMax);
  check(*result == (steps.empty() ? number : std::string_view(steps.back().after)));
  check(*set.apply(number) == *result);
}

// The first character of a line says the kind of pattern and what follows a match.
RewriteRule rule_of(std::string_view line) {
  const char kind = line.empty() ? 'x' : line.front();
  if (!line.empty()) line.remove_prefix(1);
  const auto parts = pbx::core::split_once(line, '\t').value_or(std::pair(line, line.substr(0, 0)));
  return {kind % 2 == 0 ? PatternKind::kLetters : PatternKind::kRegex, std::string(parts.first),
          std::string(parts.second), kind % 4 < 2 ? AfterRule::kStop : AfterRule::kContinue};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > kInputMax) return -1;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<RewriteRule> rules;
  while (const auto parts = pbx::core::split_once(text, '\n')) {
    rules.push_back(rule_of(parts->first));
    text = parts->second;
  }
  const auto set = RewriteSet::compile(rules);
  if (!set) {
    check_mistakes(set.error(), rules);
  } else {
    apply(*set, text);
  }
  return 0;
}
