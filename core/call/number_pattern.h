// core/call/number_pattern.h — which numbers a rule is about.
//
// Pure values.  A number is any text: digits, "+", "*", "#", or a SIP user name.  It is compared as
// it is; bringing numbers to one form is done before (E.164).
//
// Letters of a pattern of kind kLetters: X a digit, Z 1 to 9, N 2 to 9, "." one or more of
// anything and only at the end; all else stands for itself.
//
// Bound: a pattern of kPatternMax octets.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace pbx::call {

inline constexpr std::size_t kPatternMax = 64;

// A pattern of another language, as regular expressions.  Immutable.
class NumberMatcher {
 public:
  virtual ~NumberMatcher() = default;
  [[nodiscard]] virtual bool matches(std::string_view number) const = 0;
  // What each number that matches begins with; "" if that cannot be said.
  [[nodiscard]] virtual std::string_view literal() const { return {}; }
  [[nodiscard]] virtual std::string text() const = 0;  // for people
};

struct NumberPattern {
  enum class Kind : std::uint8_t { kAny, kExact, kPrefix, kLetters, kMatcher };
  Kind kind = Kind::kAny;
  std::string text;                              // with kExact, kPrefix, kLetters
  std::shared_ptr<const NumberMatcher> matcher;  // with kMatcher

  // A text in which X, Z, N or "." occurs is of kind kLetters, any other is exact, "" is any.
  // A SIP user name with such a letter must be given as kExact.
  [[nodiscard]] static NumberPattern of(std::string_view text);

  [[nodiscard]] bool matches(std::string_view number) const;
  // What each number that matches begins with; views this pattern.
  [[nodiscard]] std::string_view literal() const;
  // Null, or what is wrong with it.
  [[nodiscard]] const char* fault() const;
};

// "exactly 112", "beginning with +7495", "8XXX.": for explain.
[[nodiscard]] std::string to_text(const NumberPattern& pattern);

}  // namespace pbx::call
