#include "core/base/clock.h"

#include <time.h>

#include <doctest/doctest.h>

using namespace pbx::core;

namespace {
std::int64_t kernel_ns(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}
}  // namespace

TEST_CASE("the monotonic clock is the kernel's CLOCK_MONOTONIC and never runs back") {
  const std::int64_t before = kernel_ns(CLOCK_MONOTONIC);
  const Instant first = monotonic_now();
  const Instant second = monotonic_now();
  const std::int64_t after = kernel_ns(CLOCK_MONOTONIC);
  CHECK(first.time_since_epoch().count() >= before);
  CHECK(second >= first);
  CHECK(second.time_since_epoch().count() <= after);
}

TEST_CASE("an anchor taken now agrees with both clocks") {
  const WallAnchor anchor = wall_anchor_now();
  CHECK(anchor.at <= monotonic_now());
  CHECK(anchor.wall_at(anchor.at) == anchor.wall);
  const auto drift = wall_now() - anchor.wall_at(monotonic_now());
  CHECK(std::chrono::abs(drift) < std::chrono::minutes(1));
}
