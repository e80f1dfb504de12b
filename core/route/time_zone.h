// core/route/time_zone.h — an IANA time zone as a plain value: when its clocks were which offset.
//
// open() reads the zone database of the system (package tzdata): it is called where configuration
// is read.  All else is pure and is safe from any thread.
//
// Bounds: transitions from 1970 to 2099.  The database of Debian lists transitions up to 2037; what
// was in force at the end of that year is taken to stay.

#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace pbx::route {

using UtcSeconds = std::chrono::sys_seconds;

class TimeZone {
 public:
  // From `begin` on the local clock is UTC + `offset`.
  struct Period {
    UtcSeconds begin;
    std::chrono::seconds offset;
  };

  // "Europe/Moscow".  Errors: kNotFound (no such zone), kUnavailable (no zone database).
  [[nodiscard]] static core::Result<TimeZone> open(std::string_view name);

  // REQUIRES: periods are not empty and ascend; the first one also counts for all time before.
  TimeZone(std::string name, std::vector<Period> periods);

  [[nodiscard]] const std::string& name() const { return name_; }

  // What the clock on the wall shows.
  [[nodiscard]] std::chrono::local_seconds local_at(UtcSeconds time) const;

  // The moments at which the clock on the wall shows `local`, ascending: usually one, none when
  // clocks jump over it, two when they go back and pass it again.
  [[nodiscard]] std::vector<UtcSeconds> moments_of(std::chrono::local_seconds local) const;

  // The changes of offset after `after` and up to `until`.
  [[nodiscard]] std::span<const Period> changes(UtcSeconds after, UtcSeconds until) const;

 private:
  std::string name_;
  std::vector<Period> periods_;
};

}  // namespace pbx::route
