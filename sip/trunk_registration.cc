#include "sip/trunk_registration.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sip/text.h"

namespace pbx::sip {
namespace {

using std::chrono::seconds;

constexpr core::Duration kPauseMin = seconds(1);

// What an operator can do about an answer, where its own words do not say.
std::string_view advice(int status) {
  if (status / 100 == 3) return "it redirects; name the new server in `servers`";
  if (status == 403) return "the account is barred, or the password is wrong";
  if (status == 404) return "the server does not know the account";
  if (status == 423) return "it asks for a longer time than we can keep";
  return "";
}

// A phrase comes from outside and goes to logs.
std::string clean(std::string_view phrase) {
  std::string out(phrase.substr(0, TrunkRegistration::kPhraseBytes));
  std::replace_if(out.begin(), out.end(), is_control, ' ');
  return out;
}

std::string explain(const RegisterAnswer& answer) {
  const bool challenged = challenger_of(answer.status).has_value();
  const auto more = challenged ? text(answer.challenge) : advice(answer.status);
  auto out = fmt::format("{} {}", answer.status, clean(answer.phrase));
  return more.empty() ? out : fmt::format("{}: {}", out, more);
}

bool is_for_next_server(int status) { return status == 408 || status / 100 == 5; }

bool is_hopeless(const RegisterAnswer& answer) {
  return challenger_of(answer.status) || answer.status == 403 || answer.status == 404 ||
         answer.status / 100 == 6;
}

}  // namespace

std::string_view text(RegistrationState state) {
  constexpr std::array<std::string_view, 4> kNames{"off", "trying", "registered", "failed"};
  return kNames[static_cast<std::size_t>(state)];
}

TrunkRegistration::TrunkRegistration(const config::TrunkRegistration& options, core::Random random)
    : options_(options),
      random_(random),
      wanted_(std::clamp(std::chrono::ceil<seconds>(options.expires), kGrantedMin, kExpiresMax)),
      pause_(options.retry) {}

TrunkRegistration::Step TrunkRegistration::start(core::Instant now) {
  if (!options_.enabled) return {};
  pause_ = options_.retry;
  status_ = {};
  show(now, RegistrationState::kTrying);
  return resolve(now);
}

TrunkRegistration::Step TrunkRegistration::stop(core::Instant now) {
  const bool may_be_bound = phase_ == Phase::kRegistered || phase_ == Phase::kAsking;
  if (phase_ == Phase::kLeaving) return {};
  turn_off(now);
  if (!may_be_bound) return {};
  phase_ = Phase::kLeaving;
  repetitions_ = 0;
  return send(now, false);
}

TrunkRegistration::Step TrunkRegistration::on_resolved(core::Instant now, std::size_t servers,
                                                       std::string_view reason) {
  if (phase_ != Phase::kResolving) return {};
  servers_ = servers;
  if (servers > 0) return ask(now, 0);
  status_.sip_status = 0;
  status_.reason = reason;
  return wait_doubling(now);
}

TrunkRegistration::Step TrunkRegistration::on_answer(core::Instant now,
                                                     const RegisterAnswer& answer) {
  if (phase_ == Phase::kLeaving) return leave(now, answer);
  if (phase_ != Phase::kAsking || answer.status < 200) return {};
  if (answer.status < 300) return accept(now, answer);
  if (challenger_of(answer.status) && answer.challenge == ChallengeVerdict::kRetry &&
      ++repetitions_ <= kRepetitionsMax)
    return send(now, true);
  if (answer.status == 423) return ask_for_longer(now, answer);
  note_failure(answer);
  if (is_for_next_server(answer.status)) return ask_next(now);
  return is_hopeless(answer) ? wait(now, options_.retry_max) : wait_doubling(now);
}

TrunkRegistration::Step TrunkRegistration::on_no_answer(core::Instant now,
                                                        std::string_view reason) {
  if (phase_ == Phase::kLeaving) turn_off(now);
  if (phase_ != Phase::kAsking) return {};
  status_.sip_status = 0;
  status_.reason = reason;
  return ask_next(now);
}

void TrunkRegistration::hasten(core::Instant now) {
  if (phase_ != Phase::kRegistered) return;
  deadline_ = std::min(*deadline_, std::max<core::Instant>(now, accepted_at_ + kGrantedMin));
}

TrunkRegistration::Step TrunkRegistration::run(core::Instant now) {
  if (!deadline_ || now < *deadline_) return {};
  switch (phase_) {
    case Phase::kOff:
      break;
    case Phase::kResolving:
      return on_resolved(now, 0, "the names of the servers were not resolved");
    case Phase::kAsking:
    case Phase::kLeaving:
      return on_no_answer(now, "no answer");
    case Phase::kRegistered:
      tried_ = 0;
      return ask(now, status_.server);
    case Phase::kWaiting:
      show(now, RegistrationState::kTrying);
      return resolve(now);
  }
  return {};
}

TrunkRegistration::Step TrunkRegistration::resolve(core::Instant now) {
  phase_ = Phase::kResolving;
  deadline_ = now + kSilenceMax;
  tried_ = 0;
  return {Step::Kind::kResolve};
}

TrunkRegistration::Step TrunkRegistration::ask(core::Instant now, std::size_t server) {
  if (tried_ == 0) retry_after_ = {};
  ++tried_;
  repetitions_ = 0;
  status_.server = server;
  phase_ = Phase::kAsking;
  return send(now, false);
}

TrunkRegistration::Step TrunkRegistration::send(core::Instant now, bool is_repetition) {
  deadline_ = now + kSilenceMax;
  const auto expires = phase_ == Phase::kLeaving ? seconds(0) : wanted_;
  return {Step::Kind::kSend, status_.server, expires, is_repetition};
}

TrunkRegistration::Step TrunkRegistration::ask_next(core::Instant now) {
  if (tried_ >= servers_) return wait_doubling(now);
  show(now, RegistrationState::kTrying);
  return ask(now, (status_.server + 1) % servers_);
}

TrunkRegistration::Step TrunkRegistration::accept(core::Instant now, const RegisterAnswer& answer) {
  const auto granted = std::min(answer.granted.value_or(wanted_), kExpiresMax);
  status_.sip_status = answer.status;
  if (granted <= seconds(0)) {
    status_.reason = "the server said yes and kept no binding";
    return wait_doubling(now);
  }
  status_.reason.clear();
  status_.granted = granted;
  pause_ = options_.retry;
  phase_ = Phase::kRegistered;
  accepted_at_ = now;
  const core::Duration at_least = std::max(granted, kGrantedMin);
  deadline_ = now + at_least * 5 / 8 + jittered(at_least / 8);
  show(now, RegistrationState::kRegistered);
  return {};
}

TrunkRegistration::Step TrunkRegistration::ask_for_longer(core::Instant now,
                                                          const RegisterAnswer& answer) {
  const auto least = answer.min_expires.value_or(seconds(0));
  if (least <= wanted_ || least > kExpiresMax || ++repetitions_ > kRepetitionsMax) {
    note_failure(answer);
    return wait_doubling(now);
  }
  wanted_ = least;
  return send(now, true);
}

TrunkRegistration::Step TrunkRegistration::wait(core::Instant now, core::Duration pause) {
  pause = std::max(pause, kPauseMin);
  // Trunks that lost their provider together do not come back together.
  const auto jitter = jittered(pause / 8);
  phase_ = Phase::kWaiting;
  deadline_ = now + std::max<core::Duration>(pause - jitter, retry_after_);
  show(now, RegistrationState::kFailed);
  return {};
}

TrunkRegistration::Step TrunkRegistration::wait_doubling(core::Instant now) {
  const auto pause = std::min<core::Duration>(pause_, options_.retry_max);
  pause_ = std::min<core::Duration>(pause * 2, options_.retry_max);
  return wait(now, pause);
}

TrunkRegistration::Step TrunkRegistration::leave(core::Instant now, const RegisterAnswer& answer) {
  if (answer.status < 200) return {};
  if (challenger_of(answer.status) && answer.challenge == ChallengeVerdict::kRetry &&
      ++repetitions_ <= kRepetitionsMax)
    return send(now, true);
  turn_off(now);
  return {};
}

void TrunkRegistration::turn_off(core::Instant now) {
  phase_ = Phase::kOff;
  deadline_.reset();
  status_.reason.clear();
  status_.sip_status = 0;
  show(now, RegistrationState::kOff);
}

void TrunkRegistration::show(core::Instant now, RegistrationState state) {
  if (state != RegistrationState::kRegistered) status_.granted = {};
  if (status_.state == state) return;
  status_.state = state;
  status_.since = now;
}

void TrunkRegistration::note_failure(const RegisterAnswer& answer) {
  status_.sip_status = answer.status;
  status_.reason = explain(answer);
  const auto wished = std::min(answer.retry_after.value_or(seconds(0)), kRetryAfterMax);
  retry_after_ = std::max(retry_after_, wished);
}

// Uniform in [0, longest].
core::Duration TrunkRegistration::jittered(core::Duration longest) {
  const auto bound = static_cast<std::uint64_t>(std::max<core::Duration::rep>(longest.count(), 0));
  return core::Duration(static_cast<core::Duration::rep>(random_.below(bound + 1)));
}

}  // namespace pbx::sip
