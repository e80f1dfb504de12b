// tools/call_load/pace.h — spreads events evenly: the k-th is due at start + k / rate.
//
// Pure.  It never forgets: after a stall everything missed is due at once, so that the offered load
// over the run is what was asked for.

#pragma once

#include <cstdint>

#include "core/base/time.h"

namespace pbx::call_load {

class Pace {
 public:
  // rate: events a second, > 0.  total: how many at most; UINT64_MAX for no end.
  Pace(core::Instant start, double rate, std::uint64_t total)
      : start_(start), rate_(rate), total_(total) {}

  [[nodiscard]] bool is_due(core::Instant now) const { return !is_over() && next() <= now; }
  [[nodiscard]] bool is_over() const { return taken_ >= total_; }
  [[nodiscard]] std::uint64_t taken() const { return taken_; }
  // When the next event is due; Instant::max() when all are taken.
  [[nodiscard]] core::Instant next() const {
    if (is_over()) return core::Instant::max();
    return start_ + core::Duration(static_cast<core::Duration::rep>(static_cast<double>(taken_) *
                                                                    1e9 / rate_));
  }
  void take() { ++taken_; }
  void stop() { total_ = taken_; }

 private:
  core::Instant start_;
  double rate_;
  std::uint64_t total_;
  std::uint64_t taken_ = 0;
};

}  // namespace pbx::call_load
