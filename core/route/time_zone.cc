#include "core/route/time_zone.h"

#include <algorithm>
#include <stdexcept>

#include <date/tz.h>
#include <fmt/format.h>

#include "core/base/assert.h"

namespace pbx::route {
namespace {

using namespace std::chrono_literals;

constexpr UtcSeconds kFirst = std::chrono::sys_days(std::chrono::year(1970) / 1 / 1);
constexpr UtcSeconds kLast = std::chrono::sys_days(std::chrono::year(2100) / 1 / 1);
constexpr auto kOffsetMax = 26h;  // no zone was ever further from UTC than 16 hours

std::vector<TimeZone::Period> periods_of(const date::time_zone& zone) {
  std::vector<TimeZone::Period> periods;
  UtcSeconds at = kFirst;
  while (at < kLast) {
    const date::sys_info info = zone.get_info(at);
    if (periods.empty() || periods.back().offset != info.offset)
      periods.push_back({at, info.offset});
    at = info.end;
  }
  return periods;
}

bool begins_after(UtcSeconds time, const TimeZone::Period& period) { return time < period.begin; }

}  // namespace

core::Result<TimeZone> TimeZone::open(std::string_view name) {
  // The library throws for a zone that is not there and for a database that is not there.
  try {
    return TimeZone(std::string(name), periods_of(*date::locate_zone(name)));
  } catch (const std::exception& error) {
    const std::string_view reason = error.what();
    if (reason.find("not found in timezone database") == std::string_view::npos)
      return core::fail(core::ErrorCode::kUnavailable, std::string(reason));
    return core::fail(core::ErrorCode::kNotFound,
                      fmt::format("there is no time zone {}; names are like Europe/Moscow", name));
  }
}

TimeZone::TimeZone(std::string name, std::vector<Period> periods)
    : name_(std::move(name)), periods_(std::move(periods)) {
  PBX_ASSERT(!periods_.empty());
}

std::chrono::local_seconds TimeZone::local_at(UtcSeconds time) const {
  const auto next = std::upper_bound(periods_.begin(), periods_.end(), time, begins_after);
  const Period& period = next == periods_.begin() ? *next : *(next - 1);
  return std::chrono::local_seconds((time + period.offset).time_since_epoch());
}

std::vector<UtcSeconds> TimeZone::moments_of(std::chrono::local_seconds local) const {
  const UtcSeconds near(local.time_since_epoch());
  auto period = std::upper_bound(periods_.begin(), periods_.end(), near - kOffsetMax, begins_after);
  if (period != periods_.begin()) --period;
  std::vector<UtcSeconds> moments;
  for (bool first = true; period != periods_.end(); ++period, first = false) {
    if (!first && period->begin > near + kOffsetMax) break;
    const UtcSeconds moment = near - period->offset;
    const auto next = period + 1;
    const bool begun = period == periods_.begin() || moment >= period->begin;
    if (begun && (next == periods_.end() || moment < next->begin)) moments.push_back(moment);
  }
  return moments;
}

std::span<const TimeZone::Period> TimeZone::changes(UtcSeconds after, UtcSeconds until) const {
  const auto first = std::upper_bound(periods_.begin(), periods_.end(), after, begins_after);
  const auto last = std::upper_bound(first, periods_.end(), until, begins_after);
  return {first, last};
}

}  // namespace pbx::route
