#include "core/number/phone_library.h"

#include <fmt/format.h>
#include <phonenumbers/geocoding/phonenumber_offline_geocoder.h>
#include <phonenumbers/logger.h>
#include <phonenumbers/phonenumberutil.h>
#include <phonenumbers/shortnumberinfo.h>

#include "core/base/text.h"

namespace pbx::number {
namespace {

namespace lib = i18n::phonenumbers;
using lib::PhoneNumberUtil;

// "ZZ" is what the library calls a country that it does not know.
constexpr std::string_view kNoCountry = "ZZ";

// Without a logger of ours the library writes to the standard output.
const PhoneNumberUtil& library() {
  static const PhoneNumberUtil* const instance = [] {
    PhoneNumberUtil* const made = PhoneNumberUtil::GetInstance();
    made->SetLogger(new lib::NullLogger);  // the library owns it
    return made;
  }();
  return *instance;
}

const lib::ShortNumberInfo& short_numbers() {
  static const lib::ShortNumberInfo instance;
  return instance;
}

const lib::PhoneNumberOfflineGeocoder& geocoder() {
  static const lib::PhoneNumberOfflineGeocoder instance;
  return instance;
}

NumberKind kind_of(PhoneNumberUtil::PhoneNumberType type) {
  switch (type) {
    case PhoneNumberUtil::FIXED_LINE:
      return NumberKind::kFixed;
    case PhoneNumberUtil::MOBILE:
      return NumberKind::kMobile;
    case PhoneNumberUtil::FIXED_LINE_OR_MOBILE:
      return NumberKind::kFixedOrMobile;
    case PhoneNumberUtil::TOLL_FREE:
      return NumberKind::kTollFree;
    case PhoneNumberUtil::PREMIUM_RATE:
      return NumberKind::kPremium;
    case PhoneNumberUtil::SHARED_COST:
      return NumberKind::kSharedCost;
    case PhoneNumberUtil::VOIP:
      return NumberKind::kVoip;
    case PhoneNumberUtil::PERSONAL_NUMBER:
      return NumberKind::kPersonal;
    case PhoneNumberUtil::PAGER:
      return NumberKind::kPager;
    case PhoneNumberUtil::UAN:
      return NumberKind::kCompany;
    case PhoneNumberUtil::VOICEMAIL:
      return NumberKind::kVoicemail;
    case PhoneNumberUtil::UNKNOWN:
      break;
  }
  return NumberKind::kUnknown;
}

tl::unexpected<core::Error> refuse(std::string why) {
  return core::fail(core::ErrorCode::kInvalidArgument, std::move(why));
}

// Why the library could not read it at all.
std::string why_not_read(PhoneNumberUtil::ErrorType error) {
  switch (error) {
    case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
      return "begins with no country code that exists";
    case PhoneNumberUtil::TOO_SHORT_AFTER_IDD:
    case PhoneNumberUtil::TOO_SHORT_NSN:
      return "has too few digits for a telephone number";
    case PhoneNumberUtil::TOO_LONG_NSN:
      return "has too many digits for a telephone number";
    case PhoneNumberUtil::NOT_A_NUMBER:
    case PhoneNumberUtil::NO_PARSING_ERROR:
      break;
  }
  return "is not a telephone number";
}

// Why no number of its country is like that; "" if it may be one.  What is no whole number is told
// as one of the main country of its code: the library would take +7 7… for Kazakhstan.
std::string why_not_possible(const lib::PhoneNumber& number) {
  std::string country;
  library().GetRegionCodeForCountryCode(number.country_code(), &country);
  switch (library().IsPossibleNumberWithReason(number)) {
    case PhoneNumberUtil::IS_POSSIBLE:
      return "";
    case PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY:
      return fmt::format("lacks its area code: too few digits for a number of {}", country);
    case PhoneNumberUtil::TOO_SHORT:
      return fmt::format("has too few digits for a number of {}", country);
    case PhoneNumberUtil::INVALID_LENGTH:
      return fmt::format("has a number of digits that no number of {} has", country);
    case PhoneNumberUtil::TOO_LONG:
      return fmt::format("has too many digits for a number of {}", country);
    case PhoneNumberUtil::INVALID_COUNTRY_CODE:
      break;
  }
  return "begins with no country code that exists";
}

// The country of a number, or the main one of its code where its range is not known.
std::string country_of(const lib::PhoneNumber& number) {
  std::string country;
  library().GetRegionCodeForNumber(number, &country);
  if (country == kNoCountry) library().GetRegionCodeForCountryCode(number.country_code(), &country);
  return country == kNoCountry ? std::string() : country;
}

bool read(std::string_view e164, lib::PhoneNumber& number) {
  return library().Parse(std::string(e164), std::string(kNoCountry), &number) ==
         PhoneNumberUtil::NO_PARSING_ERROR;
}

// Numbers in no known range may lose other digits, taken for prefixes, each time they are read.
bool is_stable(const std::string& e164) {
  lib::PhoneNumber again;
  std::string text;
  if (!read(e164, again)) return false;
  library().Format(again, PhoneNumberUtil::E164, &text);
  return text == e164 && why_not_possible(again).empty();
}

core::Result<LibraryNumber> parse(const std::string& text, std::string_view country) {
  lib::PhoneNumber number;
  const auto error = library().Parse(text, std::string(country), &number);
  if (error != PhoneNumberUtil::NO_PARSING_ERROR) return refuse(why_not_read(error));
  const std::string why = why_not_possible(number);
  if (!why.empty()) return refuse(why);
  LibraryNumber result;
  result.country = country_of(number);
  library().Format(number, PhoneNumberUtil::E164, &result.e164);
  result.kind = kind_of(library().GetNumberType(number));
  if (result.kind == NumberKind::kUnknown && !is_stable(result.e164))
    return refuse("is not a telephone number: its first digits are a prefix");
  return result;
}

icu::Locale locale_of(std::string_view language) {
  return icu::Locale(std::string(language).c_str());
}

}  // namespace

bool library_knows_country(std::string_view country) { return !country_code_of(country).empty(); }

std::string country_code_of(std::string_view country) {
  const int code = library().GetCountryCodeForRegion(std::string(country));
  return code == 0 ? std::string() : std::to_string(code);
}

std::string country_of_code(std::string_view country_code) {
  const auto code = core::parse_uint<std::uint16_t>(country_code, 999);
  if (!code) return "";
  std::string country;
  library().GetRegionCodeForCountryCode(*code, &country);
  return country == kNoCountry ? std::string() : country;
}

core::Result<LibraryNumber> parse_national(std::string_view digits, std::string_view country) {
  return parse(std::string(digits), country);
}

core::Result<LibraryNumber> parse_international(std::string_view digits) {
  return parse("+" + std::string(digits), kNoCountry);
}

NumberKind short_kind(std::string_view digits, std::string_view country) {
  const std::string region(country);
  const std::string text(digits);
  if (short_numbers().IsEmergencyNumber(text, region)) return NumberKind::kEmergency;
  lib::PhoneNumber number;
  if (library().Parse(text, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR)
    return NumberKind::kUnknown;
  return short_numbers().IsPossibleShortNumberForRegion(number, region) ? NumberKind::kShort
                                                                        : NumberKind::kUnknown;
}

std::string separated(std::string_view e164, Separated form) {
  lib::PhoneNumber number;
  if (!read(e164, number)) return std::string(e164);
  std::string text;
  library().Format(
      number,
      form == Separated::kNational ? PhoneNumberUtil::NATIONAL : PhoneNumberUtil::INTERNATIONAL,
      &text);
  return text;
}

std::string describe_area(std::string_view e164, std::string_view language) {
  lib::PhoneNumber number;
  if (!read(e164, number)) return "";
  const icu::Locale locale = locale_of(language);
  std::string area = geocoder().GetDescriptionForNumber(number, locale);
  return area == describe_country(e164, language) ? std::string() : area;
}

std::string describe_country(std::string_view e164, std::string_view language) {
  lib::PhoneNumber number;
  if (!read(e164, number)) return "";
  // Asked by somebody of another country, the library names the country alone.
  return geocoder().GetDescriptionForNumber(number, locale_of(language), std::string(kNoCountry));
}

}  // namespace pbx::number
