// server/control_metrics.h — what the control thread counts for Prometheus.  Owner: that thread.

#pragma once

#include <array>

#include "core/base/mailbox.h"
#include "core/base/metrics.h"
#include "core/call/effect.h"
#include "core/call/view.h"

namespace pbx::server {

class ControlMetrics {
 public:
  explicit ControlMetrics(core::MetricsRegistry& registry);

  void on_event(const call::Event&) const { events_.add(); }
  void on_store(const call::StoreCommand& command) const;
  void on_turn(core::Duration took) const { turns_.observe(took); }
  void on_heartbeat(const call::ControlStatus& status,
                    const core::Mailbox<call::Event>& mailbox) const;

 private:
  core::Counter events_;
  core::Histogram turns_;
  std::array<core::Counter, 7> ended_;  // by call::Outcome
  core::Gauge calls_, legs_, bindings_, ports_free_, recordings_, draining_, mailbox_fill_;
  core::Gauge refused_;
  core::Gauge rights_refused_;
  core::Gauge fraud_blocks_;
};

}  // namespace pbx::server
