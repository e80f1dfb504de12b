// core/number/rewrite.h — ordered rules that turn one way of writing a number into another: what a
// trunk or a domain sends into what we understand, and back.
//
// Pure.  A RewriteSet is compiled once and immutable; any thread may apply it.
//
// The rules are tried once each, from the first to the last.  A rule whose pattern matches the
// whole number replaces it; then the set stops, or goes on with the next rule and the new number,
// as the rule says.  Nothing goes back, so no set can loop.
//
// Bounds: kRewriteRulesMax rules, pattern_types.h for each, kRewriteTextMax octets of a number
// before and after each rule.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/config/numbering.h"
#include "core/number/pattern.h"

namespace pbx::number {

inline constexpr std::size_t kRewriteRulesMax = 1000;
inline constexpr std::size_t kRewriteTextMax = 128;

using config::AfterRule;

struct RewriteRule {
  PatternKind kind = PatternKind::kLetters;
  std::string match;
  std::string replace;  // "" is allowed: the number is taken away, as for a hidden caller
  AfterRule then = AfterRule::kStop;
};

// What is wrong with a rule, and where.
struct RewriteMistake {
  enum class Field : std::uint8_t { kSet, kMatch, kReplace };  // kSet: the number of rules
  std::size_t rule = 0;                                        // from 0
  Field field = Field::kMatch;
  std::size_t offset = 0;  // octets before the place that is meant
  std::string text;

  // "rule 2, match, offset 5: '(' is never closed"; rules are counted from 1 here.
  [[nodiscard]] std::string message() const;
  friend bool operator==(const RewriteMistake&, const RewriteMistake&) = default;
};

// A rule that matched, for `number explain`.
struct RewriteStep {
  std::size_t rule = 0;  // from 0
  std::string before;
  std::string after;
  AfterRule then = AfterRule::kStop;
  friend bool operator==(const RewriteStep&, const RewriteStep&) = default;
};

class RewriteSet {
 public:
  RewriteSet() = default;  // no rules: every number stays as it is

  // Errors: at least one mistake, all of them in the order of the rules.
  static tl::expected<RewriteSet, std::vector<RewriteMistake>> compile(
      std::span<const RewriteRule> rules);

  // `number` after the rules.
  // Errors: kLimitReached if it is, or a rule makes it, longer than kRewriteTextMax octets; the
  // detail names the rule, never the number.
  [[nodiscard]] core::Result<std::string> apply(std::string_view number) const;
  // The same, and adds each rule that matched to `steps`, also those before a failure.
  [[nodiscard]] core::Result<std::string> apply(std::string_view number,
                                                std::vector<RewriteStep>& steps) const;

  [[nodiscard]] std::size_t size() const { return rules_.size(); }

 private:
  struct Rule {
    Pattern pattern;
    Replacement replacement;
    AfterRule then;
  };
  core::Result<std::string> run(std::string_view number, std::vector<RewriteStep>* steps) const;

  std::vector<Rule> rules_;
};

}  // namespace pbx::number
