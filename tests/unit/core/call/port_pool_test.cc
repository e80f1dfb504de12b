#include "core/call/port_pool.h"

#include <doctest/doctest.h>

using namespace pbx;
using namespace std::chrono_literals;

TEST_CASE("ports are even, given once, and rest before they are given again") {
  call::PortPool pool(20000, 20003, 10s);
  const core::Instant now{1h};
  CHECK(pool.take(now) == 20000);
  CHECK(pool.take(now) == 20002);
  CHECK_FALSE(pool.take(now));
  pool.give_back(20002, now);
  pool.give_back(20000, now + 1s);
  CHECK_FALSE(pool.take(now + 9s));
  CHECK(pool.take(now + 10s) == 20002);
  CHECK_FALSE(pool.take(now + 10s));
  CHECK(pool.take(now + 11s) == 20000);
}
