#include "core/number/letters.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace pbx::number {
namespace {

LettersPattern compiled(std::string_view text) {
  auto pattern = LettersPattern::compile(text);
  REQUIRE_MESSAGE(pattern.has_value(), pattern.error().text);
  return *pattern;
}

bool matches(std::string_view pattern, std::string_view text) {
  Groups groups;
  return compiled(pattern).match(text, groups);
}

}  // namespace

TEST_CASE("letters stand for digits") {
  struct Row {
    const char* pattern;
    const char* text;
    bool is_match;
  };
  const Row rows[] = {
      {"101", "101", true},
      {"101", "1010", false},
      {"101", "10", false},
      {"101", "102", false},
      {"XXX", "000", true},
      {"XXX", "999", true},
      {"xXx", "505", true},
      {"XXX", "50", false},
      {"XXX", "5055", false},
      {"XXX", "50*", false},
      {"Z", "0", false},
      {"Z", "1", true},
      {"z", "9", true},
      {"N", "1", false},
      {"N", "2", true},
      {"n", "9", true},
      {"[1-35]", "1", true},
      {"[1-35]", "3", true},
      {"[1-35]", "4", false},
      {"[1-35]", "5", true},
      {"[*#+]1", "*1", true},
      {"[*#+]1", "+1", true},
      {"[*#+]1", "11", false},
      {"[0-9]", "7", true},
      {"+7XXX", "+7123", true},
      {"+7XXX", "7123", false},
      {"*4X", "*43", true},
      {"#31#X.", "#31#12", true},
      {"8 (XXX) XXX-XX-XX", "89104032212", true},
      {"00.", "00", false},
      {"00.", "001", true},
      {"00.", "00123456", true},
      {"00!", "00", true},
      {"00!", "0012", true},
      {"00!", "01", false},
      {"!", "", true},
      {"!", "anything", true},
      {".", "", false},
      {".", "alice", true},
      {"1X", "1\xD0", false},
      {"(1)(2)", "12", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.pattern);
    CAPTURE(row.text);
    CHECK(matches(row.pattern, row.text) == row.is_match);
  }
}

TEST_CASE("groups hold what matched inside their brackets") {
  Groups groups;
  const LettersPattern pattern = compiled("8(area:(X)XX)(.)");
  REQUIRE(pattern.match("89104032212", groups));
  CHECK(groups[0] == "89104032212");
  CHECK(groups[1] == "910");
  CHECK(groups[2] == "9");
  CHECK(groups[3] == "4032212");
  CHECK(groups[4].empty());
  CHECK(pattern.group_names() == std::vector<std::string>{"area", "", ""});
  REQUIRE(compiled("1()X(rest:!)").match("12", groups));
  CHECK(groups[1].empty());
  CHECK(groups[2].empty());
  REQUIRE(compiled("1(X(2.))").match("1924567", groups));
  CHECK(groups[1] == "924567");
  CHECK(groups[2] == "24567");
}

TEST_CASE("what every match begins with is known") {
  CHECK(compiled("810.").literal_prefix() == "810");
  CHECK(compiled("+7(495)X").literal_prefix() == "+7495");
  CHECK(compiled("8[9]1X").literal_prefix() == "891");
  CHECK(compiled("X12").literal_prefix().empty());
  CHECK(compiled(".").literal_prefix().empty());
}

TEST_CASE("a wrong pattern is refused with the place") {
  struct Row {
    std::string pattern;
    PatternMistake mistake;
  };
  const Row rows[] = {
      {"", {0, "is empty"}},
      {"8(XXX", {1, "'(' is never closed"}},
      {"((1)", {0, "'(' is never closed"}},
      {"8XXX)", {4, "')' has no '(' before it"}},
      {"12[34", {2, "'[' is never closed"}},
      {"12[", {2, "'[' is never closed"}},
      {"1[]", {1, "'[]' matches nothing"}},
      {"1[5-1]", {2, "is no range of digits such as 1-5"}},
      {"1[*-5]", {2, "is no range of digits such as 1-5"}},
      {"1[1-]", {2, "is no range of digits such as 1-5"}},
      {"1[-5]", {2, "is none of 0-9 + * # and so not for [ ]"}},
      {"1[X]", {2, "is none of 0-9 + * # and so not for [ ]"}},
      {"8.1", {2, "only ')' can follow '.' or '!'"}},
      {"8!.", {2, "only ')' can follow '.' or '!'"}},
      {"8(.)(X)", {4, "only ')' can follow '.' or '!'"}},
      {"_8X", {0, "is none of 0-9 + * # X Z N [ ] ( ) . !"}},
      {"8A", {1, "is none of 0-9 + * # X Z N [ ] ( ) . !"}},
      {"8\xD0\xA5", {1, "is none of 0-9 + * # X Z N [ ] ( ) . !"}},
      {"()", {0, "matches nothing but an empty number"}},
      {" - ", {0, "matches nothing but an empty number"}},
      {"(a:1)(a:2)", {6, "another group is named 'a' already"}},
      {"(1a:X)",
       {1, "a group's name is 1 to 32 letters, digits and '_', and begins with no digit"}},
      {"(:X)", {1, "a group's name is 1 to 32 letters, digits and '_', and begins with no digit"}},
      {std::string(kPatternMax + 1, 'X'), {kPatternMax, "is longer than 256 octets"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.pattern);
    const auto pattern = LettersPattern::compile(row.pattern);
    REQUIRE_FALSE(pattern.has_value());
    CHECK(pattern.error().offset == row.mistake.offset);
    CHECK(pattern.error().text == row.mistake.text);
  }
}

TEST_CASE("bounds of letters hold") {
  std::string groups;
  for (std::size_t i = 0; i < kGroupsMax; ++i) groups += "(X)";
  CHECK(LettersPattern::compile(groups).has_value());
  CHECK(LettersPattern::compile(groups + "(X)").error().offset == groups.size());
  CHECK(LettersPattern::compile(std::string(kPatternMax, 'X')).has_value());
  CHECK(matches("!", std::string(kPatternTextMax, '1')));
  CHECK_FALSE(matches("!", std::string(kPatternTextMax + 1, '1')));
}

}  // namespace pbx::number
