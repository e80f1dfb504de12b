#include "core/route/time_zone.h"

#include <doctest/doctest.h>

#include "core/base/wall_time.h"

namespace pbx::route {
namespace {

using namespace std::chrono_literals;

UtcSeconds at(const char* text) {
  return std::chrono::floor<std::chrono::seconds>(*core::parse_iso8601(text));
}
std::chrono::local_seconds local(const char* text) {
  return std::chrono::local_seconds(at(text).time_since_epoch());
}

}  // namespace

TEST_CASE("what clocks of a zone show") {
  struct Row {
    const char* zone;
    const char* utc;
    const char* local;
  };
  const Row rows[] = {
      {"UTC", "2026-11-22T01:15:13Z", "2026-11-22T01:15:13Z"},
      {"Europe/Moscow", "2026-11-22T01:15:13Z", "2026-11-22T04:15:13Z"},
      {"Europe/Moscow", "2012-06-01T00:00:00Z", "2012-06-01T04:00:00Z"},
      {"Europe/Berlin", "2026-03-29T00:59:59Z", "2026-03-29T01:59:59Z"},
      {"Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T03:00:00Z"},
      {"Asia/Kathmandu", "2026-11-22T00:00:00Z", "2026-11-22T05:45:00Z"},
      {"America/St_Johns", "2026-11-22T00:00:00Z", "2026-11-21T20:30:00Z"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.zone);
    CHECK(TimeZone::open(row.zone)->local_at(at(row.utc)) == local(row.local));
  }
}

TEST_CASE("a local time happens once, twice or never") {
  const auto zone = *TimeZone::open("Europe/Berlin");
  using Moments = std::vector<UtcSeconds>;
  CHECK(zone.moments_of(local("2026-07-01T12:00:00Z")) == Moments{at("2026-07-01T10:00:00Z")});
  CHECK(zone.moments_of(local("2026-03-29T01:59:59Z")) == Moments{at("2026-03-29T00:59:59Z")});
  CHECK(zone.moments_of(local("2026-03-29T02:00:00Z")).empty());
  CHECK(zone.moments_of(local("2026-03-29T02:59:59Z")).empty());
  CHECK(zone.moments_of(local("2026-03-29T03:00:00Z")) == Moments{at("2026-03-29T01:00:00Z")});
  CHECK(zone.moments_of(local("2026-10-25T02:30:00Z")) ==
        Moments{at("2026-10-25T00:30:00Z"), at("2026-10-25T01:30:00Z")});
  CHECK(zone.moments_of(local("2026-10-25T03:00:00Z")) == Moments{at("2026-10-25T02:00:00Z")});
}

TEST_CASE("the changes of a year are listed") {
  const auto zone = *TimeZone::open("Europe/Berlin");
  const auto changes = zone.changes(at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].begin == at("2026-03-29T01:00:00Z"));
  CHECK(changes[0].offset == 2h);
  CHECK(changes[1].begin == at("2026-10-25T01:00:00Z"));
  CHECK(zone.changes(changes[0].begin, changes[1].begin).size() == 1);
}

TEST_CASE("before its first period a zone keeps the offset of it") {
  const TimeZone zone("own", {{at("2026-01-01T00:00:00Z"), 1h}, {at("2026-06-01T00:00:00Z"), 2h}});
  CHECK(zone.local_at(at("2020-01-01T00:00:00Z")) == local("2020-01-01T01:00:00Z"));
  CHECK(zone.moments_of(local("2020-01-01T01:00:00Z")).size() == 1);
}

TEST_CASE("a zone that is not there is told") {
  for (const char* const name : {"", "Mars/Olympus", "../UTC", "Europe", "europe/moscow"}) {
    CAPTURE(name);
    const auto zone = TimeZone::open(name);
    REQUIRE(!zone.has_value());
    CHECK(zone.error().code == core::ErrorCode::kNotFound);
  }
}

}  // namespace pbx::route
