// core/number/dial_text.h — the digits in what a person, a phone or a provider wrote: separators,
// tel: and sip: URIs are taken off here, so that nothing after it sees anything but digits.
//
// Pure.  Sources: RFC 3966 sections 3 and 5 (tel URI, its parameters), RFC 3261 19.1.1 and 19.1.6
// (telephone numbers in the user part of sip URIs), ITU-T E.123 (separators).
//
// Bounds: kDialTextMax octets of text, kDigitsMax digits.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace pbx::number {

inline constexpr std::size_t kDialTextMax = 256;
// The longest that is dialled: a feature code, an international prefix and 15 digits of E.164.
inline constexpr std::size_t kDigitsMax = 32;

struct DialText {
  std::string digits;       // 0 to 9; also * and # if it begins with one of them; no '+'
  bool has_plus = false;    // a '+' stood before the digits: they begin with a country code
  std::string context;      // digits of a phone-context that began with '+'; "" if there was none
  std::string sub_address;  // digits of ;ext=, to be dialled after an answer
  friend bool operator==(const DialText&, const DialText&) = default;
};

// Reads `8(910)403-22-12`, `+7 910 403 22 12`, `*21*101#`, `tel:+7-910-403-22-12;ext=5`,
// `tel:4032212;phone-context=+7910`, `sip:+79104032212@host;user=phone`.  Between digits may stand
// spaces (also U+00A0), `-` (also U+2010 to U+2015), `.`, `/` and round brackets.  A phone-context
// that is a domain name is taken note of nowhere: who sent the number says more about it.
// Whether a sip: URI says user=phone makes no difference, as too few send it: its user part must be
// digits.
// Errors: kInvalidArgument with a phrase that says what is wrong and, where it is a character, at
// which place of the text or user part (from 1); kLimitReached beyond the bounds.
[[nodiscard]] core::Result<DialText> read_dial_text(std::string_view text);

}  // namespace pbx::number
