#include "tools/call_load/tone.h"

#include <doctest/doctest.h>

#include <cmath>
#include <set>

using namespace pbx::call_load;

namespace {

// The inverse of G.711, written from the other side of its tables.
int decode_pcmu(std::uint8_t code) {
  const int bits = ~code & 0xff;
  const int magnitude = (((bits & 0x0f) << 3 | 0x84) << (bits >> 4 & 7)) - 0x84;
  return (bits & 0x80) != 0 ? -magnitude : magnitude;
}
int decode_pcma(std::uint8_t code) {
  const int bits = code ^ 0x55;
  const int exponent = bits >> 4 & 7;
  int magnitude = (bits & 0x0f) << 4 | 8;
  if (exponent > 0) magnitude = (magnitude + 0x100) << (exponent - 1);
  return (bits & 0x80) != 0 ? magnitude : -magnitude;
}

}  // namespace

TEST_CASE("known values of G.711") {
  CHECK(encode_pcmu(0) == 0xff);
  CHECK(encode_pcmu(32767) == 0x80);
  CHECK(encode_pcmu(-32768) == 0x00);
  CHECK(encode_pcma(0) == 0xd5);
  CHECK(encode_pcma(32767) == 0xaa);
  CHECK(encode_pcma(-32768) == 0x2a);
}

TEST_CASE("every sample comes back within its step") {
  for (int sample = -32768; sample <= 32767; ++sample) {
    const auto value = static_cast<std::int16_t>(sample);
    const double step = std::max(16.0, std::abs(sample) / 16.0);
    REQUIRE(std::abs(decode_pcma(encode_pcma(value)) - sample) <= step);
    if (std::abs(sample) < 32000)
      REQUIRE(std::abs(decode_pcmu(encode_pcmu(value)) - sample) <= step);
  }
}

TEST_CASE("a tone has its frequency and fits every packet length") {
  for (const unsigned hz : {400u, 600u}) {
    for (const std::size_t samples : {80u, 160u, 240u, 320u, 480u}) {
      const auto payload = tone_payload(Codec::kPcma, hz, samples);
      REQUIRE(payload.size() == samples);
      int crossings = 0;
      for (std::size_t i = 0; i < samples; ++i) {
        const int now = decode_pcma(payload[i]);
        const int next = decode_pcma(payload[(i + 1) % samples]);
        crossings += now < 0 && next >= 0 ? 1 : 0;
      }
      CHECK(crossings == static_cast<int>(hz * samples / 8000));
    }
  }
}
