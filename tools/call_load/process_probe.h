// tools/call_load/process_probe.h — CPU time and memory of a process, from /proc.
//
// Units: CPU in seconds since the process began, all its threads, user and system apart; memory in
// KB (1024 octets).  The kernel counts in 10 ms steps, exact in the sum of user and system.

#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/result.h"

namespace pbx::call_load {

struct ProcessSample {
  double user_s = 0, system_s = 0;
  std::uint64_t rss_kb = 0;

  [[nodiscard]] double cpu_s() const { return user_s + system_s; }
};

// The text of /proc/PID/stat (proc(5): fields 14, 15 and 24).  Errors: kCorrupt.
[[nodiscard]] core::Result<ProcessSample> parse_stat(std::string_view text, long ticks_per_second,
                                                     long page_bytes);

// Errors: kNotFound: there is no such process.
[[nodiscard]] core::Result<ProcessSample> sample_process(int pid);
// User and system seconds of the calling thread.
[[nodiscard]] double thread_cpu_s();

}  // namespace pbx::call_load
