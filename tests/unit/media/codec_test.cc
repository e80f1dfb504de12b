#include "media/codec.h"

#include <doctest/doctest.h>

#include <array>
#include <initializer_list>
#include <string>
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

// The second half, when every codec has settled.
std::span<const std::int16_t> settled(const Samples& samples) {
  return std::span(samples).subspan(samples.size() / 2);
}

}  // namespace

TEST_CASE("a tone keeps the signal-to-noise ratio that theory gives each codec") {
  struct Row {
    const char* name;
    Format format;
    std::uint32_t hz;
    double tone_hz, snr_db_min, gain_db_max;
  };
  // G.711: 38 dB for a sine in the upper range of either law (G.712, 12).  G.722 mode 1: 6 bits of
  // ADPCM in the lower band, 2 in the upper (G.722 table 1: about 30 dB and less).  L16: 16 bits,
  // 98 dB at full scale, here -10 dB.  GSM and Opus are no waveform coders; the figures only
  // exclude gross faults.
  const Row rows[] = {{"PCMU", format(Codec::kPcmu), 8000, 1004, 36, 0.1},
                      {"PCMA", format(Codec::kPcma), 8000, 1004, 36, 0.1},
                      {"G.722, lower band", format(Codec::kG722), 16000, 1004, 25, 0.5},
                      {"G.722, upper band", format(Codec::kG722), 16000, 5004, 10, 1},
                      {"G.722 as narrow band", format(Codec::kG722), 8000, 1004, 25, 0.5},
                      {"GSM", format(Codec::kGsm), 8000, 504, 8, 2},
                      {"Opus at 8000", format(Codec::kOpus), 8000, 1004, 10, 1},
                      {"Opus at 16000", format(Codec::kOpus), 16000, 1004, 10, 1},
                      {"Opus at 48000", format(Codec::kOpus), 48000, 1004, 10, 1},
                      {"L16", format(Codec::kL16, "", 8000), 8000, 1004, 85, 0.01},
                      {"L16 at 44100", format(Codec::kL16, "", 44100), 44100, 1004, 85, 0.01}};
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CodecPair pair(row.format, row.hz, row.hz);
    const Samples out = pair.run(support::sine(row.tone_hz, row.hz, row.hz * 2, 10'000));
    const support::SineFit fit = support::fit_sine(settled(out), row.tone_hz, row.hz);
    CAPTURE(fit.snr_db);
    CAPTURE(fit.amplitude);
    CHECK(fit.snr_db >= row.snr_db_min);
    CHECK(std::abs(20 * std::log10(fit.amplitude / 10'000)) <= row.gain_db_max);
  }
}

TEST_CASE("frames of every length a codec has are coded and measured alike") {
  for (const Codec codec :
       {Codec::kPcmu, Codec::kPcma, Codec::kG722, Codec::kGsm, Codec::kOpus, Codec::kL16}) {
    for (std::uint32_t ms = 1; ms <= 130; ++ms) {
      if (!is_frame_length(format(codec), ms)) continue;
      CAPTURE(static_cast<int>(codec));
      CAPTURE(ms);
      CodecPair pair(format(codec));
      const std::uint32_t hz = pair.encoder->sample_hz();
      const Samples in = support::sine(700, hz, hz / 1000 * ms * 4, 8000);
      CHECK(pair.run(in, ms).size() == in.size());
    }
  }
}

TEST_CASE("the frame lengths of codecs with fixed frames are their multiples") {
  CHECK(is_frame_length(format(Codec::kGsm), 20));
  CHECK(is_frame_length(format(Codec::kGsm), 60));
  CHECK_FALSE(is_frame_length(format(Codec::kGsm), 30));
  CHECK_FALSE(is_frame_length(format(Codec::kOpus), 30));
  CHECK(is_frame_length(format(Codec::kOpus), 60));
  CHECK(is_frame_length(format(Codec::kPcmu), 30));
  CHECK_FALSE(is_frame_length(format(Codec::kPcmu), 0));
  CHECK_FALSE(is_frame_length(format(Codec::kPcmu), 121));
  CHECK_FALSE(is_frame_length(format(Codec::kTelephoneEvent), 20));
}

TEST_CASE("two codecs meet at the lower rate if both run there") {
  const Format pcmu = format(Codec::kPcmu), g722 = format(Codec::kG722),
               opus = format(Codec::kOpus), wide = format(Codec::kL16, "", 16000),
               cd = format(Codec::kL16, "", 44100);
  CHECK(common_sample_hz(pcmu, g722) == 8000);
  CHECK(common_sample_hz(g722, opus) == 16000);
  CHECK(common_sample_hz(opus, pcmu) == 8000);
  CHECK(common_sample_hz(g722, wide) == 16000);
  CHECK(common_sample_hz(pcmu, wide) == 0);
  CHECK(common_sample_hz(opus, cd) == 0);
  CHECK(common_sample_hz(g722, g722) == 16000);
}

TEST_CASE("formats that carry no voice and foreign rates are refused") {
  CHECK_FALSE(make_encoder(format(Codec::kTelephoneEvent)));
  CHECK_FALSE(make_decoder(format(Codec::kComfortNoise)));
  CHECK_FALSE(make_decoder(format(Codec::kPcmu), {.sample_hz = 16000}));
  CHECK_FALSE(make_encoder(format(Codec::kOpus), {.sample_hz = 44100}));
  CHECK_FALSE(make_encoder(format(Codec::kL16, "", 8000), {.sample_hz = 16000}));
  const auto refused = make_decoder(format(Codec::kGsm), {.sample_hz = 48000});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == core::ErrorCode::kInvalidArgument);
}

TEST_CASE("payloads that are not of the codec decode to nothing") {
  Samples out(kFrameSamplesMax);
  CodecPair gsm(format(Codec::kGsm)), l16(format(Codec::kL16)), opus(format(Codec::kOpus)),
      pcmu(format(Codec::kPcmu));
  const std::vector<std::uint8_t> zeros(33);
  CHECK(gsm.decoder->decode(zeros, out) == 0);                       // no magic nibble
  CHECK(gsm.decoder->decode(std::span(zeros).first(32), out) == 0);  // half a frame
  CHECK(l16.decoder->decode(std::span(zeros).first(3), out) == 0);   // half a sample
  CHECK(opus.decoder->decode({}, out) == 0);
  CHECK(opus.decoder->decode(std::vector<std::uint8_t>{0x03, 0xff}, out) == 0);  // 63 frames
  CHECK(pcmu.decoder->decode(std::vector<std::uint8_t>(961), out) == 0);         // 120.1 ms
  CHECK(pcmu.decoder->decode(zeros, std::span(out).first(32)) == 0);             // no room
}

TEST_CASE("no random payload makes a decoder write outside or say more than it wrote") {
  core::Random random(7);
  for (const Codec codec : {Codec::kPcma, Codec::kG722, Codec::kGsm, Codec::kOpus, Codec::kL16}) {
    auto decoder = make_decoder(format(codec));
    REQUIRE(decoder);
    Samples out(kFrameSamplesMax);
    for (int i = 0; i < 3000; ++i) {
      std::vector<std::uint8_t> payload(random.below(300));
      random.fill(std::as_writable_bytes(std::span(payload)));
      if (codec == Codec::kGsm && !payload.empty()) payload.resize((payload.size() / 33 + 1) * 33);
      const std::size_t samples = (*decoder)->samples_in(payload);
      const std::size_t decoded = (*decoder)->decode(payload, out);
      REQUIRE((decoded == 0 || decoded == samples));
    }
  }
}

TEST_CASE("a lost frame of a tone leaves no gap in any codec") {
  for (const Codec codec : {Codec::kPcmu, Codec::kPcma, Codec::kG722, Codec::kGsm, Codec::kOpus}) {
    CAPTURE(static_cast<int>(codec));
    // Opus extrapolates the resonances of speech; a bare sine it lets fade sooner.
    const double share = codec == Codec::kOpus ? 0.1 : 0.4;
    CodecPair pair(format(codec));
    const std::uint32_t hz = pair.decoder->sample_hz();
    const Samples out = pair.run(support::sine(440, hz, hz, 8000), 20, {30});
    const double usual = support::rms(std::span(out).subspan(hz / 50 * 20, hz / 50 * 5));
    for (std::size_t at = hz / 50 * 29; at < hz / 50 * 33; at += hz / 200)
      CHECK(support::rms(std::span(out).subspan(at, hz / 200)) > share * usual);
  }
}

}  // namespace pbx::media
