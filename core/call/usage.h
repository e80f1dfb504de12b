// core/call/usage.h — what each extension has used of the limits of its rights: calls to outside,
// now, in the last hour, and today.
//
// Pure.  Owner: control.  The totals of the day outlive a restart (lasting.h), the hour does not.
//
// Bound: kHourCallsMax beginnings of the last hour are remembered for an extension, the latest.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "core/base/time.h"
#include "core/base/wall_time.h"
#include "core/call/day_total.h"
#include "core/route/rights.h"

namespace pbx::call {

class UsageBook {
 public:
  static constexpr std::size_t kHourCallsMax = 10'000;

  [[nodiscard]] route::RightsUsage of(std::string_view extension, core::Instant now,
                                      core::WallTime wall) const;
  void begin(std::string_view extension, core::Instant now);
  // `cost` in millionths.  The totals of the day after it.
  const DayTotal& end(std::string_view extension, core::WallTime wall, std::chrono::seconds talked,
                      std::int64_t cost);
  void restore(std::string_view extension, const DayTotal& today);

 private:
  struct Account {
    std::uint32_t calls_now = 0;
    std::deque<core::Instant> begun;  // in the last hour
    DayTotal today;
  };
  std::map<std::string, Account, std::less<>> accounts_;
};

}  // namespace pbx::call
