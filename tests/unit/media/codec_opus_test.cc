#include "media/codec_opus.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <initializer_list>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "core/base/random.h"
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

TEST_CASE("Opus repairs a lost frame from the next one when asked to") {
  const Format with_fec = format(Codec::kOpus, "useinbandfec=1");
  CodecPair pair(with_fec, 16000, 16000);
  pair.encoder->set_expected_loss(0.25);
  // A chirp: extrapolation goes wrong, the redundant copy does not.
  const std::size_t step = 320;
  Samples in(step * 50);
  double phase = 0;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const double frame = static_cast<double>(i % (step * 4)) / (step * 4);
    phase += 2 * std::numbers::pi * (300 + 900 * frame) / 16000;
    in[i] = static_cast<std::int16_t>(9000 * std::sin(phase));
  }
  std::vector<std::vector<std::uint8_t>> packets;
  for (std::size_t at = 0; at < in.size(); at += step) {
    std::array<std::uint8_t, 400> payload;
    const std::size_t bytes = pair.encoder->encode(std::span(in).subspan(at, step), payload);
    packets.emplace_back(payload.begin(), payload.begin() + static_cast<long>(bytes));
  }
  const auto decode = [&](int mode) {  // 0: nothing lost, 1: extrapolated, 2: repaired
    CodecPair receiver(with_fec, 16000, 16000);
    Samples out(in.size());
    for (std::size_t i = 0; i < packets.size(); ++i) {
      const auto frame = std::span(out).subspan(i * step, step);
      if (mode != 0 && i % 5 == 3)
        receiver.decoder->conceal(mode == 2 ? packets[i + 1] : std::vector<std::uint8_t>{}, frame);
      else
        (void)receiver.decoder->decode(packets[i], frame);
    }
    return out;
  };
  const Samples whole = decode(0), extrapolated = decode(1), repaired = decode(2);
  const auto error = [&](const Samples& heard) {
    double sum = 0;
    for (std::size_t i = 0; i < heard.size(); ++i) sum += std::pow(heard[i] - whole[i], 2);
    return sum;
  };
  CHECK(error(repaired) < error(extrapolated) / 2);
}

TEST_CASE("Opus sends nothing in silence if the other side allows it") {
  const Samples silence(320);
  std::array<std::uint8_t, 400> payload;
  for (const bool dtx : {true, false}) {
    auto encoder = make_encoder(format(Codec::kOpus, dtx ? "usedtx=1" : ""));
    REQUIRE(encoder);
    int sent = 0;
    for (int i = 0; i < 100; ++i) sent += (*encoder)->encode(silence, payload) != 0;
    CHECK(sent < (dtx ? 50 : 101));
    CHECK(sent > (dtx ? 0 : 99));
  }
}

TEST_CASE("Opus keeps the average bit rate that the other side asked for") {
  core::Random random(1);
  for (const auto& [fmtp, bytes_max] :
       {std::pair{"maxaveragebitrate=8000;cbr=1", 20u}, {"maxaveragebitrate=40000;cbr=1", 60u}}) {
    auto encoder = make_encoder(format(Codec::kOpus, fmtp));
    REQUIRE(encoder);
    std::size_t bytes = 0;
    for (int i = 0; i < 50; ++i) {
      Samples noise(320);
      for (std::int16_t& sample : noise) sample = static_cast<std::int16_t>(random.below(8000));
      std::array<std::uint8_t, 400> payload;
      bytes += (*encoder)->encode(noise, payload);
    }
    CHECK(bytes / 50 <= bytes_max);
    CHECK(bytes / 50 >= bytes_max * 9 / 10);
  }
}

TEST_CASE("Opus parameters are read and nonsense is passed over") {
  CHECK(parse_opus_fmtp("") == OpusParams{});
  CHECK(parse_opus_fmtp("minptime=10;useinbandfec=1; usedtx=1 ;maxaveragebitrate=20000") ==
        OpusParams{.bitrate_max = 20000, .fec = true, .dtx = true});
  CHECK(parse_opus_fmtp("maxplaybackrate=16000; cbr=1;stereo=0;sprop-stereo=0") ==
        OpusParams{.playback_hz_max = 16000, .cbr = true});
  for (const char* nonsense :
       {"maxaveragebitrate=5", "maxaveragebitrate=99999999999", "useinbandfec=2", "usedtx",
        "=1;;;==", "maxplaybackrate=-1", "cbr=1x", ";"})
    CHECK(parse_opus_fmtp(nonsense) == OpusParams{});
}

TEST_CASE("a stereo packet is heard in mono") {
  auto decoder = make_opus_decoder(16000);
  REQUIRE(decoder != nullptr);
  // The silence that many senders repeat: CELT, full band, 20 ms, stereo.
  const std::vector<std::uint8_t> silence = {0xfc, 0xff, 0xfe};
  Samples out(320);
  CHECK(decoder->samples_in(silence) == 320);
  CHECK(decoder->decode(silence, out) == 320);
}

}  // namespace pbx::media
