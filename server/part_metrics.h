// server/part_metrics.h — what the SIP threads and the store count, for Prometheus.
//
// Owner: the main thread, which brings the figures over once a second.

#pragma once

#include <string>
#include <vector>

#include "core/base/metrics.h"
#include "sip/stack.h"
#include "storage/store.h"

namespace pbx::server {

// A figure that its owner counts, as the counter that Prometheus sees.
class Mirror {
 public:
  Mirror() = default;
  explicit Mirror(core::Counter counter) : counter_(counter) {}
  void set(std::uint64_t value) {
    counter_.add(value - told_);
    told_ = value;
  }

 private:
  core::Counter counter_;
  std::uint64_t told_ = 0;
};

class SipMetrics {
 public:
  SipMetrics(core::MetricsRegistry& registry, const std::string& profile);
  void publish(const sip::SipCounters& counters);

 private:
  struct Row {
    Mirror mirror;
    std::uint64_t sip::SipCounters::*figure;
  };
  std::vector<Row> rows_;
  std::vector<Mirror> sent_, received_;  // responses by class, 1xx first
  core::Gauge legs_, bindings_;
};

class StoreMetrics {
 public:
  explicit StoreMetrics(core::MetricsRegistry& registry);
  void publish(const storage::StoreStats& stats);

 private:
  Mirror commits_, items_, failures_, spilled_, dropped_, cdrs_expired_, recordings_expired_;
  core::Gauge backlog_, failing_, commit_seconds_max_, used_share_;
};

}  // namespace pbx::server
