// core/route/schedule.h — when something is open: weekly hours, dates, holidays, and a hand on it.
//
// Pure and immutable after compile(), which opens the time zone.  All hours are what the clock on
// the wall of that zone shows:
//   - a span that clocks jump over in spring is not open that day, its rest after the jump is;
//   - hours that clocks pass twice in autumn are open twice.
// What counts, the first that says something:
//   1. the override (night mode), while it lasts;   2. the first entry of `dates` with this day;
//   3. the first calendar with this day;            4. the day of the week.
// A span belongs to the day on which it begins: Friday's 22:00-06:00 runs on into a Saturday that
// is a holiday.  Units: minutes of the local day; moments are UTC and count in whole seconds.
//
// Bounds: kSpansMax spans a day, kDatesMax dates, kCalendarsMax calendars: more are a flaw.
// next_change() looks kHorizon ahead.

#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/flaw.h"
#include "core/base/result.h"
#include "core/base/wall_time.h"
#include "core/route/holidays.h"
#include "core/route/time_zone.h"

namespace pbx::route {

inline constexpr std::size_t kSpansMax = 24;
inline constexpr std::size_t kDatesMax = 1000;
inline constexpr std::size_t kCalendarsMax = 16;

// From `from` (0 to 23:59) until `to` (0 to 24:00), not including it.  `to` not after `from`: on
// the next day.  The whole day is 00:00-24:00.
struct Span {
  std::chrono::minutes from{0};
  std::chrono::minutes to{0};
  friend bool operator==(const Span&, const Span&) = default;
};
using DayHours = std::vector<Span>;  // empty: closed

// "09:00-18:00".  Errors: kInvalidArgument.
[[nodiscard]] core::Result<Span> parse_span(std::string_view text);
[[nodiscard]] std::string to_text(const Span& span);

// "2026-12-31", a day that exists.  Errors: kInvalidArgument.
[[nodiscard]] core::Result<std::chrono::local_days> parse_date(std::string_view text);

struct DatedHours {
  std::chrono::local_days first;
  std::chrono::local_days last;  // inclusive
  DayHours hours;
  std::string name;  // "inventory"
};

struct HolidayHours {
  std::shared_ptr<const HolidayCalendar> calendar;  // never null
  DayHours hours;
};

struct ScheduleShape {
  std::string name;
  std::string zone = "UTC";
  std::array<DayHours, 7> week;  // Monday first
  std::vector<DatedHours> dates;
  std::vector<HolidayHours> holidays;
};

// A hand on the schedule: state of the running exchange, not of its configuration.
struct ScheduleOverride {
  enum class Kind : std::uint8_t { kNone, kOpen, kClosed };
  Kind kind = Kind::kNone;
  std::optional<core::WallTime> until;  // none: until it is taken back
  std::string by;                       // who, for explain(): "101 by *28"

  [[nodiscard]] bool is_in_force(core::WallTime now) const {
    return kind != Kind::kNone && (!until || now < *until);
  }
};

// "closed until 2026-11-23T05:00:00Z", "open", "none"; `by` is left out.
[[nodiscard]] std::string to_text(const ScheduleOverride& hand);
// Of the same.  Errors: kInvalidArgument.
[[nodiscard]] core::Result<ScheduleOverride> parse_override(std::string_view text);

class Schedule {
 public:
  static constexpr auto kHorizon = std::chrono::days(400);

  // Flaws: an unknown zone, impossible or overlapping spans, a date range that ends before it
  // begins, more than the bounds.  Their paths: "zone", "week.monday[1]", "dates[0].hours[2]",
  // "holidays[0].hours[1]".
  [[nodiscard]] static core::Checked<Schedule> compile(ScheduleShape shape);

  [[nodiscard]] const std::string& name() const { return shape_.name; }
  [[nodiscard]] bool is_open(core::WallTime now, const ScheduleOverride& hand = {}) const;

  // The first moment after `now` at which is_open() changes; none within kHorizon: nullopt.
  // Up to a millisecond of work: not for the path of a call.
  [[nodiscard]] std::optional<core::WallTime> next_change(core::WallTime now,
                                                          const ScheduleOverride& hand = {}) const;

  // "open: Monday 09:00-18:00; 2026-11-23 10:00 Europe/Moscow".
  [[nodiscard]] std::string explain(core::WallTime now, const ScheduleOverride& hand = {}) const;

 private:
  enum class Source : std::uint8_t { kWeek, kDate, kHoliday };
  // Whose hours count on a day.
  struct DayRule {
    const DayHours* hours;
    Source source;
    std::string_view name;      // of the date or of the holiday
    std::string_view calendar;  // of the holiday
  };
  // Which span is open, null if none, and on which day it began.
  struct Standing {
    const Span* span = nullptr;
    std::chrono::local_days begun;
  };

  Schedule(ScheduleShape shape, TimeZone zone);
  [[nodiscard]] DayRule rule_of(std::chrono::local_days day) const;
  [[nodiscard]] Standing standing_at(UtcSeconds time) const;
  [[nodiscard]] std::optional<UtcSeconds> change_around(std::chrono::local_days day,
                                                        UtcSeconds after, bool open) const;
  [[nodiscard]] std::optional<UtcSeconds> plain_change(UtcSeconds after) const;
  [[nodiscard]] std::string reason(UtcSeconds time) const;

  ScheduleShape shape_;
  TimeZone zone_;
};

// "monday": the name of `week[index]` in paths.  REQUIRES: index < 7.
[[nodiscard]] std::string_view weekday_key(std::size_t index);

}  // namespace pbx::route
