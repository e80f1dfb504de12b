#include "core/call/number_pattern.h"

#include <doctest/doctest.h>

namespace pbx::call {
namespace {

using Kind = NumberPattern::Kind;

class EndsWith : public NumberMatcher {
 public:
  explicit EndsWith(std::string end) : end_(std::move(end)) {}
  bool matches(std::string_view number) const override { return number.ends_with(end_); }
  std::string text() const override { return "ending with " + end_; }

 private:
  std::string end_;
};

}  // namespace

TEST_CASE("which numbers a pattern matches") {
  struct Row {
    Kind kind;
    const char* pattern;
    const char* number;
    bool matches;
  };
  const Row rows[] = {
      {Kind::kAny, "", "", true},
      {Kind::kAny, "", "+74957304487", true},
      {Kind::kExact, "112", "112", true},
      {Kind::kExact, "112", "1125", false},
      {Kind::kExact, "112", "11", false},
      {Kind::kExact, "alice", "alice", true},
      {Kind::kExact, "XX", "12", false},
      {Kind::kPrefix, "+7495", "+7495", true},
      {Kind::kPrefix, "+7495", "+74957304487", true},
      {Kind::kPrefix, "+7495", "+749", false},
      {Kind::kPrefix, "+7495", "74957304487", false},
      {Kind::kLetters, "XXX", "099", true},
      {Kind::kLetters, "XXX", "0999", false},
      {Kind::kLetters, "XXX", "09", false},
      {Kind::kLetters, "XXX", "0a9", false},
      {Kind::kLetters, "ZXX", "100", true},
      {Kind::kLetters, "ZXX", "000", false},
      {Kind::kLetters, "NXX", "200", true},
      {Kind::kLetters, "NXX", "100", false},
      {Kind::kLetters, "NXX", "999", true},
      {Kind::kLetters, "8.", "80", true},
      {Kind::kLetters, "8.", "8", false},
      {Kind::kLetters, "8.", "8anything*#", true},
      {Kind::kLetters, ".", "", false},
      {Kind::kLetters, ".", "a", true},
      {Kind::kLetters, "*21*X.", "*21*55#", true},
      {Kind::kLetters, "*21*X.", "*21*5", false},
      {Kind::kLetters, "+7495XXXXXXX", "+74957304487", true},
      {Kind::kLetters, "+7495XXXXXXX", "+7495730448", false},
      {Kind::kLetters, "X", "+", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.pattern);
    CAPTURE(row.number);
    CHECK(NumberPattern{row.kind, row.pattern, nullptr}.matches(row.number) == row.matches);
  }
}

TEST_CASE("the kind of a pattern follows from its text") {
  CHECK(NumberPattern::of("").kind == Kind::kAny);
  CHECK(NumberPattern::of("112").kind == Kind::kExact);
  CHECK(NumberPattern::of("+7495.").kind == Kind::kLetters);
  CHECK(NumberPattern::of("1XX").kind == Kind::kLetters);
  CHECK(NumberPattern::of("alice").kind == Kind::kExact);
}

TEST_CASE("what each number of a pattern begins with") {
  CHECK(NumberPattern::of("112").literal() == "112");
  CHECK(NumberPattern::of("8495XXX").literal() == "8495");
  CHECK(NumberPattern::of("XXX").literal() == "");
  CHECK(NumberPattern{Kind::kPrefix, "+7", nullptr}.literal() == "+7");
  CHECK(NumberPattern{}.literal() == "");
}

TEST_CASE("a pattern of another language is asked through its interface") {
  const NumberPattern pattern{Kind::kMatcher, "", std::make_shared<EndsWith>("99")};
  CHECK(pattern.fault() == nullptr);
  CHECK(pattern.matches("199"));
  CHECK(!pattern.matches("991"));
  CHECK(pattern.literal() == "");
  CHECK(to_text(pattern) == "ending with 99");
}

TEST_CASE("wrong patterns are told") {
  const auto fault = [](Kind kind, std::string text) {
    const char* const found = NumberPattern{kind, std::move(text), nullptr}.fault();
    return std::string(found ? found : "");
  };
  CHECK(fault(Kind::kLetters, "8.") == "");
  CHECK(fault(Kind::kPrefix, std::string(kPatternMax, '1')) == "");
  CHECK(fault(Kind::kLetters, "8.X").find("last character") != std::string::npos);
  CHECK(fault(Kind::kLetters, "..").find("last character") != std::string::npos);
  CHECK(fault(Kind::kExact, "").find("empty") != std::string::npos);
  CHECK(fault(Kind::kExact, "1 2").find("spaces") != std::string::npos);
  CHECK(fault(Kind::kExact, std::string("1\0", 2)).find("control") != std::string::npos);
  CHECK(fault(Kind::kPrefix, std::string(kPatternMax + 1, '1')).find("longer") !=
        std::string::npos);
  CHECK(fault(Kind::kMatcher, "").find("matcher") != std::string::npos);
}

}  // namespace pbx::call
