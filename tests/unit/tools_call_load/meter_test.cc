#include "tools/call_load/meter.h"

#include <doctest/doctest.h>
#include <unistd.h>

using namespace pbx;
using namespace pbx::call_load;
using namespace std::chrono_literals;

namespace {

Options load(std::uint64_t calls, double rate, core::Duration hold, core::Duration duration = {},
             core::Duration warmup = {}) {
  Options options;
  options.calls = calls;
  options.rate = rate;
  options.hold = hold;
  options.duration = duration;
  options.warmup = warmup;
  return options;
}

}  // namespace

TEST_CASE("the steady phase lies between piling up and dying away") {
  struct Row {
    Options options;
    core::Duration begin, end;
  };
  for (const Row& row : {
           Row{load(500, 50, 30s), 10s, 30s},             // all up, none ended
           Row{load(3000, 50, 10s), 10s, 60s},            // as many begin as end
           Row{load(1000, 100, 0s), 0s, 10s},             // calls without length
           Row{load(UINT64_MAX, 300, 2s, 20s), 2s, 20s},  // as long as told
           Row{load(1000, 100, 0s, {}, 3s), 3s, 10s},     // warm-up
           Row{load(500, 50, 30s, {}, 12s), 12s, 30s},
       }) {
    const auto phase = steady_phase(row.options);
    REQUIRE(phase.has_value());
    CHECK(phase->begin == row.begin);
    CHECK(phase->end == row.end);
  }
  CHECK_FALSE(steady_phase(load(50, 50, 1s)).has_value());
  Options storm;
  storm.mode = Mode::kRegister;
  storm.registrations = 1000;
  storm.register_rate = 500;
  REQUIRE(steady_phase(storm).has_value());
  CHECK(steady_phase(storm)->end == 2s);
}

TEST_CASE("windows hold what was done within them") {
  Options options = load(30, 10, 1s);  // steady from 1 to 3 s
  options.cpu_of = ::getpid();
  Meter meter(options);
  const core::Instant begin(100s);
  const auto at = [&](core::Duration since, std::uint64_t started) {
    LoadSample sample;
    sample.at = begin + since;
    sample.started = started;
    return sample;
  };
  meter.on_time(at(-1s, 0));
  CHECK_FALSE(meter.whole().begin.has_value());
  meter.begin_traffic(at(0s, 0));
  meter.on_time(at(900ms, 9));
  CHECK_FALSE(meter.steady().begin.has_value());
  meter.on_time(at(1005ms, 11));
  meter.on_time(at(2s, 20));
  CHECK_FALSE(meter.steady().end.has_value());
  meter.on_time(at(3010ms, 30));
  meter.on_time(at(3500ms, 30));
  meter.end_traffic(at(4s, 30));
  CHECK(meter.steady().begin->started == 11);
  CHECK(meter.steady().end->at == begin + 3010ms);
  CHECK(meter.whole().end->at == begin + 4s);
  REQUIRE(meter.whole().end->server.has_value());
  CHECK(meter.rss_before_kb() > 0);
  CHECK(meter.rss_peak_kb() >= meter.rss_before_kb());
}

TEST_CASE("a run that ends early has no steady phase") {
  const Options options = load(500, 50, 30s);
  Meter meter(options);
  LoadSample sample;
  sample.at = core::Instant(1s);
  meter.begin_traffic(sample);
  meter.end_traffic(sample);
  sample.at += 20s;
  meter.on_time(sample);
  CHECK_FALSE(meter.steady().begin.has_value());
  CHECK(meter.whole().end.has_value());
  CHECK_FALSE(meter.whole().end->server.has_value());
}
