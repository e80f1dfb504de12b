#include "sip/glare.h"

#include <doctest/doctest.h>

namespace pbx::sip {

using namespace std::chrono_literals;

TEST_CASE("the two sides wait different times, in steps of 10 ms, up to the bounds") {
  core::Random random(1);
  auto owner_min = 10'000ms, owner_max = 0ms, other_min = 10'000ms, other_max = 0ms;
  for (int i = 0; i < 5000; ++i) {
    const auto owner = glare_delay(true, random);
    const auto other = glare_delay(false, random);
    CHECK(owner.count() % 10 == 0);
    CHECK(other.count() % 10 == 0);
    owner_min = std::min(owner_min, owner);
    owner_max = std::max(owner_max, owner);
    other_min = std::min(other_min, other);
    other_max = std::max(other_max, other);
  }
  CHECK(owner_min == 2100ms);
  CHECK(owner_max == 4000ms);
  CHECK(other_min == 0ms);
  CHECK(other_max == 2000ms);
}

TEST_CASE("an offer is repeated after each glare, a bounded number of times") {
  core::Random random(1);
  GlareRetry retry;
  core::Instant now{1h};
  CHECK_FALSE(retry.next_deadline());
  for (unsigned i = 0; i < GlareRetry::kTriesMax; ++i) {
    REQUIRE(retry.on_glare(now, true, random));
    REQUIRE(retry.next_deadline());
    CHECK_FALSE(retry.take_due(*retry.next_deadline() - 1ms));
    now = *retry.next_deadline();
    CHECK(retry.take_due(now));
    CHECK_FALSE(retry.take_due(now));
  }
  CHECK_FALSE(retry.on_glare(now, true, random));
  retry.stop();
  CHECK(retry.on_glare(now, false, random));
  retry.stop();
  CHECK_FALSE(retry.next_deadline());
}

}  // namespace pbx::sip
