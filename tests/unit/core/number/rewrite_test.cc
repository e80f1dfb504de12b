#include "core/number/rewrite.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace pbx::number {
namespace {

constexpr auto kLetters = PatternKind::kLetters;
constexpr auto kRegex = PatternKind::kRegex;
constexpr auto kStop = AfterRule::kStop;
constexpr auto kContinue = AfterRule::kContinue;

RewriteSet compiled(const std::vector<RewriteRule>& rules) {
  auto set = RewriteSet::compile(rules);
  REQUIRE_MESSAGE(set.has_value(), set.error().front().message());
  return std::move(*set);
}

std::vector<RewriteMistake> mistakes_of(const std::vector<RewriteRule>& rules) {
  auto set = RewriteSet::compile(rules);
  REQUIRE_FALSE(set.has_value());
  return set.error();
}

}  // namespace

TEST_CASE("the first rule that matches and stops decides") {
  const RewriteSet set = compiled({
      {kLetters, "8(XXXXXXXXXX)", "+7$1", kStop},
      {kLetters, "810(.)", "+$1", kStop},
      {kLetters, "00(.)", "+$1", kStop},
      {kRegex, R"((?P<code>7|375)(?P<rest>\d{9,10}))", "+${code}${rest}", kStop},
      {kLetters, "NXXXXXX", "+7495$0", kStop},
      {kLetters, "8(.)", "never for what the first took: $1", kStop},
  });
  struct Row {
    const char* number;
    const char* result;
  };
  const Row rows[] = {
      {"89104032212", "+79104032212"},
      {"8104930901820", "+4930901820"},
      {"004930901820", "+4930901820"},
      {"79104032212", "+79104032212"},
      {"375291234567", "+375291234567"},
      {"7304487", "+74957304487"},
      {"+79104032212", "+79104032212"},
      {"112", "112"},
      {"", ""},
      {"anonymous", "anonymous"},
  };
  for (const Row& row : rows) CHECK(*set.apply(row.number) == row.result);
}

TEST_CASE("a rule that continues gives its number to the next ones only") {
  const RewriteSet set = compiled({
      {kLetters, "9(.)", "$1", kContinue},  // the digit for an outside line
      {kLetters, "8(XXXXXXXXXX)", "+7$1", kContinue},
      {kLetters, "9(.)", "again $1", kStop},  // sees what the rules before it left
  });
  std::vector<RewriteStep> steps;
  CHECK(*set.apply("989104032212", steps) == "+79104032212");
  CHECK(steps == std::vector<RewriteStep>{{0, "989104032212", "89104032212", kContinue},
                                          {1, "89104032212", "+79104032212", kContinue}});
  steps.clear();
  CHECK(*set.apply("9912", steps) == "again 12");
  CHECK(steps ==
        std::vector<RewriteStep>{{0, "9912", "912", kContinue}, {2, "912", "again 12", kStop}});
  steps.clear();
  CHECK(*set.apply("112", steps) == "112");
  CHECK(steps.empty());
}

TEST_CASE("no set can loop: each rule is tried once") {
  const RewriteSet set = compiled({{kLetters, "1(.)", "2$1", kContinue},
                                   {kLetters, "2(.)", "1$1", kContinue},
                                   {kLetters, "1(.)", "1$1", kContinue}});
  std::vector<RewriteStep> steps;
  CHECK(*set.apply("15", steps) == "15");
  CHECK(steps.size() == 3);
}

TEST_CASE("a rule may take the number away, and then others see an empty one") {
  const RewriteSet set =
      compiled({{kRegex, "anonymous|unavailable", "", kContinue}, {kLetters, "!", "<$0>", kStop}});
  CHECK(*set.apply("anonymous") == "<>");
}

TEST_CASE("no rules leave every number as it is") {
  CHECK(*RewriteSet().apply("89104032212") == "89104032212");
  CHECK(*compiled({}).apply("") == "");
  CHECK(RewriteSet().size() == 0);
}

TEST_CASE("the growth of a number is bounded and the rule that broke it is named") {
  const RewriteSet set = compiled({{kLetters, "1(!)", "2$1", kContinue},
                                   {kLetters, "!", "$0$0", kContinue},
                                   {kLetters, "!", "$0$0", kContinue}});
  CHECK(set.apply(std::string(kRewriteTextMax / 4, '1'))->size() == kRewriteTextMax);
  std::vector<RewriteStep> steps;
  const auto grown = set.apply(std::string(kRewriteTextMax / 4 + 1, '1'), steps);
  REQUIRE_FALSE(grown);
  CHECK(grown.error().code == core::ErrorCode::kLimitReached);
  CHECK(grown.error().detail == "rule 3 makes it longer than 128 octets");
  CHECK(steps.size() == 2);
  const auto large = set.apply(std::string(kRewriteTextMax + 1, '1'));
  REQUIRE_FALSE(large);
  CHECK(large.error().detail == "is longer than 128 octets");
}

TEST_CASE("all mistakes of a set are told with rule, field and offset") {
  const auto mistakes = mistakes_of({{kLetters, "8(XXX", "+7", kStop},
                                     {kLetters, "8(XXX)", "+7$1", kStop},
                                     {kLetters, "8(XXX)", "+7$2", kStop},
                                     {kRegex, "8[1", "+7", kStop}});
  REQUIRE(mistakes.size() == 3);
  CHECK(mistakes[0].message() == "rule 1, match, offset 1: '(' is never closed");
  CHECK(mistakes[1].message() == "rule 3, replace, offset 2: the pattern has no group '2'");
  CHECK(mistakes[2].message() ==
        "rule 4, match, offset 1: is no regular expression: missing ]: [1");
}

TEST_CASE("the number of rules is bounded") {
  const std::vector<RewriteRule> most(kRewriteRulesMax,
                                      RewriteRule{kLetters, "X", "$0", kContinue});
  const RewriteSet set = compiled(most);
  CHECK(set.size() == kRewriteRulesMax);
  std::vector<RewriteStep> steps;
  CHECK(*set.apply("5", steps) == "5");
  CHECK(steps.size() == kRewriteRulesMax);
  auto more = most;
  more.push_back(most.front());
  CHECK(mistakes_of(more).front().message() == "there are 1001 rules, 1000 are allowed");
}

}  // namespace pbx::number
