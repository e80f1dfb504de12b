// core/call/rate_gate.h — how many new calls a second may come in: a token bucket.
//
// Pure.  The bucket holds one second's worth, so a burst of that size passes at once.

#pragma once

#include <algorithm>
#include <chrono>

#include "core/base/time.h"

namespace pbx::call {

class RateGate {
 public:
  explicit RateGate(double per_second) : per_second_(per_second), tokens_(per_second) {}

  void set_rate(double per_second) { per_second_ = per_second; }

  // Takes one token; false: too many just now.
  [[nodiscard]] bool pass(core::Instant now) {
    const std::chrono::duration<double> passed = now - last_;
    if (last_ != core::Instant{}) tokens_ += passed.count() * per_second_;
    tokens_ = std::min(tokens_, per_second_);
    last_ = now;
    if (tokens_ < 1.0) return false;
    tokens_ -= 1.0;
    return true;
  }

 private:
  double per_second_;
  double tokens_;
  core::Instant last_{};
};

}  // namespace pbx::call
