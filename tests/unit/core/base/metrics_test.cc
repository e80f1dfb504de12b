#include "core/base/metrics.h"

#include <doctest/doctest.h>

#include <thread>

using namespace pbx::core;
using std::chrono::milliseconds;

namespace {
bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}
}  // namespace

TEST_CASE("each kind is written in Prometheus text format with help and type") {
  MetricsRegistry registry;
  registry.counter("strowger_sip_requests_total", "Requests received.", {{"method", "INVITE"}})
      .add(3);
  registry.gauge("strowger_calls", "Calls in progress.").set(2.5);
  const auto wait = registry.histogram("strowger_wait_seconds", "Time waited.", {0.1, 1.0});
  wait.observe(0.1);  // a bound belongs to its bucket
  wait.observe(milliseconds(500));
  wait.observe(7.0);
  const std::string text = registry.serialize();
  CHECK(has(text,
            "# HELP strowger_sip_requests_total Requests received.\n"
            "# TYPE strowger_sip_requests_total counter\n"
            "strowger_sip_requests_total{method=\"INVITE\"} 3\n"));
  CHECK(has(text, "# TYPE strowger_calls gauge\nstrowger_calls 2.5\n"));
  CHECK(has(text,
            "# TYPE strowger_wait_seconds histogram\n"
            "strowger_wait_seconds_count 3\n"
            "strowger_wait_seconds_sum 7.6"));
  CHECK(has(text, "strowger_wait_seconds_bucket{le=\"0.1\"} 1\n"));
  CHECK(has(text, "strowger_wait_seconds_bucket{le=\"1\"} 2\n"));
  CHECK(has(text, "strowger_wait_seconds_bucket{le=\"+Inf\"} 3\n"));
  CHECK(wait.count() == 3);
}

TEST_CASE("the same name and labels give the same series, in whatever order they are said") {
  MetricsRegistry registry;
  const auto a = registry.counter("strowger_a_total", "A.", {{"x", "1"}, {"y", "2"}});
  const auto b = registry.counter("strowger_a_total", "A.", {{"y", "2"}, {"x", "1"}});
  const auto other = registry.counter("strowger_a_total", "A.", {{"x", "2"}, {"y", "2"}});
  a.add();
  b.add();
  CHECK(a.value() == 2);
  CHECK(other.value() == 0);
}

TEST_CASE("the output does not depend on the order of registering") {
  const auto fill = [](MetricsRegistry& registry, bool forward) {
    for (int i = 0; i < 4; ++i) {
      const std::string label = std::to_string(forward ? i : 3 - i);
      registry.counter("strowger_b_total", "B.", {{"n", label}}).add();
      registry.gauge("strowger_a", "A.", {{"n", label}}).set(1);
    }
  };
  MetricsRegistry first, second;
  fill(first, true);
  fill(second, false);
  CHECK(first.serialize() == second.serialize());
  CHECK(first.serialize().find("strowger_a") < first.serialize().find("strowger_b_total"));
}

TEST_CASE("label values are escaped") {
  MetricsRegistry registry;
  registry.gauge("strowger_a", "A.", {{"name", "a\"b\\c\nd"}}).set(1);
  CHECK(has(registry.serialize(), R"(strowger_a{name="a\"b\\c\nd"} 1)"));
}

TEST_CASE("a handle without a registry counts nothing and hurts nobody") {
  const Counter counter;
  const Gauge gauge;
  const Histogram histogram;
  counter.add();
  gauge.set(1);
  gauge.add(1);
  histogram.observe(1.0);
  CHECK(counter.value() == 0);
  CHECK(gauge.value() == 0);
  CHECK(histogram.count() == 0);
}

TEST_CASE("a full registry refuses further series, counts them, and keeps serving the known") {
  MetricsRegistry registry;
  const auto first = registry.counter("strowger_n_total", "N.", {{"n", "0"}});
  for (std::size_t i = 2; i < MetricsRegistry::kSeriesMax; ++i)
    registry.counter("strowger_n_total", "N.", {{"n", std::to_string(i)}});
  CHECK_FALSE(has(registry.serialize(), "strowger_n_total{n=\"x\"}"));
  registry.counter("strowger_n_total", "N.", {{"n", "x"}}).add();
  registry.counter("strowger_n_total", "N.", {{"n", "0"}}).add();
  CHECK(first.value() == 1);
  const std::string text = registry.serialize();
  CHECK_FALSE(has(text, "strowger_n_total{n=\"x\"}"));
  CHECK(has(text, "strowger_base_metrics_refused_total 1\n"));
}

TEST_CASE("threads that register and count at the same time lose nothing") {
  MetricsRegistry registry;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&registry] {
      for (int i = 0; i < 50; ++i) {
        const std::string label = std::to_string(i);
        registry.counter("strowger_c_total", "C.", {{"n", label}}).add();
        registry.gauge("strowger_g", "G.").add(1);
        registry.histogram("strowger_h", "H.", latency_bounds()).observe(0.001);
        if (i % 10 == 0) CHECK(has(registry.serialize(), "strowger_c_total"));
      }
    });
  for (auto& thread : threads) thread.join();
  for (int i = 0; i < 50; ++i)
    CHECK(registry.counter("strowger_c_total", "C.", {{"n", std::to_string(i)}}).value() == 4);
  CHECK(registry.gauge("strowger_g", "G.").value() == 200);
  CHECK(registry.histogram("strowger_h", "H.", latency_bounds()).count() == 200);
}
