#include "core/base/turn_pace.h"

#include <doctest/doctest.h>

#include "core/base/clock.h"

using namespace pbx::core;
using namespace std::chrono_literals;

TEST_CASE("turns that come now and then are not held up") {
  TurnPace pace(1ms);
  const Instant start(100s);
  pace.begin(start);
  CHECK(pace.next(start + 10us) == start + 10us);
  pace.begin(start + 2ms);
  CHECK(pace.next(start + 2100us) == start + 2100us);
}

TEST_CASE("turns that come close together are kept an interval apart") {
  TurnPace pace(1ms);
  const Instant start(100s);
  pace.begin(start);
  pace.begin(start + 300us);
  CHECK(pace.next(start + 400us) == start + 1300us);
  pace.begin(start + 1300us);  // still busy: it came as soon as it might
  CHECK(pace.next(start + 1400us) == start + 2300us);
  SUBCASE("a turn that took longer than the interval is followed at once") {
    CHECK(pace.next(start + 5ms) == start + 5ms);
  }
  SUBCASE("until there is a pause") {
    pace.begin(start + 5ms);
    CHECK(pace.next(start + 5100us) == start + 5100us);
  }
}

TEST_CASE("a rest ends when the next turn may begin") {
  TurnPace pace(20ms);
  const Instant start = monotonic_now();
  pace.begin(start);
  pace.begin(start);
  pace.rest();
  CHECK(monotonic_now() >= start + 20ms);
}
