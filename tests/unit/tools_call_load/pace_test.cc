#include "tools/call_load/pace.h"

#include <doctest/doctest.h>

using namespace pbx;
using call_load::Pace;

TEST_CASE("events are spread evenly and end with the total") {
  const core::Instant start(std::chrono::seconds(5));
  Pace pace(start, 4, 3);
  CHECK(pace.is_due(start));
  pace.take();
  CHECK_FALSE(pace.is_due(start + std::chrono::milliseconds(249)));
  CHECK(pace.next() == start + std::chrono::milliseconds(250));
  pace.take();
  CHECK(pace.next() == start + std::chrono::milliseconds(500));
  pace.take();
  CHECK(pace.is_over());
  CHECK(pace.next() == core::Instant::max());
  CHECK_FALSE(pace.is_due(core::Instant::max()));
}

TEST_CASE("after a stall everything missed is due") {
  const core::Instant start;
  Pace pace(start, 1000, UINT64_MAX);
  const core::Instant late = start + std::chrono::seconds(2);
  while (pace.is_due(late)) pace.take();
  CHECK(pace.taken() == 2001);
}

TEST_CASE("a long run does not drift") {
  Pace pace(core::Instant{}, 300, UINT64_MAX);
  for (int i = 0; i < 300 * 3600; ++i) pace.take();
  CHECK(pace.next() == core::Instant(std::chrono::hours(1)));
}

TEST_CASE("a stopped pace has nothing due") {
  Pace pace(core::Instant{}, 10, 100);
  pace.take();
  pace.stop();
  CHECK(pace.is_over());
  CHECK(pace.taken() == 1);
}
