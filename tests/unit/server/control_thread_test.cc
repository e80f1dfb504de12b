#include "server/control_thread.h"

#include <atomic>

#include <doctest/doctest.h>

#include "tests/support/control_fixture.h"

using namespace pbx;

TEST_CASE("what was posted before the end is still handled, also by a thread that rests") {
  core::MetricsRegistry metrics;
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> replies = 0;
    server::ControlPorts ports;
    ports.reply = [&](call::Reply&&) { ++replies; };
    ports.must_refuse_calls = [] { return false; };
    server::ControlThread control({.config = test::sample_config()}, std::move(ports), metrics);
    control.start();
    // A few turns close together make it rest between turns.
    for (int i = 0; i < 4; ++i) {
      control.post(call::ShowStatus{});
      while (replies == i) {
      }
    }
    control.post(call::ShowStatus{});
    control.stop();
    CHECK(replies == 5);
  }
}
