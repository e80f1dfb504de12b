// tools/call_load/histogram.h — counts durations so that percentiles cost nothing to keep.
//
// Pure.  Buckets are exact up to 64 and then 32 to each doubling, so a percentile is off by at most
// 1/32 (3.2 %) of its value; minimum, maximum and mean are exact.  The unit is the caller's
// (nanoseconds everywhere in this tool).  About 15 KB each; one owner.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace pbx::call_load {

class Histogram {
 public:
  void record(std::uint64_t value);
  void merge(const Histogram& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::uint64_t min() const { return count_ == 0 ? 0 : min_; }
  [[nodiscard]] std::uint64_t max() const { return max_; }
  [[nodiscard]] double mean() const;
  // The smallest recorded value that at least `share` (0 to 1) of all values do not exceed, up to
  // the precision above; never more than max().  0 if nothing was recorded.
  [[nodiscard]] std::uint64_t percentile(double share) const;

 private:
  static constexpr unsigned kSubBits = 5;  // 32 buckets to each doubling
  static constexpr std::size_t kBuckets = (64 - kSubBits + 1) << kSubBits;

  static std::size_t bucket_of(std::uint64_t value);
  static std::uint64_t top_of(std::size_t bucket);  // the largest value that falls into it

  std::array<std::uint64_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t min_ = UINT64_MAX;
  std::uint64_t max_ = 0;
  double sum_ = 0;
};

}  // namespace pbx::call_load
