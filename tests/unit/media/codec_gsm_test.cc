#include "media/codec_gsm.h"

#include <doctest/doctest.h>

#include <vector>

#include "tests/support/audio.h"
#include "tests/support/codec_pair.h"

namespace pbx::media {
namespace {

using call::Codec;
using call::Format;
using support::CodecPair;
using support::format;
using support::Samples;

}  // namespace

TEST_CASE("three frames in a packet are 99 octets and 60 ms") {
  CodecPair pair(format(Codec::kGsm));
  std::vector<std::uint8_t> payload(120);
  REQUIRE(pair.encoder->encode(support::sine(300, 8000, 480, 8000), payload) == 99);
  payload.resize(99);
  CHECK(pair.decoder->samples_in(payload) == 480);
  for (const std::size_t at : {0u, 33u, 66u})
    CHECK((payload[at] & 0xf0) == 0xd0);  // RFC 3551 4.5.8.1
}

TEST_CASE("a packet with one corrupt frame is refused as a whole") {
  CodecPair pair(format(Codec::kGsm));
  std::vector<std::uint8_t> payload(66);
  REQUIRE(pair.encoder->encode(Samples(320), payload) == 66);
  payload[33] = 0;
  Samples out(320);
  CHECK(pair.decoder->decode(payload, out) == 0);
}

TEST_CASE("frames of another length are not encoded") {
  const auto encoder = make_gsm_encoder();
  std::vector<std::uint8_t> payload(120);
  CHECK(encoder->encode(Samples(240), payload) == 0);
  CHECK(encoder->encode(Samples(160), std::span(payload).first(32)) == 0);
}

}  // namespace pbx::media
