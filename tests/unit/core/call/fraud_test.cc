#include "core/call/fraud.h"

#include <doctest/doctest.h>

namespace pbx::call {
namespace {

using namespace std::chrono_literals;

const core::Instant kStart{10h};

config::Fraud limits() {
  config::Fraud made;
  made.international_per_hour = 2;
  made.short_per_hour = 3;
  made.block_time = 30min;
  return made;
}

}  // namespace

TEST_CASE("one call more than allowed within an hour blocks the extension, once") {
  FraudWatch watch;
  CHECK(!watch.note(limits(), "101", Suspicion::kInternational, kStart));
  CHECK(!watch.note(limits(), "101", Suspicion::kInternational, kStart + 1min));
  CHECK(!watch.find("101", kStart + 1min));
  const auto block = watch.note(limits(), "101", Suspicion::kInternational, kStart + 59min);
  REQUIRE(block.has_value());
  CHECK(block->calls == 3);
  CHECK(block->until == kStart + 89min);
  CHECK(watch.find("101", kStart + 88min)->reason == Suspicion::kInternational);
  CHECK(!watch.note(limits(), "101", Suspicion::kInternational, kStart + 60min));
  CHECK(!watch.find("101", kStart + 89min));
  CHECK(!watch.find("102", kStart + 60min));
}

TEST_CASE("calls of more than an hour ago do not count, nor those of another kind") {
  FraudWatch watch;
  for (int i = 0; i < 10; ++i)
    CHECK(!watch.note(limits(), "101", Suspicion::kInternational, kStart + i * 31min));
  for (int i = 0; i < 3; ++i) CHECK(!watch.note(limits(), "102", Suspicion::kShort, kStart));
  CHECK(!watch.note(limits(), "102", Suspicion::kInternational, kStart));
  CHECK(watch.note(limits(), "102", Suspicion::kShort, kStart));
}

TEST_CASE("what is not watched blocks nobody") {
  FraudWatch watch;
  for (int i = 0; i < 100; ++i) CHECK(!watch.note(limits(), "101", Suspicion::kClosed, kStart));
}

TEST_CASE("a block is listed until it ends or is lifted, and counts begin anew") {
  FraudWatch watch;
  for (int i = 0; i < 3; ++i) {
    watch.note(limits(), "101", Suspicion::kInternational, kStart);
    watch.note(limits(), "100", Suspicion::kInternational, kStart);
  }
  REQUIRE(watch.list(kStart).size() == 2);
  CHECK(watch.list(kStart)[0].extension == "100");
  CHECK(watch.lift("101", kStart));
  CHECK(!watch.lift("101", kStart));
  CHECK(!watch.lift("103", kStart));
  CHECK(!watch.find("101", kStart));
  CHECK(!watch.note(limits(), "101", Suspicion::kInternational, kStart));
  CHECK(watch.list(kStart + 31min).empty());
}

TEST_CASE("a block is read back from its text as long as it lasts") {
  const core::WallTime noon = *core::parse_iso8601("2026-11-22T12:00:00Z");
  const Block block{"101@north", Suspicion::kShort, 21, kStart + 30min};
  const std::string text = block.text({kStart, noon});
  CHECK(text == "2026-11-22T12:30:00.000Z 21 short calls");

  const core::Instant restart{5min};  // another clock of instants
  const auto again = Block::parse("101@north", text, {restart, noon + 10min});
  REQUIRE(again.has_value());
  CHECK(again->reason == Suspicion::kShort);
  CHECK(again->calls == 21);
  CHECK(again->until == restart + 20min);
  FraudWatch watch;
  watch.restore(*again);
  CHECK(watch.find("101@north", restart) != nullptr);
  CHECK(watch.find("101@north", restart + 20min) == nullptr);

  CHECK_FALSE(Block::parse("101@north", text, {restart, noon + 30min}).has_value());
  for (const char* nonsense : {"", "2026-11-22T12:30:00Z", "2026-11-22T12:30:00Z 1 long calls",
                               "2026-11-22T12:30:00Z many short calls", "later 1 short calls"})
    CHECK_FALSE(Block::parse("101", nonsense, {kStart, noon}).has_value());
}

}  // namespace pbx::call
