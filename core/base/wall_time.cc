#include "core/base/wall_time.h"

#include <fmt/format.h>

#include "core/base/text.h"

namespace pbx::core {
namespace {

using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using std::chrono::sys_days;

constexpr int kYearMin = 1678;  // 64 bits of nanoseconds around 1970 reach 1677-09 to 2262-04
constexpr int kYearMax = 2261;

// Takes `digits` decimal digits off the front.  -1: they are not there.
int take_number(std::string_view& text, std::size_t digits) {
  const auto number = parse_uint<unsigned>(text.substr(0, digits));
  if (text.size() < digits || !number) return -1;
  text.remove_prefix(digits);
  return static_cast<int>(*number);
}

bool take_char(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

// Takes ".204" if a point follows; false if its digits are missing or too many.
bool take_fraction(std::string_view& text, nanoseconds& out) {
  if (!take_char(text, '.')) return true;
  nanoseconds::rep unit = 100'000'000;
  std::size_t digits = 0;
  for (; digits < text.size() && is_digit(text[digits]); ++digits, unit /= 10)
    out += nanoseconds(unit * (text[digits] - '0'));
  text.remove_prefix(digits);
  return digits >= 1 && digits <= 9;
}

// Takes "Z" or "+03:00"; false if it is neither or something follows.
bool take_zone(std::string_view text, minutes& out) {
  if (take_char(text, 'Z')) return text.empty();
  const bool east = take_char(text, '+');
  if (!east && !take_char(text, '-')) return false;
  const int hour = take_number(text, 2);
  if (!take_char(text, ':')) return false;
  const int minute = take_number(text, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || !text.empty()) return false;
  out = minutes((east ? 1 : -1) * (hour * 60 + minute));
  return true;
}

bool take_date(std::string_view& text, sys_days& out) {
  const int year = take_number(text, 4);
  if (!take_char(text, '-')) return false;
  const int month = take_number(text, 2);
  if (!take_char(text, '-')) return false;
  const int day = take_number(text, 2);
  if (year < kYearMin || year > kYearMax || month < 0 || day < 0) return false;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return false;
  out = sys_days(date);
  return true;
}

bool take_time_of_day(std::string_view& text, seconds& out) {
  const int hour = take_number(text, 2);
  if (!take_char(text, ':')) return false;
  const int minute = take_number(text, 2);
  if (!take_char(text, ':')) return false;
  const int second = take_number(text, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return false;
  out = seconds(hour * 3600 + minute * 60 + second);
  return true;
}

}  // namespace

std::string iso8601(WallTime time) {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(time);
  const auto day = std::chrono::floor<std::chrono::days>(ms);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(ms - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

Result<WallTime> parse_iso8601(std::string_view text) {
  sys_days day;
  seconds clock{};
  nanoseconds fraction{};
  minutes zone{};
  const bool good = take_date(text, day) && take_char(text, 'T') && take_time_of_day(text, clock) &&
                    take_fraction(text, fraction) && take_zone(text, zone);
  if (!good)
    return fail(ErrorCode::kInvalidArgument, "a time is written like 2026-11-22T01:15:13.204Z");
  const auto whole = day + clock - zone;
  return std::chrono::time_point_cast<WallTime::duration>(whole) +
         std::chrono::duration_cast<WallTime::duration>(fraction);
}

}  // namespace pbx::core
