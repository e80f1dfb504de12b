// tools/call_load/meter.h — what the server used while the load was even.
//
// Owner: the SIP thread.  Two windows: the whole traffic, from the first call to the end of the
// last, and the steady phase within it, when calls neither only pile up nor only end.

#pragma once

#include <cstdint>
#include <optional>

#include "core/base/time.h"
#include "tools/call_load/options.h"
#include "tools/call_load/process_probe.h"

namespace pbx::call_load {

// From the begin of the traffic.
struct SteadyPhase {
  core::Duration begin{}, end{};
};
// With N calls at R a second, each H long: they pile up for min(H, N/R) and are even until
// max(H, N/R).  A warm-up may begin the phase later.  nullopt if less than half a second is left.
[[nodiscard]] std::optional<SteadyPhase> steady_phase(const Options& options);

// What was done up to a moment, and what the server had used by then.
struct LoadSample {
  core::Instant at{};
  std::uint64_t started = 0;  // calls, registrations or pings
  double talk_seconds = 0;
  std::optional<ProcessSample> server;
};

struct Window {
  std::optional<LoadSample> begin, end;
};

class Meter {
 public:
  static constexpr core::Duration kMemoryEvery = std::chrono::milliseconds(250);

  explicit Meter(const Options& options);

  // Samples the server if there is one to sample.  `load` has everything but the server filled in.
  void begin_traffic(LoadSample load);
  // Call often; does something when the steady phase begins and ends, and for the memory.
  void on_time(const LoadSample& load);
  void end_traffic(LoadSample load);

  [[nodiscard]] const Window& steady() const { return steady_; }
  [[nodiscard]] const Window& whole() const { return whole_; }
  [[nodiscard]] std::uint64_t rss_before_kb() const { return rss_before_kb_; }
  [[nodiscard]] std::uint64_t rss_peak_kb() const { return rss_peak_kb_; }

 private:
  LoadSample sampled(LoadSample load);

  const Options& options_;
  std::optional<SteadyPhase> phase_;
  Window steady_, whole_;
  std::uint64_t rss_before_kb_ = 0, rss_peak_kb_ = 0;
  core::Instant next_memory_{};
};

}  // namespace pbx::call_load
