// core/number/phone_library.h — what we ask of libphonenumber.  phone_library.cc is the only file
// that sees it, because its headers take long to compile.
//
// Pure: the answers depend on the arguments and on the tables compiled into the library.  Inside
// it are a cache and its locks: any thread may call, and the first call reads the tables (some
// milliseconds).  What the library is given are digits and at most a '+', never other text, so that
// its regular expressions meet no surprises.
//
// A country is its ISO 3166-1 alpha-2 code in capitals: "RU".  "001" stands for numbers that belong
// to no country, as +883 does.  Sources: ITU-T E.164, the metadata of libphonenumber.

#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/number/number_kind.h"

namespace pbx::number {

// A number as the library knows it.
struct LibraryNumber {
  std::string e164;     // "+74957304487"
  std::string country;  // "RU"; the main country of the code where the range is not known
  NumberKind kind = NumberKind::kUnknown;
};

[[nodiscard]] bool library_knows_country(std::string_view country);

// "7" of "RU"; "" if not known.
[[nodiscard]] std::string country_code_of(std::string_view country);
// "RU" of "7", the main country of several; "" if not known.
[[nodiscard]] std::string country_of_code(std::string_view country_code);

// `digits` as dialled within `country`: its international prefix, its national prefix, its code or
// nothing stand before the national number.
// Errors: kInvalidArgument with what is wrong with it, as a phrase: "has too few digits for …".
[[nodiscard]] core::Result<LibraryNumber> parse_national(std::string_view digits,
                                                         std::string_view country);

// `digits` begin with a country code; the '+' is not there.  Errors: as parse_national().
[[nodiscard]] core::Result<LibraryNumber> parse_international(std::string_view digits);

// kEmergency, kShort (of a length that short numbers of the country have), or kUnknown.
[[nodiscard]] NumberKind short_kind(std::string_view digits, std::string_view country);

// `e164` with the separators that people of its country use: "+7 495 730-44-87", or its national
// form "8 (495) 730-44-87".  What cannot be read comes back unchanged.
enum class Separated : std::uint8_t { kInternational, kNational };
[[nodiscard]] std::string separated(std::string_view e164, Separated form);

// The name of the area or city in `language` ("en", "ru"), "" if nothing finer than the country is
// known.
[[nodiscard]] std::string describe_area(std::string_view e164, std::string_view language);
// The name of the number's country in `language`, "" if not known.
[[nodiscard]] std::string describe_country(std::string_view e164, std::string_view language);

}  // namespace pbx::number
