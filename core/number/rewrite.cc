#include "core/number/rewrite.h"

#include <fmt/format.h>

#include <utility>

namespace pbx::number {
namespace {

using Field = RewriteMistake::Field;

const char* name_of(Field field) {
  switch (field) {
    case Field::kMatch:
      return "match";
    case Field::kReplace:
      return "replace";
    case Field::kSet:
      break;
  }
  return "rules";
}

RewriteMistake mistake_in(std::size_t rule, Field field, PatternMistake mistake) {
  return {rule, field, mistake.offset, std::move(mistake.text)};
}

}  // namespace

std::string RewriteMistake::message() const {
  if (field == Field::kSet) return text;
  return fmt::format("rule {}, {}, offset {}: {}", rule + 1, name_of(field), offset, text);
}

tl::expected<RewriteSet, std::vector<RewriteMistake>> RewriteSet::compile(
    std::span<const RewriteRule> rules) {
  std::vector<RewriteMistake> mistakes;
  if (rules.size() > kRewriteRulesMax) {
    mistakes.push_back(
        {kRewriteRulesMax, Field::kSet, 0,
         fmt::format("there are {} rules, {} are allowed", rules.size(), kRewriteRulesMax)});
    return tl::unexpected(std::move(mistakes));
  }
  RewriteSet set;
  set.rules_.reserve(rules.size());
  for (std::size_t i = 0; i < rules.size(); ++i) {
    auto pattern = Pattern::compile(rules[i].kind, rules[i].match);
    if (!pattern) {
      mistakes.push_back(mistake_in(i, Field::kMatch, std::move(pattern.error())));
      continue;
    }
    auto replacement = Replacement::compile(rules[i].replace, *pattern);
    if (!replacement) {
      mistakes.push_back(mistake_in(i, Field::kReplace, std::move(replacement.error())));
      continue;
    }
    set.rules_.push_back({std::move(*pattern), std::move(*replacement), rules[i].then});
  }
  if (!mistakes.empty()) return tl::unexpected(std::move(mistakes));
  return set;
}

core::Result<std::string> RewriteSet::apply(std::string_view number) const {
  return run(number, nullptr);
}

core::Result<std::string> RewriteSet::apply(std::string_view number,
                                            std::vector<RewriteStep>& steps) const {
  return run(number, &steps);
}

core::Result<std::string> RewriteSet::run(std::string_view number,
                                          std::vector<RewriteStep>* steps) const {
  if (number.size() > kRewriteTextMax)
    return core::fail(core::ErrorCode::kLimitReached,
                      fmt::format("is longer than {} octets", kRewriteTextMax));
  std::string current(number);
  Groups groups;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const Rule& rule = rules_[i];
    if (!rule.pattern.match(current, groups)) continue;
    std::string next = rule.replacement.expand(groups);
    if (next.size() > kRewriteTextMax)
      return core::fail(
          core::ErrorCode::kLimitReached,
          fmt::format("rule {} makes it longer than {} octets", i + 1, kRewriteTextMax));
    if (steps != nullptr) steps->push_back({i, current, next, rule.then});
    current = std::move(next);
    if (rule.then == AfterRule::kStop) break;
  }
  return current;
}

}  // namespace pbx::number
