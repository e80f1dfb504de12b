#include "core/call/usage.h"

#include <doctest/doctest.h>

namespace pbx::call {
namespace {

using namespace std::chrono_literals;

const core::WallTime kNoon = *core::parse_iso8601("2026-11-22T12:00:00Z");
const core::WallTime kTomorrow = *core::parse_iso8601("2026-11-23T00:00:01Z");
const core::Instant kStart{10h};

}  // namespace

TEST_CASE("nobody has used anything at first") {
  const auto usage = UsageBook().of("101", kStart, kNoon);
  CHECK(usage.calls_now == 0);
  CHECK(usage.calls_this_hour == 0);
  CHECK(usage.talk_today == 0s);
  CHECK(usage.cost_today == 0);
}

TEST_CASE("calls count now until they end, and for an hour since they began") {
  UsageBook book;
  book.begin("101", kStart);
  book.begin("101", kStart + 30min);
  CHECK(book.of("101", kStart + 30min, kNoon).calls_now == 2);
  CHECK(book.of("101", kStart + 30min, kNoon).calls_this_hour == 2);
  book.end("101", kNoon, 90s, 500'000);
  CHECK(book.of("101", kStart + 30min, kNoon).calls_now == 1);
  CHECK(book.of("101", kStart + 59min, kNoon).calls_this_hour == 2);
  CHECK(book.of("101", kStart + 60min, kNoon).calls_this_hour == 1);
  CHECK(book.of("101", kStart + 91min, kNoon).calls_this_hour == 0);
  CHECK(book.of("102", kStart, kNoon).calls_now == 0);
}

TEST_CASE("talk and money are of a day") {
  UsageBook book;
  for (int i = 0; i < 2; ++i) {
    book.begin("101", kStart);
    book.end("101", kNoon, 90s, 500'000);
  }
  CHECK(book.of("101", kStart, kNoon).talk_today == 180s);
  CHECK(book.of("101", kStart, kNoon).cost_today == 1'000'000);
  CHECK(book.of("101", kStart, kTomorrow).talk_today == 0s);
  book.begin("101", kStart);
  book.end("101", kTomorrow, 10s, 1);
  CHECK(book.of("101", kStart, kTomorrow).talk_today == 10s);
  CHECK(book.of("101", kStart, kTomorrow).cost_today == 1);
}

TEST_CASE("the calls of an hour are bounded") {
  UsageBook book;
  for (std::size_t i = 0; i < UsageBook::kHourCallsMax + 5; ++i) book.begin("101", kStart);
  CHECK(book.of("101", kStart, kNoon).calls_this_hour == UsageBook::kHourCallsMax);
}

}  // namespace pbx::call
