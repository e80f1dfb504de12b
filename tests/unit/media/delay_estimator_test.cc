#include "media/delay_estimator.h"

#include <doctest/doctest.h>

#include "core/base/random.h"

namespace pbx::media {
namespace {

using namespace std::chrono_literals;
const core::Instant kStart{100s};

}  // namespace

TEST_CASE("a network without jitter needs one bucket") {
  DelayEstimator estimator;
  CHECK(estimator.enough_us() == 0);
  for (int i = 0; i < 100; ++i) estimator.on_packet(-5'000'000, kStart + i * 20ms);
  CHECK(estimator.base_us() == -5'000'000);
  CHECK(estimator.enough_us() == DelayEstimator::kBucketUs);
}

TEST_CASE("enough is what nearly all packets needed, not what the worst one needed") {
  core::Random random(3);
  DelayEstimator estimator;
  for (int i = 0; i < 2000; ++i) {
    const bool spike = i % 200 == 0;
    estimator.on_packet(spike ? 400'000 : static_cast<std::int64_t>(random.below(60'000)),
                        kStart + i * 20ms);
  }
  CHECK(estimator.enough_us() == 60'000);
}

TEST_CASE("rising jitter is followed within seconds and forgotten within half a minute") {
  DelayEstimator estimator;
  int number = 0;
  const auto run = [&](int packets, std::int64_t swing_us) {
    for (int i = 0; i < packets; ++i, ++number)
      estimator.on_packet(number % 2 == 0 ? 0 : swing_us, kStart + number * 20ms);
  };
  run(500, 5'000);
  CHECK(estimator.enough_us() == 10'000);
  run(100, 95'000);
  CHECK(estimator.enough_us() == 100'000);
  run(1500, 5'000);
  CHECK(estimator.enough_us() <= 100'000);
  run(1500, 5'000);
  CHECK(estimator.enough_us() == 10'000);
}

TEST_CASE("a slower route becomes the base after the window") {
  DelayEstimator estimator;
  for (int i = 0; i < 100; ++i) estimator.on_packet(0, kStart + i * 20ms);
  for (int i = 100; i < 500; ++i) estimator.on_packet(50'000, kStart + i * 20ms);
  CHECK(estimator.base_us() == 50'000);
}

TEST_CASE("a faster route is the base at once, and a new route when told so") {
  DelayEstimator estimator;
  estimator.on_packet(50'000, kStart);
  estimator.on_packet(20'000, kStart + 20ms);
  CHECK(estimator.base_us() == 20'000);
  estimator.rebase(700'000, kStart + 40ms);
  estimator.on_packet(701'000, kStart + 60ms);
  CHECK(estimator.base_us() == 700'000);
}

TEST_CASE("a delay beyond the histogram lands in its last bucket") {
  DelayEstimator estimator;
  for (int i = 0; i < 200; ++i)
    estimator.on_packet(i % 2 == 0 ? 0 : 3'600'000'000, kStart + i * 20ms);
  CHECK(estimator.enough_us() ==
        static_cast<std::int64_t>(DelayEstimator::kBuckets) * DelayEstimator::kBucketUs);
}

}  // namespace pbx::media
