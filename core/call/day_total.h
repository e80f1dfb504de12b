// core/call/day_total.h — talk and money of one day, as limits count them.
//
// Pure.  A day is one of UTC.  Money is whole millionths (core/route/price_table.h).

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/wall_time.h"

namespace pbx::call {

class DayTotal {
 public:
  // What was added on an earlier day is forgotten.
  void add(core::WallTime wall, std::chrono::milliseconds talked, std::int64_t cost);
  // 0 on another day than that of the last add().
  [[nodiscard]] std::chrono::milliseconds talked(core::WallTime wall) const;
  [[nodiscard]] std::int64_t cost(core::WallTime wall) const;

  // "2026-11-22T00:00:00.000Z 125000 4500000": day, milliseconds, millionths.
  [[nodiscard]] std::string text() const;
  // nullopt: it is not what text() writes.
  [[nodiscard]] static std::optional<DayTotal> parse(std::string_view text);

  friend bool operator==(const DayTotal&, const DayTotal&) = default;

 private:
  std::chrono::sys_days day_;
  std::chrono::milliseconds talked_{0};
  std::int64_t cost_ = 0;
};

}  // namespace pbx::call
