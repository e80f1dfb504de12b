#include "tools/call_load/scenario.h"

#include <algorithm>

namespace pbx::call_load {
namespace {

std::vector<std::uint32_t> phones_to_register(const Options& options, const Phonebook& phones) {
  std::vector<std::uint32_t> chosen;
  const bool is_storm = options.mode == Mode::kRegister;
  if (options.is_direct() || options.mode == Mode::kOptions) return chosen;
  for (std::uint32_t i = 0; i < phones.size(); ++i) {
    const bool is_caller = i < phones.callers();
    if (is_caller ? options.register_callers : options.register_callees || is_storm)
      chosen.push_back(i);
  }
  return chosen;
}

}  // namespace

Scenario::Scenario(const Options& options, Phonebook& phones, CallEngine& calls,
                   PhoneRequests& requests, core::Instant now)
    : options_(options),
      phones_(phones),
      calls_(calls),
      requests_(requests),
      registering_(phones_to_register(options, phones)),
      pace_(now, options.register_rate, registering_.size()) {
  if (registering_.empty() || options.mode == Mode::kRegister) begin_traffic(now);
}

void Scenario::begin_traffic(core::Instant now) {
  stage_ = Stage::kTraffic;
  traffic_began_ = now;
  next_phone_ = 0;
  pace_ = options_.mode == Mode::kRegister
              ? Pace(now, options_.register_rate, options_.registrations)
              : Pace(now, options_.rate, options_.calls);
}

void Scenario::enter(Stage stage, core::Instant now) {
  stage_ = stage;
  if (stage == Stage::kTraffic) {
    begin_traffic(now);
    has_nobody_ = !can_call();
    if (has_nobody_) pace_.stop();
  } else if (stage == Stage::kUnregister) {
    traffic_ended_ = now;
    requests_.stop_refreshing();
    next_phone_ = 0;
    pace_ = Pace(now, options_.register_rate, registering_.size());
  }
}

bool Scenario::can_call() const {
  if (options_.mode != Mode::kCalls || !options_.register_callees) return true;
  return std::any_of(registering_.begin(), registering_.end(), [&](std::uint32_t phone) {
    return phone >= phones_.callers() && phones_[phone].is_registered;
  });
}

bool Scenario::is_finished() const {
  if (!pace_.is_over()) return false;
  return requests_.active() == 0 && calls_.active() == 0;
}

void Scenario::on_time(core::Instant now) {
  if (stage_ == Stage::kOver) return;
  if (stage_ == Stage::kTraffic && options_.duration != core::Duration{} &&
      now >= *traffic_began_ + options_.duration)
    pace_.stop();
  for (unsigned i = 0; i < kBurstMax && retry_at_ <= now && pace_.is_due(now); ++i) {
    if (!start_one(now)) {
      is_held_ = true;
      retry_at_ = now + kRetry;
      break;
    }
    held_back_ += is_held_ && stage_ == Stage::kTraffic ? 1 : 0;
    is_held_ = false;
    pace_.take();
  }
  if (is_finished()) enter(static_cast<Stage>(static_cast<int>(stage_) + 1), now);
}

core::Instant Scenario::next_deadline() const {
  const core::Instant start = pace_.is_over() ? kNever : std::max(pace_.next(), retry_at_);
  const bool has_end =
      stage_ == Stage::kTraffic && options_.duration != core::Duration{} && !pace_.is_over();
  return has_end ? std::min(start, *traffic_began_ + options_.duration) : start;
}

bool Scenario::start_one(core::Instant now) {
  if (stage_ == Stage::kRegister) {
    Phone& phone = phones_[registering_[next_phone_++]];
    requests_.register_phone(now, phone, options_.expires_s, true);
    return true;
  }
  if (stage_ == Stage::kUnregister) return unregister_one(now);
  const bool has_started = options_.mode == Mode::kCalls ? start_call(now) : start_request(now);
  if (has_started) last_start_ = now;
  return has_started;
}

bool Scenario::start_call(core::Instant now) {
  return calls_.place(now, now >= *traffic_began_ + options_.warmup);
}

// The next phone in turn that is not busy.
bool Scenario::start_request(core::Instant now) {
  const bool is_ping = options_.mode == Mode::kOptions;
  const std::size_t count = is_ping ? phones_.callers() : registering_.size();
  for (std::size_t tries = 0; tries < count; ++tries) {
    const auto turn = static_cast<std::uint32_t>(next_phone_++ % count);
    Phone& phone = phones_[is_ping ? turn : registering_[turn]];
    if (requests_.is_busy(phone)) continue;
    if (is_ping)
      requests_.ping(now, phone);
    else
      requests_.register_phone(now, phone, options_.expires_s, true);
    return true;
  }
  return false;
}

bool Scenario::unregister_one(core::Instant now) {
  Phone& phone = phones_[registering_[next_phone_]];
  if (requests_.is_busy(phone)) return false;  // a refresh; it ends within 32 s
  ++next_phone_;
  if (phone.is_registered) requests_.register_phone(now, phone, 0, false);
  return true;
}

void Scenario::stop(core::Instant now) {
  if (stage_ == Stage::kUnregister || stage_ == Stage::kOver) return;
  pace_.stop();
  if (stage_ == Stage::kTraffic) return calls_.hang_up_all(now);
  // Nothing was called yet, and nothing will be.
  traffic_began_ = now;
  stage_ = Stage::kTraffic;
}

}  // namespace pbx::call_load
