// tools/call_load/report.h — the result of a run as one JSON line; docs/call_load.md explains it.
//
// Pure.

#pragma once

#include <cstdint>
#include <string>

#include "core/base/time.h"
#include "tools/call_load/call_stats.h"
#include "tools/call_load/meter.h"
#include "tools/call_load/options.h"
#include "tools/call_load/rtp_engine.h"

namespace pbx::call_load {

struct RunResult {
  CallStats calls;
  RequestStats requests;
  SipCounters sip;
  MediaTimes media;
  Window steady, whole;
  std::uint64_t rss_before_kb = 0, rss_peak_kb = 0;  // of the server
  std::uint64_t held_back = 0;
  core::Duration placing{};             // from the first start to the last
  double sip_cpu_s = 0, rtp_cpu_s = 0;  // the generator's own; rtp 0 when it is one thread
  std::uint64_t own_rss_kb = 0;
  bool is_stopped = false;  // by a signal

  // True if nothing failed and nothing was lost.
  [[nodiscard]] bool is_clean() const { return calls.failed == 0 && requests.failed == 0; }
};

[[nodiscard]] std::string to_json(const Options& options, const RunResult& result);

}  // namespace pbx::call_load
