#include "core/number/pattern.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace pbx::number {
namespace {

Pattern compiled(PatternKind kind, std::string_view text) {
  auto pattern = Pattern::compile(kind, text);
  REQUIRE_MESSAGE(pattern.has_value(), pattern.error().text);
  return std::move(*pattern);
}

}  // namespace

TEST_CASE("both kinds of pattern answer alike") {
  const Pattern both[] = {compiled(PatternKind::kLetters, "8(area:XXX)(X.)"),
                          compiled(PatternKind::kRegex, "8(?P<area>\\d{3})(\\d.+)")};
  for (const Pattern& pattern : both) {
    Groups groups;
    CHECK(pattern.match("89104032212"));
    REQUIRE(pattern.match("89104032212", groups));
    CHECK(groups[1] == "910");
    CHECK(groups[2] == "4032212");
    CHECK(pattern.group_names() == std::vector<std::string>{"area", ""});
    CHECK(pattern.literal_prefix() == "8");
    CHECK_FALSE(pattern.match("79104032212"));
  }
  CHECK(Pattern::compile(PatternKind::kLetters, "(").error().offset == 0);
  CHECK(Pattern::compile(PatternKind::kRegex, "(").error().offset == 1);
}

TEST_CASE("a replacement puts groups into text") {
  struct Row {
    const char* text;
    const char* result;
  };
  const Row rows[] = {
      {"", ""},
      {"+7$1$2", "+79104032212"},
      {"+7${area}${2}", "+79104032212"},
      {"$0", "89104032212"},
      {"${0}x", "89104032212x"},
      {"$1$1", "910910"},
      {"$$1", "$1"},
      {"$10", "9100"},  // one digit; ${10} is group 10
      {"112", "112"},
  };
  const Pattern pattern = compiled(PatternKind::kLetters, "8(area:XXX)(.)");
  Groups groups;
  REQUIRE(pattern.match("89104032212", groups));
  for (const Row& row : rows) {
    const auto replacement = Replacement::compile(row.text, pattern);
    REQUIRE_MESSAGE(replacement.has_value(), replacement.error().text);
    CHECK(replacement->expand(groups) == row.result);
  }
}

TEST_CASE("a wrong replacement is refused with the place") {
  struct Row {
    std::string text;
    PatternMistake mistake;
  };
  const Row rows[] = {
      {"+7$3", {2, "the pattern has no group '3'"}},
      {"+7${12}", {2, "the pattern has no group '12'"}},
      {"+7${city}", {2, "the pattern has no group 'city'"}},
      {"+7${}", {2, "the pattern has no group ''"}},
      {"+7$", {2, "'$' is followed by none of a digit, {…} and $"}},
      {"$x", {0, "'$' is followed by none of a digit, {…} and $"}},
      {"$1${area", {2, "'$' is followed by none of a digit, {…} and $"}},
      {std::string(kReplacementMax + 1, '1'), {kReplacementMax, "is longer than 256 octets"}},
  };
  const Pattern pattern = compiled(PatternKind::kLetters, "8(area:XXX)(.)");
  for (const Row& row : rows) {
    const auto replacement = Replacement::compile(row.text, pattern);
    REQUIRE_FALSE(replacement.has_value());
    CHECK(replacement.error() == row.mistake);
  }
}

}  // namespace pbx::number
