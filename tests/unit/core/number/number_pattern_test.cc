#include "core/number/number_pattern.h"

#include <doctest/doctest.h>

namespace pbx::number {

using Kind = NumberPattern::Kind;

TEST_CASE("which numbers a pattern matches") {
  struct Row {
    const char* pattern;
    const char* number;
    bool matches;
  };
  const Row rows[] = {
      {"", "", true},
      {"", "+74957304487", true},
      {"112", "112", true},
      {"112", "1125", false},
      {"112", "11", false},
      {"alice", "alice", true},
      {"alice", "Alice", false},
      {"+7495!", "+7495", true},
      {"+7495!", "+74957304487", true},
      {"+7495!", "+749", false},
      {"+7495!", "74957304487", false},
      {"XXX", "099", true},
      {"XXX", "0999", false},
      {"XXX", "0a9", false},
      {"8.", "8", false},
      {"8.", "8anything*#", true},
      {"[12]0X", "205", true},
      {"[12]0X", "305", false},
      {R"(/\+7(495|499)\d{7}/)", "+74997304487", true},
      {R"(/\+7(495|499)\d{7}/)", "+78127304487", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.pattern);
    CAPTURE(row.number);
    const NumberPattern pattern = NumberPattern::of(row.pattern);
    REQUIRE(pattern.fault == "");
    CHECK(pattern.matches(row.number) == row.matches);
  }
}

TEST_CASE("the kind of a pattern follows from its text") {
  CHECK(NumberPattern::of("").kind == Kind::kAny);
  CHECK(NumberPattern::of("+112*#").kind == Kind::kExact);
  CHECK(NumberPattern::of("alice").kind == Kind::kExact);
  CHECK(NumberPattern::of("Xavier.N").kind == Kind::kExact);
  CHECK(NumberPattern::of("XNZ").kind == Kind::kCompiled);
  CHECK(NumberPattern::of("+7495.").kind == Kind::kCompiled);
  CHECK(NumberPattern::of("/alice|bob/").kind == Kind::kCompiled);
}

TEST_CASE("what each number of a pattern begins with") {
  CHECK(NumberPattern::of("112").literal() == "112");
  CHECK(NumberPattern::of("8495XXX").literal() == "8495");
  CHECK(NumberPattern::of("XXX").literal() == "");
  CHECK(NumberPattern::of("+7!").literal() == "+7");
  CHECK(NumberPattern{}.literal() == "");
}

TEST_CASE("wrong patterns are told with the place, counted from 1 with the slash") {
  const auto fault = [](const std::string& text) { return NumberPattern::of(text).fault; };
  CHECK(fault("8.X").starts_with("character 3: "));
  CHECK(fault("8XYX").starts_with("character 3: "));
  CHECK(fault("/8(/").starts_with("character 4: is no regular expression"));
  CHECK(fault("two words") != "");
  CHECK(fault(std::string(kPatternMax + 1, '1')) != "");
}

}  // namespace pbx::number
