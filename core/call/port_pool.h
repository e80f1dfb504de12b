// core/call/port_pool.h — which RTP ports are free.
//
// Pure.  Owner: control.  A port is the even one of an RTP/RTCP pair.  Control gives ports to
// media workers by number, so that an SDP can be written without asking a worker first.
//
// A port that comes back rests for the quarantine, so that late packets of an ended call do not
// reach the next one.  Ports are used in the order they came back: the longest rested first.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "core/base/time.h"

namespace pbx::call {

class PortPool {
 public:
  // The pairs from `first` (even) up to `last` (odd), both included.
  PortPool(std::uint16_t first, std::uint16_t last, core::Duration quarantine);

  // nullopt: none is free now; the call is refused with 503.
  [[nodiscard]] std::optional<std::uint16_t> take(core::Instant now);
  void give_back(std::uint16_t port, core::Instant now);

  [[nodiscard]] std::size_t size() const { return total_; }
  [[nodiscard]] std::size_t free() const { return resting_.size(); }  // resting ones included

 private:
  struct Resting {
    std::uint16_t port;
    core::Instant usable_from;
  };
  core::Duration quarantine_;
  std::size_t total_;
  std::deque<Resting> resting_;  // by usable_from
};

}  // namespace pbx::call
