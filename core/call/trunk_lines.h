// core/call/trunk_lines.h — what the trunks carry now, and which of them may carry one more call.
//
// Pure.  Owner: control.  What a trunk is stands in the configuration; whether it lives is told by
// its SIP thread (TrunkChanged).
//
// A limit holds for calls that begin after it is reached: calls in progress go on.

#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/net.h"
#include "core/base/time.h"
#include "core/base/wall_time.h"
#include "core/call/day_total.h"
#include "core/call/event.h"
#include "core/call/rate_gate.h"
#include "core/config/trunk.h"

namespace pbx::call {

struct TrunkLine {
  TrunkChanged::State state = TrunkChanged::State::kUnknown;
  core::ProfileId profile;
  core::IpAddress local_ip;  // none: the trunk has no address yet
  std::string reason;
  std::string server;
  std::optional<std::chrono::milliseconds> round_trip;
  core::WallTime since;  // when it came into its state
  std::uint32_t calls_in = 0;
  std::uint32_t calls_out = 0;
  std::uint64_t calls_total = 0;   // outgoing ones that were tried
  std::uint64_t calls_failed = 0;  // of those, by the trunk's own fault
  RateGate rate{1};                // of outgoing calls
  DayTotal today;                  // talk of outgoing calls
};

struct Obstacle {
  std::string text;       // a phrase: "is down: no answer from 192.0.2.1"
  bool is_limit = false;  // `limits` of the trunk are reached
};

class TrunkLines {
 public:
  void apply(const TrunkChanged& change, core::WallTime wall);

  // Null: its SIP thread has told nothing of it.
  [[nodiscard]] const TrunkLine* find(std::string_view trunk) const;
  [[nodiscard]] const std::map<std::string, TrunkLine, std::less<>>& all() const { return lines_; }

  // Why `trunk` can take no outgoing call now.  nullopt: it can.  `urgent` calls know no limits,
  // and are tried where it seems dead.
  [[nodiscard]] std::optional<Obstacle> why_not(const config::Trunk& trunk, core::WallTime wall,
                                                bool urgent) const;
  // Takes one of the calls that a second may have.  False: it has had them all.
  [[nodiscard]] bool pass_rate(const config::Trunk& trunk, core::Instant now);

  void begin_in(std::string_view trunk) { ++line(trunk).calls_in; }
  void begin_out(std::string_view trunk);
  void end_in(std::string_view trunk);
  // The totals of the day after it.
  const DayTotal& end_out(std::string_view trunk, core::WallTime wall,
                          std::chrono::milliseconds talked);
  void restore(std::string_view trunk, const DayTotal& today) { line(trunk).today = today; }
  void count_failure(std::string_view trunk) { ++line(trunk).calls_failed; }

 private:
  TrunkLine& line(std::string_view trunk);

  std::map<std::string, TrunkLine, std::less<>> lines_;
};

}  // namespace pbx::call
