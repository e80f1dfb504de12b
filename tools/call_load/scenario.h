// tools/call_load/scenario.h — the course of a run: register, make traffic, wait, unregister.
//
// Pure; owner: the SIP thread.  Stages: kRegister -> kTraffic -> kUnregister -> kOver; none is left
// before everything it began has ended, and everything ends (call_engine.h, exchange.h).

#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/time.h"
#include "tools/call_load/call_engine.h"
#include "tools/call_load/options.h"
#include "tools/call_load/pace.h"
#include "tools/call_load/phone_requests.h"

namespace pbx::call_load {

class Scenario {
 public:
  enum class Stage : std::uint8_t { kRegister, kTraffic, kUnregister, kOver };
  static constexpr unsigned kBurstMax = 64;  // starts in one go, so that answers are read between
  static constexpr core::Duration kRetry = std::chrono::milliseconds(1);  // nothing could start

  Scenario(const Options& options, Phonebook& phones, CallEngine& calls, PhoneRequests& requests,
           core::Instant now);

  void on_time(core::Instant now);
  [[nodiscard]] core::Instant next_deadline() const;
  // Ends the traffic early.
  void stop(core::Instant now);

  [[nodiscard]] Stage stage() const { return stage_; }
  // When the traffic began and when its last call or request ended.
  [[nodiscard]] std::optional<core::Instant> traffic_began() const { return traffic_began_; }
  [[nodiscard]] std::optional<core::Instant> traffic_ended() const { return traffic_ended_; }
  // When the last call was begun, and how many had to wait because --concurrent was reached or
  // because all phones were busy.
  [[nodiscard]] core::Instant last_start() const { return last_start_; }
  [[nodiscard]] std::uint64_t held_back() const { return held_back_; }
  // True if calls were to be made and no callee could register.
  [[nodiscard]] bool has_nobody() const { return has_nobody_; }

 private:
  void enter(Stage stage, core::Instant now);
  void begin_traffic(core::Instant now);
  [[nodiscard]] bool is_finished() const;
  bool start_one(core::Instant now);
  bool start_call(core::Instant now);
  bool start_request(core::Instant now);
  bool unregister_one(core::Instant now);
  [[nodiscard]] bool can_call() const;

  const Options& options_;
  Phonebook& phones_;
  CallEngine& calls_;
  PhoneRequests& requests_;
  std::vector<std::uint32_t> registering_;  // phones that register
  Stage stage_ = Stage::kRegister;
  Pace pace_;
  std::size_t next_phone_ = 0;
  core::Instant retry_at_{};
  bool is_held_ = false;
  bool has_nobody_ = false;
  std::uint64_t held_back_ = 0;
  core::Instant last_start_{};
  std::optional<core::Instant> traffic_began_, traffic_ended_;
};

}  // namespace pbx::call_load
