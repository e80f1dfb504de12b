// core/call/view.h — what control tells those who ask: snapshots, never references.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/call/cdr.h"

namespace pbx::call {

struct CallView {
  core::CallId id;
  std::string state;  // "dialing", "ringing", "talking", "held", "service", "ending"
  Cdr cdr;            // the record so far
};
struct CallList {
  std::vector<CallView> calls;  // oldest first, at most kCallsListedMax
  std::uint64_t total = 0;
};
inline constexpr std::size_t kCallsListedMax = 10000;

struct CallDetail {
  CallView call;
  std::vector<std::pair<core::LegId, MediaReport>> media;  // live figures
};
struct ControlStatus {
  std::uint64_t calls = 0, legs = 0, calls_total = 0, calls_refused = 0, bindings = 0;
  std::uint64_t ports_free = 0, ports_total = 0, recordings = 0;
  std::uint64_t rights_refused = 0, fraud_blocks = 0;
  bool draining = false;
};
struct TrunkView {
  std::string name;
  std::string_view state;  // "up", "down", "unknown", "off"
  std::string reason;
  std::string server;  // in use
  std::optional<std::chrono::milliseconds> round_trip;
  core::WallTime since;
  std::uint32_t calls_in = 0, calls_out = 0;        // now
  std::uint64_t calls_total = 0, calls_failed = 0;  // outgoing, since the start
  std::chrono::milliseconds talked{0};              // outgoing, today
};
struct TrunkList {
  std::vector<TrunkView> trunks;  // by name
};
struct ScheduleView {
  std::string name;
  bool open = false;
  bool by_hand = false;
  std::string reason;
};
struct ScheduleList {
  std::vector<ScheduleView> schedules;
};
struct BlockView {
  std::string extension;
  std::string_view reason;
  std::uint32_t calls = 0;
  core::WallTime until;
};
struct BlockList {
  std::vector<BlockView> blocks;  // by extension
};
struct Done {};
struct NotFound {
  std::string what;
};
using View = std::variant<CallList, CallDetail, ControlStatus, TrunkList, ScheduleList, BlockList,
                          Done, NotFound>;

}  // namespace pbx::call
