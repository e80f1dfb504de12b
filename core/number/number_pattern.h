// core/number/number_pattern.h — which numbers a rule is about.
//
// Pure values.  A number is any text: digits, "+", "*", "#", or a SIP user name.  It is compared as
// it is; bringing numbers to one form is done before (E.164).
//
// A pattern is written as
//   nothing        any number
//   +74957304487   that number
//   reception      that SIP user name: it begins with a letter, and not all of it is X, Z and N
//   +7495XXXXXXX   letters.h
//   /8(\d{10})/    regex.h

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/number/pattern.h"

namespace pbx::number {

struct NumberPattern {
  enum class Kind : std::uint8_t { kAny, kExact, kCompiled };
  Kind kind = Kind::kAny;
  std::string text;
  std::shared_ptr<const Pattern> compiled;  // with kCompiled; null if there is a fault
  std::string fault;                        // what is wrong with the text; "" for nothing

  [[nodiscard]] static NumberPattern of(std::string_view text);

  // REQUIRES: no fault.
  [[nodiscard]] bool matches(std::string_view number) const;
  // What each number that matches begins with; views this pattern.
  [[nodiscard]] std::string_view literal() const;
};

// "any", "112", "+7495XXX.": for explain.
[[nodiscard]] std::string to_text(const NumberPattern& pattern);

}  // namespace pbx::number
