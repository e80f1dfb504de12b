// core/base/wall_time.h — the time of day as a value, and its text form.
//
// Pure: nothing here reads a clock (clock.h does).  All text is UTC (RFC 3339).  Zones and
// schedules are core/route/schedule.h.

#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/time.h"

namespace pbx::core {

using WallTime = std::chrono::system_clock::time_point;

// One moment read from both clocks.  With it the pure core turns Instants into times of day for
// records; a clock step after the anchor was taken does not reach it, so a call's times never
// run backwards.
struct WallAnchor {
  Instant at;
  WallTime wall;
  [[nodiscard]] WallTime wall_at(Instant instant) const {
    return wall + std::chrono::duration_cast<WallTime::duration>(instant - at);
  }
};

// "2026-11-22T01:15:13.204Z"; rounds down to the millisecond.
[[nodiscard]] std::string iso8601(WallTime time);

// Accepts "2026-11-22T01:15:13Z", a fraction of 1 to 9 digits, and "+03:00" in place of "Z".
// Errors: kInvalidArgument, also for a leap second (":60"), a day that does not exist, and a year
// that WallTime cannot hold (before 1678 or after 2261).
[[nodiscard]] Result<WallTime> parse_iso8601(std::string_view text);

}  // namespace pbx::core
