#include "media/codec_g722.h"

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>
#include <utility>
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

TEST_CASE("a narrow-band G.722 stream is understood at full band and the reverse") {
  for (const auto& [encoder_hz, decoder_hz] : {std::pair{8000u, 16000u}, {16000u, 8000u}}) {
    CAPTURE(encoder_hz);
    CodecPair pair(format(Codec::kG722), encoder_hz, decoder_hz);
    const Samples out = pair.run(support::sine(1004, encoder_hz, encoder_hz * 2, 10'000));
    const support::SineFit fit =
        support::fit_sine(std::span(out).subspan(out.size() / 2), 1004, decoder_hz);
    CAPTURE(fit.snr_db);
    CHECK(fit.snr_db > 25);
    CHECK(std::abs(20 * std::log10(fit.amplitude / 10'000)) < 0.5);
  }
}

TEST_CASE("20 ms are 160 octets at either rate") {
  for (const std::uint32_t hz : {8000u, 16000u}) {
    const auto encoder = make_g722_encoder(hz);
    const auto decoder = make_g722_decoder(hz);
    std::vector<std::uint8_t> payload(200);
    CHECK(encoder->encode(Samples(hz / 50), payload) == 160);
    CHECK(decoder->samples_in(std::span(payload).first(160)) == hz / 50);
  }
}

TEST_CASE("half an octet and too small a buffer are refused") {
  const auto encoder = make_g722_encoder(16000);
  std::vector<std::uint8_t> payload(160);
  CHECK(encoder->encode(Samples(319), payload) == 0);
  CHECK(encoder->encode(Samples(322), payload) == 0);
}

TEST_CASE("sound up to full scale and beyond saturates and never wraps around") {
  CodecPair pair(format(Codec::kG722));
  const Samples sine = pair.run(support::sine(500, 16000, 16000, 32767));
  CHECK(support::fit_sine(std::span(sine).subspan(8000), 500, 16000).snr_db > 40);
  // A square wave overshoots in the filters.
  Samples square(16000);
  for (std::size_t i = 0; i < square.size(); ++i)
    square[i] = i / 40 % 2 == 0 ? std::int16_t{32767} : std::int16_t{-32768};
  const Samples heard = pair.run(square);
  int crossings = 0;
  for (std::size_t i = 8001; i < heard.size(); ++i)
    crossings += (heard[i] < 0) != (heard[i - 1] < 0);
  CHECK(crossings == doctest::Approx(200).epsilon(0.02));
}

}  // namespace pbx::media
