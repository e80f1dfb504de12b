#include "sip/trunk_health.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace pbx::sip {

std::string_view text(HealthState state) {
  constexpr std::array<std::string_view, 3> kNames{"unknown", "up", "down"};
  return kNames[static_cast<std::size_t>(state)];
}

TrunkHealth::TrunkHealth(core::Instant now, const config::TrunkHealth& options, core::Random random)
    : options_(options) {
  options_.down_after = std::max(options_.down_after, 1U);
  options_.up_after = std::max(options_.up_after, 1U);
  status_.since = now;
  if (options_.interval.count() <= 0) return;
  const core::Duration within = std::min<core::Duration>(options_.interval, kFirstWithin);
  deadline_ = now + core::Duration(static_cast<core::Duration::rep>(
                        random.below(static_cast<std::uint64_t>(within.count()))));
}

bool TrunkHealth::run(core::Instant now) {
  if (!deadline_ || now < *deadline_) return false;
  if (options_.interval.count() <= 0) {
    enter(now, HealthState::kUnknown);
    failures_ = options_.down_after - 1;
    return false;
  }
  if (asked_at_) note_failure(now, "no answer to OPTIONS before the next one");
  asked_at_ = now;
  deadline_ = now + options_.interval;
  return true;
}

void TrunkHealth::on_options_answer(core::Instant now, int status) {
  if (!asked_at_ || status < 200) return;
  if (status == 408) return on_options_failure(now, "no answer to OPTIONS");
  if (status == 503) return on_options_failure(now, "503 to OPTIONS: out of service");
  status_.round_trip = now - *asked_at_;
  asked_at_.reset();
  note_alive(now);
}

void TrunkHealth::on_options_failure(core::Instant now, std::string_view reason) {
  if (!asked_at_) return;
  asked_at_.reset();
  note_failure(now, reason);
}

void TrunkHealth::on_call_answer(core::Instant now) { note_alive(now); }

void TrunkHealth::on_call_silence(core::Instant now) {
  note_failure(now, fmt::format("no answer to INVITE in {} ms", options_.answer_time.count()));
}

void TrunkHealth::on_call_failure(core::Instant now, std::string_view reason) {
  note_failure(now, reason);
}

void TrunkHealth::note_alive(core::Instant now) {
  failures_ = 0;
  status_.reason.clear();
  alive_ = std::min(alive_ + 1, options_.up_after);
  if (status_.state == HealthState::kUnknown || alive_ == options_.up_after)
    enter(now, HealthState::kUp);
}

void TrunkHealth::note_failure(core::Instant now, std::string_view reason) {
  alive_ = 0;
  status_.reason = reason;
  failures_ = std::min(failures_ + 1, options_.down_after);
  if (failures_ == options_.down_after) enter(now, HealthState::kDown);
}

void TrunkHealth::enter(core::Instant now, HealthState state) {
  if (status_.state == state) return;
  status_.state = state;
  status_.since = now;
  if (options_.interval.count() > 0) return;
  deadline_ = state == HealthState::kDown ? std::optional(now + kRest) : std::nullopt;
}

}  // namespace pbx::sip
