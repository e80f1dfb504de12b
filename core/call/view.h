// core/call/view.h — what control tells those who ask: snapshots, never references.

#pragma once

#include <cstdint>
#include <string>
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
  bool draining = false;
};
struct Done {};
struct NotFound {
  std::string what;
};
using View = std::variant<CallList, CallDetail, ControlStatus, Done, NotFound>;

}  // namespace pbx::call
