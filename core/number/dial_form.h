// core/number/dial_form.h — how a stored number (number.h) is written for a provider, a phone or a
// person.
//
// Pure.  Numbers that are not E.164 (emergency, short, internal, feature codes) stay as they are in
// every form.  Sources: ITU-T E.123 (display), RFC 3966 (tel URI).

#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/number/number.h"

namespace pbx::number {

// What stands before the digits.  E.164 country codes are free of prefixes of one another, so the
// first digits alone tell whether a number is national.
struct DialForm {
  std::string country_code;                // "7": its numbers are written as national; "": none are
  std::string national_prefix;             // before the national number: "8", "0", ""
  std::string international_prefix = "+";  // before country code and number: "+", "810", "00", ""
  friend bool operator==(const DialForm&, const DialForm&) = default;
};

[[nodiscard]] inline DialForm e164_form() { return {"", "", "+"}; }         // +74957304487
[[nodiscard]] inline DialForm digits_form() { return {"", "", ""}; }        // 74957304487
[[nodiscard]] inline DialForm russian_form() { return {"7", "8", "810"}; }  // 84957304487, 81049…

// How numbers are dialled within `country` (ISO 3166-1 alpha-2): with its national prefix, or with
// its international one, which is 00 where nothing else is known.
[[nodiscard]] DialForm home_form(std::string_view country);

// Errors: kInvalidArgument if something of the form is not digits ('+' may stand alone).
[[nodiscard]] core::Result<void> check(const DialForm& form);

// REQUIRES: a form that check() accepts.
[[nodiscard]] std::string format(const Number& number, const DialForm& form);

// For people: "8 (495) 730-44-87" if it is a number of `home` (ISO 3166-1 alpha-2), otherwise
// "+49 30 901820".
[[nodiscard]] std::string display(const Number& number, std::string_view home);

// "tel:+74957304487;ext=12", "tel:112;phone-context=+7", "tel:101;phone-context=pbx.example".
// `context` is what RFC 3966 5.1.5 demands beside a number that is not E.164: '+' and a country
// code, or a domain name.
[[nodiscard]] std::string tel_uri(const Number& number, std::string_view context);

}  // namespace pbx::number
