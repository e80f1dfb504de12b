#include "core/number/number.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "core/base/text.h"
#include "core/number/dial_text.h"
#include "core/number/phone_library.h"

namespace pbx::number {
namespace {

using core::are_digits;
using core::ErrorCode;
using core::fail;

constexpr std::string_view kEmergencyEverywhere = "112";

// What the library lacks.  Russia: the gas service, beside fire 101, police 102, ambulance 103.
struct CountryEmergency {
  std::string_view country;
  std::string_view digits;
};
constexpr CountryEmergency kMoreEmergency[] = {{"RU", "104"}, {"RU", "04"}};

// Countries' emergency numbers have two or three digits: all are tried, to find the hidden ones.
constexpr int kTwoDigitsEnd = 100;
constexpr int kThreeDigitsEnd = 1000;

// By length, then by digits: the order in which numbers of one length are counted.
bool is_before(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

bool contains(const std::vector<std::string>& list, std::string_view digits) {
  return std::find(list.begin(), list.end(), digits) != list.end();
}

core::Result<void> check_list(std::string_view name, const std::vector<std::string>& list) {
  if (list.size() > kPlanListMax)
    return fail(ErrorCode::kLimitReached,
                fmt::format("{} has more than {} entries", name, kPlanListMax));
  for (const std::string& entry : list) {
    if (!are_digits(entry) || entry.size() > kDigitsMax)
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}: '{}' is not 1 to {} digits", name, entry, kDigitsMax));
  }
  return {};
}

core::Result<void> check_local(const NumberPlanOptions& options) {
  const std::size_t min = options.local_digits_min;
  const std::size_t max = options.local_digits_max;
  if (options.area_code.empty() && max == 0 && min == 0) return {};
  if (!are_digits(options.area_code) || options.area_code.size() > kE164DigitsMax)
    return fail(ErrorCode::kInvalidArgument, "area_code: local numbers need one, of digits");
  if (min == 0 || min > max || max > kE164DigitsMax)
    return fail(
        ErrorCode::kInvalidArgument,
        fmt::format("local_digits: {} to {} is no range within 1 to {}", min, max, kE164DigitsMax));
  return {};
}

core::Result<void> check_ranges(const std::vector<InternalRange>& ranges) {
  if (ranges.size() > kInternalRangesMax)
    return fail(ErrorCode::kLimitReached,
                fmt::format("internal has more than {} ranges", kInternalRangesMax));
  for (const InternalRange& range : ranges) {
    if (!are_digits(range.first) || !are_digits(range.last) ||
        range.first.size() != range.last.size() || range.first > range.last ||
        range.first.size() > kDigitsMax)
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("internal: '{}' to '{}' is no range of numbers of one length",
                              range.first, range.last));
  }
  return {};
}

// Sorted, without overlaps, so that one look finds the only range that can hold a number.
void sort_and_merge(std::vector<InternalRange>& ranges) {
  std::sort(ranges.begin(), ranges.end(), [](const InternalRange& a, const InternalRange& b) {
    return is_before(a.first, b.first);
  });
  std::vector<InternalRange> merged;
  for (InternalRange& range : ranges) {
    if (!merged.empty() && !is_before(merged.back().last, range.first)) {
      if (is_before(merged.back().last, range.last)) merged.back().last = std::move(range.last);
    } else {
      merged.push_back(std::move(range));
    }
  }
  ranges = std::move(merged);
}

Number as_dialled(std::string digits, NumberKind kind) { return {std::move(digits), kind, "", ""}; }

core::Result<Number> from_library(core::Result<LibraryNumber> found) {
  if (!found) return core::forward_error(std::move(found));
  return Number{std::move(found->e164), found->kind, std::move(found->country), ""};
}

// RFC 3966 5.1.5: `digits` hold within numbers that begin with `context`.  Senders write the
// context with and without the digits that the number itself repeats, so the longest part of it
// that makes a number of the right length counts; a national number of the context's country comes
// last.
core::Result<Number> in_context(std::string_view digits, std::string_view context) {
  for (std::size_t kept = context.size(); kept > 0; --kept) {
    auto found = parse_international(std::string(context.substr(0, kept)) + std::string(digits));
    if (found && found->kind != NumberKind::kUnknown) return from_library(std::move(found));
  }
  for (const std::size_t size : {1, 2, 3}) {
    const std::string country = country_of_code(context.substr(0, size));
    if (!country.empty()) return from_library(parse_national(digits, country));
  }
  return fail(ErrorCode::kInvalidArgument, "has a phone-context of no country that exists");
}

core::Result<Number> normalise_dialled(const DialText& dialled, const NumberPlan& plan) {
  const std::string& digits = dialled.digits;
  const bool is_here = dialled.context.empty();
  if (digits == kEmergencyEverywhere) return as_dialled(digits, NumberKind::kEmergency);
  if (is_here && plan.is_internal(digits)) return as_dialled(digits, NumberKind::kInternal);
  if (plan.is_emergency(digits)) return as_dialled(digits, NumberKind::kEmergency);
  if (!is_here) return in_context(digits, dialled.context);
  const std::string& country = plan.options().country;
  if (plan.is_local(digits)) {
    const std::string national = plan.options().area_code + digits;
    return from_library(parse_international(country_code_of(country) + national));
  }
  if (plan.is_short(digits)) return as_dialled(digits, NumberKind::kShort);
  const std::string_view rest = plan.after_international_prefix(digits);
  if (!rest.empty()) return from_library(parse_international(rest));
  return from_library(parse_national(digits, country));
}

}  // namespace

core::Result<NumberPlan> NumberPlan::open(NumberPlanOptions options) {
  if (!library_knows_country(options.country))
    return fail(
        ErrorCode::kInvalidArgument,
        fmt::format("country: '{}' is no ISO 3166-1 code of two capital letters", options.country));
  for (auto checked : {check_local(options), check_ranges(options.internal),
                       check_list("international_prefixes", options.international_prefixes),
                       check_list("emergency_numbers", options.emergency_numbers),
                       check_list("short_numbers", options.short_numbers)}) {
    if (!checked) return core::forward_error(std::move(checked));
  }
  sort_and_merge(options.internal);
  return NumberPlan(std::move(options));
}

bool NumberPlan::is_internal(std::string_view digits) const {
  const auto after = std::upper_bound(options_.internal.begin(), options_.internal.end(), digits,
                                      [](std::string_view wanted, const InternalRange& range) {
                                        return is_before(wanted, range.first);
                                      });
  if (after == options_.internal.begin()) return false;
  return !is_before(std::prev(after)->last, digits);
}

bool NumberPlan::is_emergency(std::string_view digits) const {
  if (digits == kEmergencyEverywhere || contains(options_.emergency_numbers, digits)) return true;
  for (const CountryEmergency& more : kMoreEmergency) {
    if (more.country == options_.country && more.digits == digits) return true;
  }
  return digits.size() <= kShortDigitsMax &&
         short_kind(digits, options_.country) == NumberKind::kEmergency;
}

bool NumberPlan::is_short(std::string_view digits) const {
  if (contains(options_.short_numbers, digits)) return true;
  return digits.size() <= kShortDigitsMax &&
         short_kind(digits, options_.country) != NumberKind::kUnknown;
}

bool NumberPlan::is_local(std::string_view digits) const {
  return options_.local_digits_min > 0 && digits.size() >= options_.local_digits_min &&
         digits.size() <= options_.local_digits_max;
}

std::string_view NumberPlan::after_international_prefix(std::string_view digits) const {
  std::size_t longest = 0;
  for (const std::string& prefix : options_.international_prefixes) {
    if (digits.starts_with(prefix)) longest = std::max(longest, prefix.size());
  }
  return longest == 0 ? std::string_view() : digits.substr(longest);
}

core::Result<Number> normalise(std::string_view text, const NumberPlan& plan) {
  const auto dialled = read_dial_text(text);
  if (!dialled) return core::forward_error(dialled);
  if (!core::is_digit(dialled->digits.front())) {
    if (dialled->has_plus)
      return fail(ErrorCode::kInvalidArgument, "has '+' before a feature code");
    return as_dialled(dialled->digits, NumberKind::kFeatureCode);
  }
  auto number = dialled->has_plus ? from_library(parse_international(dialled->digits))
                                  : normalise_dialled(*dialled, plan);
  if (number) number->sub_address = dialled->sub_address;
  return number;
}

std::vector<std::string> hidden_emergency_numbers(const NumberPlan& plan) {
  std::vector<std::string> hidden;
  const auto try_one = [&](std::string digits) {
    if (digits == kEmergencyEverywhere) return;  // nothing hides it
    if (plan.is_internal(digits) && plan.is_emergency(digits)) hidden.push_back(std::move(digits));
  };
  for (int value = 0; value < kThreeDigitsEnd; ++value) {
    if (value < kTwoDigitsEnd) try_one(fmt::format("{:02}", value));
    try_one(fmt::format("{:03}", value));
  }
  for (const std::string& digits : plan.options().emergency_numbers) {
    if (digits.size() > 3) try_one(digits);
  }
  std::sort(hidden.begin(), hidden.end(), is_before);
  return hidden;
}

}  // namespace pbx::number
