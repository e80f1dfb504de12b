#include "core/call/day_total.h"

#include <fmt/format.h>

#include "core/base/text.h"

namespace pbx::call {
namespace {

std::chrono::sys_days day_of(core::WallTime wall) {
  return std::chrono::floor<std::chrono::days>(wall);
}

}  // namespace

void DayTotal::add(core::WallTime wall, std::chrono::milliseconds talked, std::int64_t cost) {
  if (day_ != day_of(wall)) *this = DayTotal();
  day_ = day_of(wall);
  talked_ += talked;
  cost_ += cost;
}

std::chrono::milliseconds DayTotal::talked(core::WallTime wall) const {
  return day_ == day_of(wall) ? talked_ : std::chrono::milliseconds(0);
}

std::int64_t DayTotal::cost(core::WallTime wall) const { return day_ == day_of(wall) ? cost_ : 0; }

std::string DayTotal::text() const {
  return fmt::format("{} {} {}", core::iso8601(day_), talked_.count(), cost_);
}

std::optional<DayTotal> DayTotal::parse(std::string_view text) {
  const auto parts = core::split_once(text, ' ');
  const auto numbers = parts ? core::split_once(parts->second, ' ') : std::nullopt;
  if (!numbers) return std::nullopt;
  const auto day = core::parse_iso8601(parts->first);
  const auto talked = core::parse_uint<std::uint32_t>(numbers->first);
  const auto cost = core::parse_uint<std::uint64_t>(numbers->second, INT64_MAX);
  if (!day || !talked || !cost) return std::nullopt;
  DayTotal total;
  total.add(*day, std::chrono::milliseconds(*talked), static_cast<std::int64_t>(*cost));
  return total;
}

}  // namespace pbx::call
