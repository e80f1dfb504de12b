// sip/trunk_health.h — whether one server of a trunk answers: OPTIONS of ours and what calls show,
// with hysteresis, so that one lost datagram does not stop a trunk and one lucky one not start it.
//
// Pure: time and chance come in; the owner sends the OPTIONS and tells how they and the INVITEs
// went.  RFC 3261 11.
//
// | event                                 | counts as | because                               |
// |---------------------------------------|-----------|---------------------------------------|
// | OPTIONS: 408, 503, no answer          | failure   | nta says 408 and 503 for silence too  |
// | OPTIONS: any other final response     | alive     | 404, 405, 501 too: somebody is there  |
// | INVITE: any response, 100 too         | alive     |                                       |
// | INVITE: none in answer_time           | failure   |                                       |
// | INVITE: no connection                 | failure   |                                       |
//
// | state   | up_after alive in a row | down_after failures in a row | the first alive           |
// |---------|-------------------------|------------------------------|---------------------------|
// | unknown | up                      | down                         | up: nothing speaks against|
// | up      | -                       | down                         | -                         |
// | down    | up                      | -                            | -                         |
//
// A server of unknown state is used like one that is up.  Where no OPTIONS are sent (interval 0)
// nothing would ever bring a server back that gets no calls: after kRest it is unknown again, and
// the next failure takes it down at once.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/random.h"
#include "core/base/time.h"
#include "core/config/trunk.h"

namespace pbx::sip {

enum class HealthState : std::uint8_t { kUnknown, kUp, kDown };
[[nodiscard]] std::string_view text(HealthState state);  // "up"

// What people are shown.
struct HealthStatus {
  HealthState state = HealthState::kUnknown;
  core::Instant since{};
  std::string reason;                        // of the last failure; "" if the last event was alive
  std::optional<core::Duration> round_trip;  // of the last OPTIONS that was answered

  friend bool operator==(const HealthStatus&, const HealthStatus&) = default;
};

class TrunkHealth {
 public:
  static constexpr std::chrono::seconds kRest{60};
  static constexpr std::chrono::seconds kFirstWithin{2};  // the first OPTIONS of many trunks spread

  // `random`: of this server alone.
  TrunkHealth(core::Instant now, const config::TrunkHealth& options, core::Random random);

  // Whether an OPTIONS is to be sent now.  One whose answer did not come until the next was due
  // has failed; its transaction may be forgotten.
  [[nodiscard]] bool run(core::Instant now);
  [[nodiscard]] std::optional<core::Instant> next_deadline() const { return deadline_; }

  void on_options_answer(core::Instant now, int status);  // a final one
  // `reason`: for people, such as "connection refused".
  void on_options_failure(core::Instant now, std::string_view reason);
  void on_call_answer(core::Instant now);
  void on_call_silence(core::Instant now);
  void on_call_failure(core::Instant now, std::string_view reason);  // it could not be sent

  [[nodiscard]] bool is_usable() const { return status_.state != HealthState::kDown; }
  [[nodiscard]] const HealthStatus& status() const { return status_; }

 private:
  void note_alive(core::Instant now);
  void note_failure(core::Instant now, std::string_view reason);
  void enter(core::Instant now, HealthState state);

  config::TrunkHealth options_;
  std::optional<core::Instant> deadline_;
  std::optional<core::Instant> asked_at_;  // while an OPTIONS is under way
  std::uint32_t alive_ = 0;                // in a row
  std::uint32_t failures_ = 0;             // in a row
  HealthStatus status_;
};

}  // namespace pbx::sip
