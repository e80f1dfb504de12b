#include "core/number/regex.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace pbx::number {
namespace {

RegexPattern compiled(std::string_view text) {
  auto pattern = RegexPattern::compile(text);
  REQUIRE_MESSAGE(pattern.has_value(), pattern.error().text);
  return std::move(*pattern);
}

}  // namespace

TEST_CASE("an expression is compared with the whole number") {
  Groups groups;
  const RegexPattern pattern = compiled(R"(\+?(7|8)(\d{10}))");
  CHECK(pattern.match("89104032212", groups));
  CHECK(pattern.match("+79104032212", groups));
  CHECK_FALSE(pattern.match("891040322123", groups));
  CHECK_FALSE(pattern.match("x89104032212", groups));
  CHECK_FALSE(pattern.match("", groups));
}

TEST_CASE("groups of an expression are found by number and have their names") {
  Groups groups;
  const RegexPattern pattern = compiled(R"(8(?P<area>9\d\d)(x)?(?P<rest>\d+))");
  REQUIRE(pattern.match("89104032212", groups));
  CHECK(groups[0] == "89104032212");
  CHECK(groups[1] == "910");
  CHECK(groups[2].empty());
  CHECK(groups[3] == "4032212");
  CHECK(pattern.group_names() == std::vector<std::string>{"area", "", "rest"});
}

TEST_CASE("what every match of an expression begins with is known") {
  CHECK(compiled("810.*").literal_prefix() == "810");
  CHECK(compiled("\\+7495\\d{7}").literal_prefix() == "+7495");
  CHECK(compiled("(7|8)1").literal_prefix().empty());
  CHECK(compiled(".*").literal_prefix().empty());
  CHECK(compiled("(?i)abc").literal_prefix().empty());
}

TEST_CASE("a wrong expression is refused with the place") {
  struct Row {
    std::string pattern;
    std::size_t offset;
    const char* why;
  };
  const Row rows[] = {
      {"", 0, "is empty"},
      {"8(910", 5, "is no regular expression: missing ): 8(910"},
      {"8[910", 1, "is no regular expression: missing ]: [910"},
      {"8**", 1, "is no regular expression: bad repetition operator: **"},
      {R"(12(\d)\1)", 6, R"(is no regular expression: invalid escape sequence: \1)"},
      {"12(?=3)", 2, "is no regular expression: invalid perl operator: (?="},
      {"8{5,2}", 1, "is no regular expression: invalid repetition size: {5,2}"},
      {"8\xD0", 0, "is no regular expression: invalid UTF-8"},
      {std::string(kPatternMax + 1, '1'), kPatternMax, "is longer than 256 octets"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.pattern);
    const auto pattern = RegexPattern::compile(row.pattern);
    REQUIRE_FALSE(pattern.has_value());
    CHECK(pattern.error().offset == row.offset);
    CHECK(pattern.error().text == row.why);
  }
}

TEST_CASE("bounds of expressions hold") {
  std::string groups;
  for (std::size_t i = 0; i < kGroupsMax; ++i) groups += "(1)";
  CHECK(RegexPattern::compile(groups).has_value());
  CHECK(RegexPattern::compile(groups + "(1)").error().text == "has more than 16 groups");
  // Small to write, large to compile.
  const auto large = RegexPattern::compile("((\\pL{30}){30}){30}");
  REQUIRE_FALSE(large.has_value());
  CHECK(large.error().text.starts_with("is no regular expression: "));
  Groups found;
  CHECK(compiled("1*").match(std::string(kPatternTextMax, '1'), found));
  CHECK_FALSE(compiled("1*").match(std::string(kPatternTextMax + 1, '1'), found));
}

TEST_CASE("an expression that others choke on takes no time") {
  Groups groups;
  CHECK_FALSE(compiled("(1*)*(1*)*(1*)*2").match(std::string(kPatternTextMax, '1'), groups));
}

}  // namespace pbx::number
