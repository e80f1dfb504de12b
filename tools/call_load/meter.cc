#include "tools/call_load/meter.h"

#include <algorithm>

namespace pbx::call_load {

std::optional<SteadyPhase> steady_phase(const Options& options) {
  using Seconds = std::chrono::duration<double>;
  const bool is_storm = options.mode == Mode::kRegister;
  const double rate = is_storm ? options.register_rate : options.rate;
  const std::uint64_t total = is_storm ? options.registrations : options.calls;
  double placing = static_cast<double>(total) / rate;
  if (options.duration != core::Duration{})
    placing = std::min(placing, Seconds(options.duration).count());
  const double hold = options.mode == Mode::kCalls ? Seconds(options.hold).count() : 0;
  const double begin = std::max(std::min(hold, placing), Seconds(options.warmup).count());
  const double end = std::max(hold, placing);
  if (end - begin < 0.5) return std::nullopt;
  const auto duration = [](double seconds) {
    return std::chrono::duration_cast<core::Duration>(Seconds(seconds));
  };
  return SteadyPhase{duration(begin), duration(end)};
}

Meter::Meter(const Options& options) : options_(options), phase_(steady_phase(options)) {
  if (options.cpu_of == 0) return;
  if (const auto sample = sample_process(options.cpu_of)) rss_before_kb_ = sample->rss_kb;
  rss_peak_kb_ = rss_before_kb_;
}

LoadSample Meter::sampled(LoadSample load) {
  if (options_.cpu_of == 0) return load;
  if (const auto sample = sample_process(options_.cpu_of)) {
    load.server = *sample;
    rss_peak_kb_ = std::max(rss_peak_kb_, sample->rss_kb);
  }
  return load;
}

void Meter::begin_traffic(LoadSample load) { whole_.begin = sampled(load); }
void Meter::end_traffic(LoadSample load) {
  whole_.end = sampled(load);
  if (steady_.begin && !steady_.end) steady_.end = whole_.end;  // the last call was a short one
  phase_.reset();
}

void Meter::on_time(const LoadSample& load) {
  if (!whole_.begin || whole_.end) return;
  const core::Duration since = load.at - whole_.begin->at;
  if (phase_ && !steady_.begin && since >= phase_->begin) steady_.begin = sampled(load);
  if (phase_ && !steady_.end && since >= phase_->end) steady_.end = sampled(load);
  if (load.at < next_memory_) return;
  next_memory_ = load.at + kMemoryEvery;
  static_cast<void>(sampled(load));
}

}  // namespace pbx::call_load
