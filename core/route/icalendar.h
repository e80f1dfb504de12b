// core/route/icalendar.h — holidays out of an iCalendar file (RFC 5545).
//
// Pure.  What holiday calendars use is understood: VEVENT with DTSTART, DTEND or DURATION in days,
// SUMMARY, EXDATE, STATUS:CANCELLED, and RRULE with FREQ=YEARLY, INTERVAL, COUNT, UNTIL, BYMONTH,
// BYMONTHDAY, BYDAY ("4TH", "-1MO"; without a number only beside BYMONTHDAY).  All other properties
// and components are skipped.  A holiday is whole days: a time of day must be midnight.
// A rule that is not understood is a mistake, never guessed: a day open by error is worse.
//
// Bounds: kIcalendarSizeMax octets, kEventsMax events, kEventDaysMax days of one event, kListMax
// entries of one list, years kYearMin to kYearMax, config::kMistakesMax mistakes.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "core/config/loader.h"
#include "core/route/holidays.h"

namespace pbx::route {

inline constexpr std::size_t kIcalendarSizeMax = 4'000'000;
inline constexpr std::size_t kEventsMax = 10'000;
inline constexpr unsigned kEventDaysMax = 366;
inline constexpr std::size_t kListMax = 400;
inline constexpr int kYearMin = 1900;
inline constexpr int kYearMax = 2199;

// RRULE (RFC 5545 3.3.10) of FREQ=YEARLY.
struct YearlyRule {
  struct Day {
    int nth = 0;  // -5 to 5 within the month; 0: each
    std::chrono::weekday weekday;
    friend bool operator==(const Day&, const Day&) = default;
  };
  unsigned interval = 1;
  std::optional<unsigned> count;                 // occurrences, the first included
  std::optional<std::chrono::local_days> until;  // inclusive
  std::vector<unsigned> months;                  // empty: that of the first occurrence
  std::vector<int> month_days;                   // 1 to 31, or -1 to -31 from the end
  std::vector<Day> days;

  friend bool operator==(const YearlyRule&, const YearlyRule&) = default;
};

struct CalendarEvent {
  std::string name;
  std::chrono::local_days first;
  unsigned days = 1;
  std::optional<YearlyRule> rule;
  std::vector<std::chrono::local_days> excluded;
  int line = 0;  // of BEGIN:VEVENT
};

// `file` is the name that mistakes are told with.
[[nodiscard]] tl::expected<std::vector<CalendarEvent>, std::vector<config::Mistake>>
parse_icalendar(std::string_view file, std::string_view text);

// Each day of each occurrence from `first_year` through `last_year`, in the order of the events;
// at most kHolidayDaysMax + 1, so that a HolidayCalendar made of it knows that it is cut.
[[nodiscard]] std::vector<Holiday> expand(const std::vector<CalendarEvent>& events, int first_year,
                                          int last_year);

}  // namespace pbx::route
