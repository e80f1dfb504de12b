#include "media/codec_l16.h"

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

TEST_CASE("samples go in network byte order and come back unchanged") {
  CodecPair pair(format(Codec::kL16, "", 16000));
  const Samples samples = {0x1234, -2, 32767, -32768};
  std::vector<std::uint8_t> payload(8);
  REQUIRE(pair.encoder->encode(samples, payload) == 8);
  CHECK(payload == std::vector<std::uint8_t>{0x12, 0x34, 0xff, 0xfe, 0x7f, 0xff, 0x80, 0x00});
  Samples out(4);
  CHECK(pair.decoder->decode(payload, out) == 4);
  CHECK(out == samples);
}

TEST_CASE("a frame that does not fit is not encoded") {
  std::vector<std::uint8_t> payload(7);
  CHECK(make_l16_encoder(8000)->encode(Samples(4), payload) == 0);
}

}  // namespace pbx::media
