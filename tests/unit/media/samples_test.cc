#include "media/samples.h"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

namespace pbx::media {

TEST_CASE("integers saturate at both ends") {
  CHECK(saturate(32767) == 32767);
  CHECK(saturate(32768) == 32767);
  CHECK(saturate(-32768) == -32768);
  CHECK(saturate(-32769) == -32768);
  CHECK(saturate(std::numeric_limits<std::int32_t>::max()) == 32767);
  CHECK(saturate(std::numeric_limits<std::int32_t>::min()) == -32768);
}

TEST_CASE("floats round to the nearest and saturate, and what is no number is silence") {
  struct Row {
    float value;
    std::int16_t sample;
  };
  const float infinity = std::numeric_limits<float>::infinity();
  for (const Row& row :
       {Row{0.4F, 0}, Row{0.6F, 1}, Row{-0.6F, -1}, Row{32766.6F, 32767}, Row{32767.5F, 32767},
        Row{1e9F, 32767}, Row{-32768.4F, -32768}, Row{-1e9F, -32768}, Row{infinity, 32767},
        Row{-infinity, -32768}, Row{std::numeric_limits<float>::quiet_NaN(), 0}})
    CHECK(saturate(row.value) == row.sample);
}

TEST_CASE("levels count from a full-scale square wave down") {
  CHECK(level_dbov(std::vector<std::int16_t>(100, -32768)) == doctest::Approx(0));
  CHECK(level_dbov(std::vector<std::int16_t>(100, 3277)) == doctest::Approx(-20).epsilon(0.001));
  CHECK(level_dbov(std::vector<std::int16_t>(100, 0)) == -127);
  CHECK(level_dbov({}) == -127);
  CHECK(mean_square(std::vector<std::int16_t>{3, -3}) == 9);
}

}  // namespace pbx::media
