#include "core/base/wall_time.h"

#include <doctest/doctest.h>

using namespace pbx::core;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

namespace {
WallTime wall(std::int64_t seconds_since_1970, std::int64_t ns = 0) {
  return WallTime(seconds(seconds_since_1970)) +
         std::chrono::duration_cast<WallTime::duration>(nanoseconds(ns));
}
}  // namespace

TEST_CASE("a wall time is written in UTC with milliseconds, rounded down") {
  CHECK(iso8601(wall(0)) == "1970-01-01T00:00:00.000Z");
  CHECK(iso8601(wall(1795310113, 204'000'000)) == "2026-11-22T01:15:13.204Z");
  CHECK(iso8601(wall(1795310113, 999'999'999)) == "2026-11-22T01:15:13.999Z");
  CHECK(iso8601(wall(951782399)) == "2000-02-28T23:59:59.000Z");
  CHECK(iso8601(wall(951782400)) == "2000-02-29T00:00:00.000Z");
  CHECK(iso8601(wall(-1, 999'000'000)) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("a written time is read back") {
  for (const std::int64_t second : {0L, 1L, 951782400L, 1795310113L, -86400L * 400}) {
    const WallTime time = wall(second, 7'000'000);
    const auto back = parse_iso8601(iso8601(time));
    REQUIRE(back);
    CHECK(*back == time);
  }
}

TEST_CASE("fractions and zone offsets are understood") {
  const struct {
    const char* text;
    WallTime time;
  } table[] = {
      {"2026-11-22T01:15:13Z", wall(1795310113)},
      {"2026-11-22T01:15:13.2Z", wall(1795310113, 200'000'000)},
      {"2026-11-22T01:15:13.000000001Z", wall(1795310113, 1)},
      {"2026-11-22T04:15:13+03:00", wall(1795310113)},
      {"2026-11-21T21:45:13-03:30", wall(1795310113)},
      {"2024-02-29T00:00:00Z", wall(1709164800)},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    const auto time = parse_iso8601(row.text);
    REQUIRE(time);
    CHECK(*time == row.time);
  }
}

TEST_CASE("what is not a time is refused") {
  for (const char* text : {"",
                           "2026",
                           "2026-11-22",
                           "2026-11-22T01:15:13",
                           "2026-11-22 01:15:13Z",
                           "2026-11-22T01:15:13.Z",
                           "2026-11-22T01:15:13.0000000001Z",
                           "2026-11-22T01:15:60Z",
                           "2026-11-22T24:00:00Z",
                           "2026-13-01T00:00:00Z",
                           "2026-00-01T00:00:00Z",
                           "2023-02-29T00:00:00Z",
                           "2026-04-31T00:00:00Z",
                           "2026-11-22T01:15:13Zx",
                           "2026-11-22T01:15:13+3:00",
                           "2026-11-22T01:15:13+24:00",
                           "2026-11-22T01:15:13+03:60",
                           "2026-11-22T01:15:13+03:00x",
                           "+026-11-22T01:15:13Z",
                           "1677-12-31T00:00:00Z",
                           "2262-01-01T00:00:00Z",
                           "2026-11-22T01:15:1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_iso8601(text));
  }
}

TEST_CASE("an anchor turns instants on both sides of it into wall times") {
  const WallAnchor anchor{Instant(seconds(100)), wall(1'000'000)};
  CHECK(anchor.wall_at(Instant(seconds(100))) == wall(1'000'000));
  CHECK(anchor.wall_at(Instant(milliseconds(101'500))) == wall(1'000'001, 500'000'000));
  CHECK(anchor.wall_at(Instant(seconds(40))) == wall(999'940));
}
