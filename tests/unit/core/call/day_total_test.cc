#include "core/call/day_total.h"

#include <doctest/doctest.h>

namespace pbx::call {
namespace {

using namespace std::chrono_literals;

const core::WallTime kNoon = *core::parse_iso8601("2026-11-22T12:00:00Z");
const core::WallTime kMidnight = *core::parse_iso8601("2026-11-23T00:00:00Z");

}  // namespace

TEST_CASE("a day's total grows until midnight and begins anew") {
  DayTotal total;
  CHECK(total.talked(kNoon) == 0ms);
  total.add(kNoon, 90s, 500'000);
  total.add(kMidnight - 1ms, 30s, 1);
  CHECK(total.talked(kNoon) == 120s);
  CHECK(total.cost(kNoon) == 500'001);
  CHECK(total.talked(kMidnight) == 0ms);
  CHECK(total.cost(kMidnight) == 0);
  total.add(kMidnight, 5s, 7);
  CHECK(total.talked(kMidnight) == 5s);
  CHECK(total.cost(kMidnight) == 7);
}

TEST_CASE("a total is read back from its text") {
  DayTotal total;
  total.add(kNoon, 125s, 4'500'000);
  CHECK(total.text() == "2026-11-22T00:00:00.000Z 125000 4500000");
  CHECK(DayTotal::parse(total.text()) == total);
}

TEST_CASE("what is no total is refused") {
  for (const char* text :
       {"", "2026-11-22T00:00:00Z", "2026-11-22T00:00:00Z 1", "today 1 2",
        "2026-11-22T00:00:00Z x 2", "2026-11-22T00:00:00Z 1 -2", "2026-11-22T00:00:00Z 1 2 3"}) {
    CAPTURE(std::string(text));
    CHECK_FALSE(DayTotal::parse(text).has_value());
  }
}

}  // namespace pbx::call
