// core/call/switchboard.h — the state of control and the few verbs that all procedures share.
//
// Pure.  Owner: the control thread.  The procedures are free functions in files of their own
// (incoming, dialing, talking, services, digits, ending, messages, commands); control.h is the
// door for events.

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/ids.h"
#include "core/base/time.h"
#include "core/base/timers.h"
#include "core/base/wall_time.h"
#include "core/call/call.h"
#include "core/call/effect.h"
#include "core/call/fraud.h"
#include "core/call/lasting.h"
#include "core/call/locations.h"
#include "core/call/port_pool.h"
#include "core/call/ports.h"
#include "core/call/rate_gate.h"
#include "core/call/trunk_lines.h"
#include "core/call/usage.h"
#include "core/config/config.h"
#include "core/route/routing.h"

namespace pbx::call {

// One event at work: when it is, and where its effects go.
struct Turn {
  core::Instant now;
  core::WallTime wall;
  Effects& out;
};

struct CallTimer {
  core::CallId call;
};

struct SwitchboardOptions {
  std::shared_ptr<const config::Config> config;
  std::shared_ptr<const route::Routing> routing;  // made of `config`
  std::uint16_t workers = 1;                      // media workers, WorkerId 1 to this
  std::uint64_t first_id = 1;  // above every CallId and RecordingId of earlier runs
  core::WallAnchor wall;
  std::vector<Fact> facts;  // of earlier runs
};

struct Switchboard {
  Switchboard(const SwitchboardOptions& options, SecretSource& secret_source);

  std::shared_ptr<const config::Config> config;
  std::shared_ptr<const route::Routing> routing;
  SecretSource& secrets;
  core::WallAnchor wall;
  core::IdSource lasting_ids;  // calls, recordings: unique for ever
  core::IdSource leg_ids;      // outgoing legs; incoming ones are named by their SIP thread
  core::IdSource other_ids;
  Locations locations;
  PortPool ports;
  RateGate call_rate;
  TrunkLines trunks;
  UsageBook usage;
  FraudWatch fraud;
  std::map<std::string, route::ScheduleOverride, std::less<>> overrides;  // by schedule
  std::uint64_t rights_refused = 0;
  std::uint64_t fraud_blocks = 0;
  std::map<std::string, std::uint64_t> round_robin;  // calls so far of each trunk group
  core::Timers<CallTimer> timers;
  std::unordered_map<core::CallId, Call> calls;
  std::unordered_map<core::LegId, core::CallId> call_of_leg;
  std::unordered_map<std::string, std::uint32_t> calls_of_extension;  // live legs of each
  std::unordered_map<core::RecordingId, Recording> recordings;        // files not closed yet
  struct Relayed {                                                    // a MESSAGE on its way
    core::RequestId asked;
    core::ProfileId profile;
    std::size_t waiting;  // answers still to come
  };
  std::unordered_map<core::RequestId, Relayed> messages;
  std::unordered_map<core::RequestId, CallView> details;  // ShowCall waiting for live figures
  std::vector<std::uint32_t> sessions_of_worker;          // index: WorkerId - 1
  std::vector<core::RequestId> drains;                    // who waits for the end of the last call
  bool draining = false;
  std::uint64_t calls_total = 0, calls_refused = 0;

  [[nodiscard]] Call* find(core::CallId call);
  [[nodiscard]] Call* find_by_leg(core::LegId leg);
  [[nodiscard]] const config::Extension* extension(std::string_view id) const;
  [[nodiscard]] const config::Trunk* trunk(std::string_view name) const;
  // The hand that is on a schedule; none if nobody has set it.
  [[nodiscard]] route::ScheduleOverride hand_on(std::string_view schedule) const;
  [[nodiscard]] SrtpKey make_key();
};

// --- effects ---
void to_sip(Turn& turn, const Leg& leg, SipCommand command);
void to_media(Turn& turn, const Call& call, MediaCommand command);
void notice(Turn& turn, Notice::Level level, std::string text);
// What a caller refused with 503 is told to wait; nothing with other causes.
[[nodiscard]] std::optional<std::chrono::seconds> retry_after_of(const Switchboard& board,
                                                                 const core::Cause& cause);

// --- media of a leg ---
// Takes a port for `leg` unless it has one.  False: none is free.
[[nodiscard]] bool take_port(Switchboard& board, Turn& turn, Leg& leg);
// Opens the session of `leg`, or changes it if it is open.
void set_media(Switchboard& board, Turn& turn, Call& call, Leg& leg, const MediaParams& params);

// --- what outlives a restart ---
void store_fact(Turn& turn, Fact::Kind kind, const std::string& name, std::string text);

// --- the record ---
void begin_segment(Switchboard& board, Turn& turn, Call& call, Segment::Kind kind,
                   std::string detail = {});
void restart_timer(Switchboard& board, Call& call, core::Instant deadline);
void stop_timer(Switchboard& board, Call& call);

// A caller's number as the log may show it.
[[nodiscard]] std::string shown(const Switchboard& board, std::string_view number);

}  // namespace pbx::call
