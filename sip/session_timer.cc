#include "sip/session_timer.h"

#include <algorithm>

namespace pbx::sip {
namespace {

using Mode = SessionTimerOptions::Mode;
using std::chrono::seconds;

constexpr seconds kGuardTime{32};  // RFC 4028 10
constexpr seconds kRetryMin{2};    // between two tries of a refresh

}  // namespace

std::string text(const SessionExpires& value) {
  std::string out = std::to_string(value.interval.count());
  if (value.refresher == Refresher::kUac) out += ";refresher=uac";
  if (value.refresher == Refresher::kUas) out += ";refresher=uas";
  return out;
}

SessionTimer::SessionTimer(SessionTimerOptions options) : options_(options) {
  options_.min_se = std::max(options_.min_se, kMinSe);
  options_.expires = std::max(options_.expires, options_.min_se);
  state_.interval = options_.expires;
  state_.min_se = options_.min_se;
}

SessionTimer::SessionTimer(SessionTimerOptions options, SessionTimerState state)
    : SessionTimer(options) {
  state_ = state;
}

std::optional<TimerRequest> SessionTimer::request() const {
  if (state_.running)
    return TimerRequest{{state_.interval, state_.we_refresh ? Refresher::kUac : Refresher::kUas},
                        state_.min_se};
  if (options_.mode != Mode::kRequest) return std::nullopt;
  return TimerRequest{{state_.interval, Refresher::kNone}, state_.min_se};
}

bool SessionTimer::on_too_small(seconds min_se) {
  if (min_se <= state_.interval || min_se > kIntervalCeiling) return false;
  if (++state_.refused > kRefusedMax) return false;
  state_.interval = state_.min_se = min_se;
  return true;
}

void SessionTimer::on_accepted(core::Instant now, const std::optional<SessionExpires>& answered) {
  state_.refused = 0;
  if (options_.mode == Mode::kOff) return stop();
  state_.agreed = answered.has_value();
  if (answered) return run(now, answered->interval, answered->refresher != Refresher::kUas);
  // A side that knows no session timer still answers our refreshes, which is all we need.
  if (options_.mode == Mode::kRequest || state_.running) return run(now, state_.interval, true);
  stop();
}

void SessionTimer::on_refresh_failed(core::Instant now) {
  if (!state_.running || !state_.refreshing) return;
  state_.refreshing = false;
  state_.refresh_at = now + std::max<core::Duration>((state_.expires_at - now) / 2, kRetryMin);
}

// Whoever says no is there and knows the dialog; gateways without timers often refuse any re-INVITE
// that changes nothing.
void SessionTimer::on_refresh_refused(core::Instant now) {
  if (state_.running && state_.refreshing && !state_.agreed) return run(now, state_.interval, true);
  on_refresh_failed(now);
}

TimerAnswer SessionTimer::answer(const TimerRequested& requested) const {
  TimerAnswer out;
  if (options_.mode == Mode::kOff) return out;
  const auto& theirs = requested.session_expires;
  if (theirs && theirs->interval < options_.min_se) {
    out.too_small = true;
    out.min_se = options_.min_se;
    return out;
  }
  if (!theirs && !state_.running && options_.mode != Mode::kRequest) return out;
  // It may be shortened, not below their Min-SE, and never lengthened (RFC 4028 9).
  const auto ours = std::max({state_.interval, requested.min_se, options_.min_se});
  const auto interval = theirs ? std::min(theirs->interval, ours) : ours;
  out.session_expires = SessionExpires{interval, refresher_for(requested)};
  out.require_timer = out.session_expires->refresher == Refresher::kUac;
  return out;
}

// RFC 4028 table 2: a client that knows no timers cannot refresh; else its wish counts, then the
// role so far; else we do it, because then we know that it is done.
Refresher SessionTimer::refresher_for(const TimerRequested& requested) const {
  if (!requested.supported) return Refresher::kUas;
  if (requested.session_expires && requested.session_expires->refresher != Refresher::kNone)
    return requested.session_expires->refresher;
  return state_.running && !state_.we_refresh ? Refresher::kUac : Refresher::kUas;
}

void SessionTimer::on_answered(core::Instant now, const TimerAnswer& answer) {
  if (answer.too_small) return;
  if (!answer.session_expires) return stop();
  const auto& agreed = *answer.session_expires;
  state_.agreed = true;
  run(now, agreed.interval, agreed.refresher == Refresher::kUas);
}

void SessionTimer::run(core::Instant now, seconds interval, bool we_refresh) {
  state_.running = true;
  state_.we_refresh = we_refresh;
  state_.refreshing = false;
  state_.interval = std::clamp(interval, kIntervalFloor, kIntervalCeiling);
  state_.refresh_at = now + state_.interval / 2;
  state_.expires_at =
      now + state_.interval - std::min<core::Duration>(kGuardTime, state_.interval / 3);
}

void SessionTimer::stop() {
  state_.running = false;
  state_.refreshing = false;
}

std::optional<core::Instant> SessionTimer::next_deadline() const {
  if (!state_.running) return std::nullopt;
  const bool refresh = state_.we_refresh && !state_.refreshing;
  return refresh ? std::min(state_.refresh_at, state_.expires_at) : state_.expires_at;
}

SessionTimer::Due SessionTimer::take_due(core::Instant now) {
  const auto deadline = next_deadline();
  if (!deadline || now < *deadline) return Due::kNothing;
  if (now >= state_.expires_at) {
    stop();
    return Due::kExpired;
  }
  state_.refreshing = true;
  return Due::kRefresh;
}

}  // namespace pbx::sip
