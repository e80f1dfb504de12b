// media/worker_metrics.h — the Prometheus series of one media worker.
//
// Owner: the worker's thread.  The engine counts in plain numbers; once a second the differences
// go to the registry, so that a packet costs no atomic.

#pragma once

#include <array>
#include <vector>

#include "core/base/metrics.h"
#include "media/engine.h"
#include "media/socket_set.h"

namespace pbx::media {

class WorkerMetrics {
 public:
  // A null registry: nothing is published.
  WorkerMetrics(core::MetricsRegistry* registry, core::WorkerId worker);

  void publish(const Engine& engine, const SocketCounters& sockets, std::uint64_t ring_dropped);

 private:
  // A counter of the registry that follows a number of ours.
  struct Follower {
    core::Counter counter;
    std::uint64_t told = 0;
    void follow(std::uint64_t value) {
      counter.add(value - told);
      told = value;
    }
  };

  Follower packets_in_, packets_out_, bytes_in_, bytes_out_, relayed_, ticks_;
  std::array<Follower, kDrops> dropped_;
  Follower send_refused_, send_full_, socket_errors_, no_buffer_, ring_dropped_;
  Follower sessions_opened_, sessions_failed_;
  std::array<Follower, Engine::Lateness::kBounds_ms.size() + 1> late_;
  core::Gauge sessions_, relay_paths_, tick_paths_, recordings_, pool_used_, pool_reserved_;
};

}  // namespace pbx::media
