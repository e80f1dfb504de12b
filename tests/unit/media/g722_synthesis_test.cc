#include "media/g722_synthesis.h"

#include <doctest/doctest.h>
#include <spandsp.h>
#include <spandsp/private/g722.h>

#include <algorithm>
#include <vector>

#include "core/base/random.h"
#include "tests/support/audio.h"

namespace pbx::media {
namespace {

using Payload = std::vector<std::uint8_t>;
using support::Samples;

Samples decode(const Payload& payload, bool bands_only) {
  g722_decode_state_t* state = g722_decode_init(nullptr, 64000, 0);
  REQUIRE(state != nullptr);
  state->itu_test_mode = bands_only;
  Samples out(payload.size() * 2);
  g722_decode(state, out.data(), payload.data(), static_cast<int>(payload.size()));
  g722_decode_free(state);
  return out;
}

Payload encode(const Samples& samples) {
  g722_encode_state_t* state = g722_encode_init(nullptr, 64000, 0);
  REQUIRE(state != nullptr);
  Payload out(samples.size() / 2);
  g722_encode(state, out.data(), samples.data(), static_cast<int>(samples.size()));
  g722_encode_free(state);
  return out;
}

}  // namespace

TEST_CASE("below full scale the result is that of the library's filter, bit by bit") {
  core::Random random(4);
  Samples noise(16000);
  for (std::int16_t& sample : noise)
    sample = static_cast<std::int16_t>(static_cast<int>(random.below(24000)) - 12000);
  for (const Samples& in : {noise, support::sine(1000, 16000, 16000, 20'000),
                            support::sine(6000, 16000, 16000, 9'000)}) {
    const Payload payload = encode(in);
    Samples joined = decode(payload, true);
    G722Synthesis synthesis;
    synthesis.run(joined);
    CHECK(joined == decode(payload, false));
  }
}

TEST_CASE("how the stream is cut into frames makes no difference") {
  const Samples bands = decode(encode(support::sine(700, 16000, 3200, 12'000)), true);
  Samples whole = bands;
  G722Synthesis one;
  one.run(whole);
  for (const std::size_t step : {2u, 20u, 160u, 320u, 960u}) {
    Samples pieces = bands;
    G722Synthesis many;
    for (std::size_t at = 0; at < pieces.size(); at += step)
      many.run(std::span(pieces).subspan(at, std::min(step, pieces.size() - at)));
    CHECK(pieces == whole);
  }
}

TEST_CASE("any bands at all saturate") {
  Samples bands(400);
  for (std::size_t i = 0; i < bands.size(); ++i)
    bands[i] = i % 2 == 0 ? std::int16_t{32766} : std::int16_t{0};  // a constant, in the lower band
  G722Synthesis synthesis;
  synthesis.run(bands);
  for (std::size_t i = 100; i < bands.size(); ++i) CHECK(bands[i] > 32000);
}

}  // namespace pbx::media
