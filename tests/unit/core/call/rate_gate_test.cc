#include "core/call/rate_gate.h"

#include <doctest/doctest.h>

using namespace pbx;
using namespace std::chrono_literals;

TEST_CASE("a second's worth passes at once, then the rate holds") {
  call::RateGate gate(10);
  core::Instant now{1h};
  int passed = 0;
  for (int i = 0; i < 50; ++i) passed += gate.pass(now) ? 1 : 0;
  CHECK(passed == 10);
  now += 500ms;
  for (int i = 0; i < 50; ++i) passed += gate.pass(now) ? 1 : 0;
  CHECK(passed == 15);
  now += 1h;  // idle time does not save up more than a second's worth
  for (int i = 0; i < 50; ++i) passed += gate.pass(now) ? 1 : 0;
  CHECK(passed == 25);
}
