// core/call/usage.h — what each extension has used of the limits of its rights: calls to outside,
// now, in the last hour, and today.
//
// Pure.  Owner: control.  A day is one of UTC.  Kept in memory: a restart begins the hour and the
// day anew.
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
#include "core/route/rights.h"

namespace pbx::call {

class UsageBook {
 public:
  static constexpr std::size_t kHourCallsMax = 10'000;

  [[nodiscard]] route::RightsUsage of(std::string_view extension, core::Instant now,
                                      core::WallTime wall) const;
  void begin(std::string_view extension, core::Instant now);
  // `cost` in millionths.
  void end(std::string_view extension, core::WallTime wall, std::chrono::seconds talked,
           std::int64_t cost);

 private:
  struct Account {
    std::uint32_t calls_now = 0;
    std::deque<core::Instant> begun;  // in the last hour
    std::chrono::sys_days day;        // that `talked` and `cost` are of
    std::chrono::seconds talked{0};
    std::int64_t cost = 0;
  };
  std::map<std::string, Account, std::less<>> accounts_;
};

}  // namespace pbx::call
