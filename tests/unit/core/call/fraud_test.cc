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

}  // namespace pbx::call
