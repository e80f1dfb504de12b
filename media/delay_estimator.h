// media/delay_estimator.h — how long a jitter buffer must hold packets so that few come too late.
//
// Pure.  A packet's transit is its arrival minus its timestamp, in the same unit; only differences
// of transits mean anything.  The smallest transit of the last seconds is the base: the network
// without jitter.  A histogram of what packets needed above it, slowly forgetting, gives the delay
// that is enough for kQuantile of them (the method of WebRTC's NetEq, without its peak detector).
//
// Units: microseconds.

#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "core/base/time.h"

namespace pbx::media {

class DelayEstimator {
 public:
  static constexpr double kQuantile = 0.98;
  static constexpr std::int64_t kBucketUs = 10'000;
  static constexpr std::size_t kBuckets = 64;  // 640 ms; the last one holds all above
  static constexpr unsigned kMemoryPackets = 512;
  static constexpr std::chrono::seconds kBaseWindow{4};  // half of it is the least memory

  void on_packet(std::int64_t transit_us, core::Instant arrival);
  // From now on `transit_us` is the base: the route has changed.
  void rebase(std::int64_t transit_us, core::Instant arrival);
  void reset() { *this = {}; }

  [[nodiscard]] std::int64_t base_us() const { return base_us_; }
  // Above the base; a multiple of kBucketUs, 0 before the first packet.
  [[nodiscard]] std::int64_t enough_us() const { return enough_us_; }

 private:
  void track_base(std::int64_t transit_us, core::Instant arrival);

  bool begun_ = false;
  std::int64_t base_us_ = 0;
  std::int64_t window_min_us_ = 0;    // of the current half window
  std::int64_t previous_min_us_ = 0;  // of the one before
  core::Instant window_start_{};
  unsigned packets_ = 0;                 // up to kMemoryPackets
  std::array<float, kBuckets> share_{};  // of the packets; sums to 1
  std::int64_t enough_us_ = 0;
};

}  // namespace pbx::media
