#include "tools/strowger/moment.h"

#include <doctest/doctest.h>

#include <ctime>

using namespace pbx;

namespace {

std::string told(const char* text) {
  const auto moment = tools::parse_moment(text);
  return moment ? core::iso8601(*moment) : moment.error().detail;
}

// What the local clock shows.
std::string local(core::WallTime moment) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(moment);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts)};
}

}  // namespace

TEST_CASE("a moment with an offset is the same everywhere") {
  CHECK(told("2026-12-31T23:30:00Z") == "2026-12-31T23:30:00.000Z");
  CHECK(told("2026-12-31 23:30:05+03:00") == "2026-12-31T20:30:05.000Z");
  CHECK(told("2026-12-31 23:30+03:00") == "2026-12-31T20:30:00.000Z");
  CHECK(told("2026-12-31 23:30 -05:00") == "2027-01-01T04:30:00.000Z");
  CHECK(told(" 2026-12-31 23:30Z ") == "2026-12-31T23:30:00.000Z");
}

TEST_CASE("a moment without one is of the local clock") {
  for (const char* text : {"2026-12-31 23:30", "2026-12-31T23:30:00", "2026-07-01 23:30:00"}) {
    CAPTURE(text);
    const auto moment = tools::parse_moment(text);
    REQUIRE(moment.has_value());
    CHECK(local(*moment).substr(11, 5) == "23:30");
    CHECK(local(*moment).substr(0, 10) == std::string(text).substr(0, 10));
  }
}

TEST_CASE("what is no moment is told how to write one") {
  for (const char* wrong :
       {"", "tomorrow", "2026-12-31", "23:30", "2026-02-30 10:00", "2026-12-31 24:30",
        "2026-12-31 23:30+3", "2026-12-31 23:30:00 Moscow", "2026-12-31 23:30 23:30 23:30"}) {
    CAPTURE(wrong);
    CHECK(told(wrong).starts_with("a moment is written like 2026-12-31 23:30"));
  }
}
