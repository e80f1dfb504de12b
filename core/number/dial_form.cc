#include "core/number/dial_form.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/number/dial_text.h"
#include "core/number/phone_library.h"

namespace pbx::number {
namespace {

struct HomeRow {
  std::string_view country;
  std::string_view national;
  std::string_view international;
};

// What differs from "0" and "00", of countries whose operators take nothing else.
constexpr std::array<HomeRow, 12> kHomes{{{"RU", "8", "810"},
                                          {"KZ", "8", "810"},
                                          {"BY", "8", "810"},
                                          {"US", "1", "011"},
                                          {"CA", "1", "011"},
                                          {"ES", "", "00"},
                                          {"IT", "", "00"},
                                          {"PL", "", "00"},
                                          {"PT", "", "00"},
                                          {"NO", "", "00"},
                                          {"DK", "", "00"},
                                          {"CZ", "", "00"}}};

core::Result<void> check_part(std::string_view name, std::string_view digits) {
  if (digits.size() <= kDigitsMax && std::all_of(digits.begin(), digits.end(), core::is_digit))
    return {};
  return core::fail(core::ErrorCode::kInvalidArgument,
                    fmt::format("{}: '{}' is not at most {} digits", name, digits, kDigitsMax));
}

}  // namespace

core::Result<void> check(const DialForm& form) {
  if (auto checked = check_part("country_code", form.country_code); !checked) return checked;
  if (auto checked = check_part("national_prefix", form.national_prefix); !checked) return checked;
  if (form.international_prefix == "+") return {};
  return check_part("international_prefix", form.international_prefix);
}

DialForm home_form(std::string_view country) {
  DialForm form{country_code_of(country), "0", "00"};
  for (const HomeRow& row : kHomes) {
    if (row.country != country) continue;
    form.national_prefix = row.national;
    form.international_prefix = row.international;
  }
  return form;
}

std::string format(const Number& number, const DialForm& form) {
  if (!number.is_e164()) return number.text;
  const std::string digits = number.text.substr(1);
  const bool is_national = !form.country_code.empty() && digits.starts_with(form.country_code);
  return is_national ? form.national_prefix + digits.substr(form.country_code.size())
                     : form.international_prefix + digits;
}

std::string display(const Number& number, std::string_view home) {
  if (!number.is_e164()) return number.text;
  return separated(number.text,
                   number.country == home ? Separated::kNational : Separated::kInternational);
}

std::string tel_uri(const Number& number, std::string_view context) {
  std::string uri = "tel:" + number.text;
  if (!number.sub_address.empty()) uri += ";ext=" + number.sub_address;
  if (!number.is_e164()) uri += fmt::format(";phone-context={}", context);
  return uri;
}

}  // namespace pbx::number
