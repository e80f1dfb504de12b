#include "media/delay_estimator.h"

#include <algorithm>

namespace pbx::media {

void DelayEstimator::rebase(std::int64_t transit_us, core::Instant arrival) {
  begun_ = true;
  base_us_ = window_min_us_ = previous_min_us_ = transit_us;
  window_start_ = arrival;
}

void DelayEstimator::track_base(std::int64_t transit_us, core::Instant arrival) {
  if (!begun_) rebase(transit_us, arrival);
  if (arrival - window_start_ >= kBaseWindow / 2) {
    previous_min_us_ = window_min_us_;
    window_min_us_ = transit_us;
    window_start_ = arrival;
  }
  window_min_us_ = std::min(window_min_us_, transit_us);
  base_us_ = std::min(window_min_us_, previous_min_us_);
}

void DelayEstimator::on_packet(std::int64_t transit_us, core::Instant arrival) {
  track_base(transit_us, arrival);
  const auto bucket = std::min<std::size_t>(
      static_cast<std::size_t>((transit_us - base_us_) / kBucketUs), kBuckets - 1);
  if (packets_ < kMemoryPackets) ++packets_;
  // An average over all packets at first, then over the last kMemoryPackets or so.
  const float weight = 1.0F / static_cast<float>(packets_);
  for (float& share : share_) share *= 1.0F - weight;
  share_[bucket] += weight;

  float sum = 0;
  std::size_t i = 0;
  while (i < kBuckets - 1 && (sum += share_[i]) < static_cast<float>(kQuantile)) ++i;
  enough_us_ = static_cast<std::int64_t>(i + 1) * kBucketUs;
}

}  // namespace pbx::media
