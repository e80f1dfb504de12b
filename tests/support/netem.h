// tests/support/netem.h — a small network in virtual time: loss, bursts, jitter, reordering and
// duplicates, all from one seed.
//
// send() takes a payload of any type with its departure time; receive() gives what has arrived by
// `now`, in order of arrival.  The same seed and the same calls give the same network.

#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "core/base/random.h"
#include "core/base/time.h"

namespace pbx::support {

struct NetemOptions {
  double loss = 0;         // probability of losing a packet outside bursts
  double burst_begin = 0;  // probability that a burst of loss begins with this packet
  double burst_end = 0.3;  // and that it ends after it: mean length 1 / burst_end
  double duplicate = 0;
  double reorder = 0;  // probability of being held back by reorder_delay
  core::Duration reorder_delay = std::chrono::milliseconds(30);
  core::Duration delay = std::chrono::milliseconds(20);
  core::Duration jitter{0};  // added, uniform from 0 to this
  double spike = 0;          // probability of a stall: nothing arrives before it is over
  core::Duration spike_delay = std::chrono::milliseconds(150);
};

struct NetemStats {
  std::uint64_t sent = 0, lost = 0, duplicated = 0, reordered = 0, stalls = 0;
};

template <typename Packet>
class Netem {
 public:
  Netem(const NetemOptions& options, std::uint64_t seed) : options_(options), random_(seed) {}

  void set_options(const NetemOptions& options) { options_ = options; }

  void send(core::Instant now, const Packet& packet) {
    ++stats_.sent;
    if (is_lost()) {
      ++stats_.lost;
      return;
    }
    core::Instant arrival = now + options_.delay + part_of(options_.jitter);
    if (chance(options_.reorder)) {
      ++stats_.reordered;
      arrival += options_.reorder_delay;
    }
    if (chance(options_.spike)) {
      ++stats_.stalls;
      stalled_until_ = now + options_.spike_delay;
    }
    arrival = std::max(arrival, stalled_until_);
    flying_.emplace(arrival, packet);
    if (!chance(options_.duplicate)) return;
    ++stats_.duplicated;
    flying_.emplace(arrival + part_of(std::chrono::milliseconds(5)), packet);
  }

  // The next packet that has arrived by `now`, with its arrival time.
  std::optional<std::pair<core::Instant, Packet>> receive(core::Instant now) {
    if (flying_.empty() || flying_.begin()->first > now) return std::nullopt;
    auto arrived = *flying_.begin();
    flying_.erase(flying_.begin());
    return std::pair<core::Instant, Packet>(std::move(arrived));
  }

  [[nodiscard]] const NetemStats& stats() const { return stats_; }

 private:
  bool chance(double probability) { return probability > 0 && random_.unit() < probability; }

  bool is_lost() {
    if (in_burst_) {
      in_burst_ = !chance(options_.burst_end);
      return true;
    }
    in_burst_ = chance(options_.burst_begin);
    return in_burst_ || chance(options_.loss);
  }

  core::Duration part_of(core::Duration whole) {
    if (whole.count() <= 0) return core::Duration{0};
    return core::Duration{
        static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(whole.count())))};
  }

  NetemOptions options_;
  core::Random random_;
  std::multimap<core::Instant, Packet> flying_;  // equal arrivals keep their order
  core::Instant stalled_until_{};
  bool in_burst_ = false;
  NetemStats stats_;
};

}  // namespace pbx::support
