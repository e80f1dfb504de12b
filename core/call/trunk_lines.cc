#include "core/call/trunk_lines.h"

#include <fmt/format.h>

namespace pbx::call {
namespace {

using State = TrunkChanged::State;

bool is_reached(std::uint32_t limit, std::uint32_t count) { return limit != 0 && count >= limit; }

}  // namespace

std::string_view text(TrunkChanged::State state) {
  switch (state) {
    case State::kUnknown:
      return "unknown";
    case State::kUp:
      return "up";
    case State::kDown:
      return "down";
    case State::kOff:
      break;
  }
  return "off";
}

void TrunkLines::apply(const TrunkChanged& change, core::WallTime wall) {
  TrunkLine& known = line(change.trunk);
  if (known.since == core::WallTime{} || known.state != change.state) known.since = wall;
  known.server = change.server;
  known.round_trip = change.round_trip;
  known.state = change.state;
  known.profile = change.profile;
  known.local_ip = change.local_ip;
  known.reason = change.reason;
}

const TrunkLine* TrunkLines::find(std::string_view trunk) const {
  const auto found = lines_.find(trunk);
  return found == lines_.end() ? nullptr : &found->second;
}

TrunkLine& TrunkLines::line(std::string_view trunk) {
  const auto found = lines_.find(trunk);
  return found != lines_.end() ? found->second : lines_[std::string(trunk)];
}

std::optional<Obstacle> TrunkLines::why_not(const config::Trunk& trunk, core::WallTime wall,
                                            bool urgent) const {
  const TrunkLine* known = find(trunk.name);
  if (!trunk.enabled || known == nullptr || known->state == State::kOff) return Obstacle{"is off"};
  if (known->state == State::kDown && !urgent)
    return Obstacle{fmt::format("is down: {}", known->reason)};
  if (!known->local_ip) return Obstacle{fmt::format("has no address: {}", known->reason)};
  if (urgent) return std::nullopt;
  if (is_reached(trunk.limits.calls_out, known->calls_out))
    return Obstacle{fmt::format("is full: {} calls, limits.calls_out", known->calls_out), true};
  const auto minutes = std::chrono::floor<std::chrono::minutes>(known->today.talked(wall)).count();
  if (is_reached(trunk.limits.minutes_per_day, static_cast<std::uint32_t>(minutes)))
    return Obstacle{fmt::format("has talked {} minutes today, limits.minutes_per_day", minutes),
                    true};
  return std::nullopt;
}

bool TrunkLines::pass_rate(const config::Trunk& trunk, core::Instant now) {
  if (trunk.limits.calls_per_second == 0) return true;
  RateGate& rate = line(trunk.name).rate;
  rate.set_rate(trunk.limits.calls_per_second);
  return rate.pass(now);
}

void TrunkLines::begin_out(std::string_view trunk) {
  TrunkLine& known = line(trunk);
  ++known.calls_out;
  ++known.calls_total;
}

void TrunkLines::end_in(std::string_view trunk) {
  TrunkLine& known = line(trunk);
  if (known.calls_in > 0) --known.calls_in;
}

const DayTotal& TrunkLines::end_out(std::string_view trunk, core::WallTime wall,
                                    std::chrono::milliseconds talked) {
  TrunkLine& known = line(trunk);
  if (known.calls_out > 0) --known.calls_out;
  known.today.add(wall, talked, 0);
  return known.today;
}

}  // namespace pbx::call
