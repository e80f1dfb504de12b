#include "tools/call_load/deadlines.h"

#include <doctest/doctest.h>

#include <map>

#include "core/base/random.h"

using namespace pbx;
using call_load::Deadlines;

namespace {
core::Instant at(int ms) { return core::Instant(std::chrono::milliseconds(ms)); }
}  // namespace

TEST_CASE("deadlines come up in order of time, equal ones in order of key") {
  Deadlines deadlines;
  deadlines.set(3, at(20));
  deadlines.set(2, at(10));
  deadlines.set(1, at(20));
  CHECK(deadlines.next() == at(10));
  CHECK(deadlines.pop_due(at(9)) == std::nullopt);
  CHECK(deadlines.pop_due(at(30)) == 2u);
  CHECK(deadlines.pop_due(at(30)) == 1u);
  CHECK(deadlines.pop_due(at(30)) == 3u);
  CHECK(deadlines.pop_due(at(30)) == std::nullopt);
  CHECK(deadlines.next() == call_load::kNever);
}

TEST_CASE("a cleared deadline does not come up") {
  Deadlines deadlines;
  deadlines.set(7, at(10));
  deadlines.clear(7);
  deadlines.clear(1000);
  CHECK_FALSE(deadlines.is_set(7));
  CHECK(deadlines.pop_due(at(100)) == std::nullopt);
}

TEST_CASE("a deadline moves both ways") {
  Deadlines deadlines;
  deadlines.set(1, at(10));
  deadlines.set(1, at(50));
  CHECK(deadlines.pop_due(at(49)) == std::nullopt);
  CHECK(deadlines.pop_due(at(50)) == 1u);
  deadlines.set(1, at(80));
  deadlines.set(1, at(60));
  CHECK(deadlines.pop_due(at(60)) == 1u);
  CHECK(deadlines.pop_due(at(100)) == std::nullopt);
}

TEST_CASE("random changes agree with a plain map") {
  core::Random random(42);
  Deadlines deadlines;
  std::map<Deadlines::Key, core::Instant> plain;
  for (int now = 0; now < 5000; ++now) {
    const auto key = static_cast<Deadlines::Key>(random.below(20));
    if (random.below(4) == 0) {
      deadlines.clear(key);
      plain.erase(key);
    } else {
      const core::Instant when = at(now + static_cast<int>(random.below(50)));
      deadlines.set(key, when);
      plain[key] = when;
    }
    while (const auto due = deadlines.pop_due(at(now))) {
      REQUIRE(plain.count(*due) == 1);
      CHECK(plain[*due] <= at(now));
      plain.erase(*due);
    }
    for (const auto& [left, when] : plain) REQUIRE(when > at(now));
    for (const auto& [left, when] : plain) REQUIRE(deadlines.next() <= when);
  }
}
