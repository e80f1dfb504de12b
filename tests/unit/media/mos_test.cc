#include "media/mos.h"

#include <doctest/doctest.h>

namespace pbx::media {

using namespace std::chrono_literals;
using call::Codec;

TEST_CASE("MOS follows R as G.107 Annex B tabulates it") {
  struct Row {
    double r, mos;
  };
  // Table B.1 (and the ends of the scale).
  for (const Row& row : {Row{90, 4.34}, Row{80, 4.03}, Row{70, 3.60}, Row{60, 3.10}, Row{50, 2.58},
                         Row{93.2, 4.41}, Row{100, 4.5}, Row{0, 1}, Row{-5, 1}, Row{2, 1}})
    CHECK(mos_of(row.r) == doctest::Approx(row.mos).epsilon(0.003));
}

TEST_CASE("delay costs nothing up to 100 ms and then as the formula says") {
  struct Row {
    std::chrono::milliseconds delay;
    double r;
  };
  // Worked out from 7.4: Idd is 3.04 at 200 ms and 24.07 at 400 ms.
  for (const Row& row : {Row{0ms, 93.2}, Row{100ms, 93.2}, Row{200ms, 90.16}, Row{400ms, 69.13}})
    CHECK(r_factor({.delay = row.delay}) == doctest::Approx(row.r).epsilon(0.0005));
}

TEST_CASE("loss costs by codec") {
  struct Row {
    Codec codec;
    double loss, r;
  };
  // Worked out from 7.5 with the Ie and Bpl of G.113 Appendix I.
  for (const Row& row :
       {Row{Codec::kPcmu, 0, 93.2}, Row{Codec::kPcma, 0.01, 89.56}, Row{Codec::kPcmu, 0.05, 77.42},
        Row{Codec::kGsm, 0, 73.2}, Row{Codec::kGsm, 0.05, 48.2}, Row{Codec::kOpus, 0.05, 77.42}})
    CHECK(r_factor({.codec = row.codec, .loss_ratio = row.loss}) ==
          doctest::Approx(row.r).epsilon(0.0005));
}

TEST_CASE("bursts of loss are worse than single losses") {
  CHECK(r_factor({.loss_ratio = 0.05, .burst_ratio = 3}) < r_factor({.loss_ratio = 0.05}));
  CHECK(r_factor({.loss_ratio = 0.05, .burst_ratio = 0}) == r_factor({.loss_ratio = 0.05}));
}

TEST_CASE("nonsense stays on the scale") {
  for (const StreamQuality& quality :
       {StreamQuality{.loss_ratio = 1}, StreamQuality{.loss_ratio = 7},
        StreamQuality{.loss_ratio = -1}, StreamQuality{.delay = 1h}, StreamQuality{.delay = -1s},
        StreamQuality{.codec = Codec::kGsm, .loss_ratio = 1, .delay = 10s}}) {
    CHECK(mos_of(quality) >= 1);
    CHECK(mos_of(quality) <= 4.5);
  }
}

TEST_CASE("quality never rises with more loss or more delay") {
  double last = 5;
  for (int percent = 0; percent <= 100; ++percent) {
    const double mos = mos_of({.loss_ratio = percent / 100.0});
    CHECK(mos <= last);
    last = mos;
  }
  last = 5;
  for (auto delay = 0ms; delay < 3000ms; delay += 10ms) {
    const double mos = mos_of({.delay = delay});
    CHECK(mos <= last);
    last = mos;
  }
}

}  // namespace pbx::media
