#include "tools/call_load/histogram.h"

#include <doctest/doctest.h>

using pbx::call_load::Histogram;

TEST_CASE("an empty histogram says zero") {
  const Histogram histogram;
  CHECK(histogram.count() == 0);
  CHECK(histogram.min() == 0);
  CHECK(histogram.max() == 0);
  CHECK(histogram.mean() == 0);
  CHECK(histogram.percentile(0.5) == 0);
}

TEST_CASE("small values are exact") {
  Histogram histogram;
  for (std::uint64_t value = 1; value <= 60; ++value) histogram.record(value);
  CHECK(histogram.percentile(0) == 1);
  CHECK(histogram.percentile(0.5) == 30);
  CHECK(histogram.percentile(0.9) == 54);
  CHECK(histogram.percentile(1) == 60);
  CHECK(histogram.mean() == doctest::Approx(30.5));
}

TEST_CASE("a percentile is off by at most 1/32 and never above the largest value") {
  constexpr std::uint64_t kValues[] = {
      63, 64, 65, 127, 128, 1000, 123456, 20'000'000, 1 << 30, UINT64_MAX / 2, UINT64_MAX - 1};
  for (const std::uint64_t value : kValues) {
    Histogram histogram;
    histogram.record(value);
    histogram.record(UINT64_MAX);
    const std::uint64_t found = histogram.percentile(0.5);
    CHECK(found >= value);
    CHECK(found - value <= value / 32);
  }
  Histogram histogram;
  histogram.record(1000);
  CHECK(histogram.percentile(0.99) == 1000);
}

TEST_CASE("the highest values have a place") {
  Histogram histogram;
  histogram.record(UINT64_MAX);
  CHECK(histogram.percentile(0.5) == UINT64_MAX);
  CHECK(histogram.min() == UINT64_MAX);
}

TEST_CASE("one outlier among many moves only the last percentiles") {
  Histogram histogram;
  for (int i = 0; i < 999; ++i) histogram.record(10);
  histogram.record(5000);
  CHECK(histogram.percentile(0.99) == 10);
  CHECK(histogram.percentile(0.999) == 10);
  CHECK(histogram.percentile(1) == 5000);
  CHECK(histogram.max() == 5000);
}

TEST_CASE("merged histograms are as one") {
  Histogram low;
  Histogram high;
  for (std::uint64_t value = 1; value <= 10; ++value) low.record(value);
  for (std::uint64_t value = 11; value <= 20; ++value) high.record(value);
  low.merge(high);
  CHECK(low.count() == 20);
  CHECK(low.min() == 1);
  CHECK(low.max() == 20);
  CHECK(low.percentile(0.75) == 15);
  low.merge(Histogram{});
  CHECK(low.min() == 1);
}
