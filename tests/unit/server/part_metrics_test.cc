#include "server/part_metrics.h"

#include <doctest/doctest.h>

namespace pbx::server {

TEST_CASE("the figures of a SIP thread appear under its profile and keep counting") {
  core::MetricsRegistry registry;
  SipMetrics metrics(registry, "phones");
  sip::SipCounters counters;
  counters.invites_received = 3;
  counters.sent_by_class[4] = 2;
  counters.bindings = 7;
  metrics.publish(counters);
  counters.invites_received = 5;
  metrics.publish(counters);
  const std::string text = registry.serialize();
  CHECK(text.find("strowger_sip_invites_received_total{profile=\"phones\"} 5\n") !=
        std::string::npos);
  CHECK(text.find("strowger_sip_responses_sent_total{class=\"4xx\",profile=\"phones\"} 2\n") !=
        std::string::npos);
  CHECK(text.find("strowger_sip_bindings{profile=\"phones\"} 7\n") != std::string::npos);
}

TEST_CASE("the figures of the store appear") {
  core::MetricsRegistry registry;
  StoreMetrics metrics(registry);
  storage::StoreStats stats;
  stats.commits = 4;
  stats.failing = true;
  metrics.publish(stats);
  const std::string text = registry.serialize();
  CHECK(text.find("strowger_storage_commits_total 4\n") != std::string::npos);
  CHECK(text.find("strowger_storage_failing 1\n") != std::string::npos);
}

}  // namespace pbx::server
