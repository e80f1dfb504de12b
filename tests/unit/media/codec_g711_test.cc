#include "media/codec_g711.h"

#include <doctest/doctest.h>

#include <vector>

#include "media/g711.h"

namespace pbx::media {

TEST_CASE("a frame that does not fit is not encoded") {
  const auto encoder = make_g711_encoder(G711Law::kAlaw);
  std::vector<std::uint8_t> out(159);
  CHECK(encoder->encode(std::vector<std::int16_t>(160), out) == 0);
  CHECK(encoder->encode(std::vector<std::int16_t>(159), out) == 159);
}

TEST_CASE("each law has its own octets") {
  const std::vector<std::int16_t> samples = {0, 1000, -1000, 32767};
  for (const G711Law law : {G711Law::kUlaw, G711Law::kAlaw}) {
    std::vector<std::uint8_t> payload(4);
    REQUIRE(make_g711_encoder(law)->encode(samples, payload) == 4);
    std::vector<std::int16_t> out(4);
    REQUIRE(make_g711_decoder(law)->decode(payload, out) == 4);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      CHECK(payload[i] ==
            (law == G711Law::kUlaw ? linear_to_ulaw(samples[i]) : linear_to_alaw(samples[i])));
      CHECK(out[i] == (law == G711Law::kUlaw ? kUlawToLinear : kAlawToLinear)[payload[i]]);
    }
  }
}

}  // namespace pbx::media
