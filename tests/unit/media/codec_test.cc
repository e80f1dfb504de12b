#include "media/codec.h"

#include <doctest/doctest.h>

#include <array>
#include <initializer_list>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "media/codec_opus.h"
#include "tests/support/audio.h"

namespace pbx::media {
namespace {

using call::Codec;
using call::Format;
using support::Samples;

Format format(Codec codec, std::string fmtp = {}, std::uint32_t clock_hz = 0) {
  return {.codec = codec,
          .clock_hz = clock_hz != 0 ? clock_hz : call::info(codec).clock_hz,
          .fmtp = std::move(fmtp)};
}

struct Pair {
  std::unique_ptr<Encoder> encoder;
  std::unique_ptr<Decoder> decoder;

  explicit Pair(const Format& format, std::uint32_t encoder_hz = 0, std::uint32_t decoder_hz = 0) {
    auto made_encoder = make_encoder(format, {.sample_hz = encoder_hz});
    auto made_decoder = make_decoder(format, {.sample_hz = decoder_hz});
    REQUIRE(made_encoder);
    REQUIRE(made_decoder);
    encoder = std::move(*made_encoder);
    decoder = std::move(*made_decoder);
  }

  // Through the codec in frames of `ms`; the frames in `lost` (by number) are concealed.
  Samples run(const Samples& in, std::uint32_t ms = 20, std::initializer_list<int> lost = {}) {
    const std::size_t step = encoder->sample_hz() / 1000 * ms;
    Samples out;
    std::array<std::uint8_t, 2048> payload;
    int number = 0;
    for (std::size_t at = 0; at + step <= in.size(); at += step, ++number) {
      const std::size_t bytes = encoder->encode(std::span(in).subspan(at, step), payload);
      REQUIRE(bytes > 0);
      const std::size_t before = out.size();
      const std::size_t samples = decoder->sample_hz() / 1000 * ms;
      out.resize(before + samples);
      const auto frame = std::span(out).subspan(before);
      if (std::find(lost.begin(), lost.end(), number) != lost.end()) {
        decoder->conceal({}, frame);
        continue;
      }
      const auto coded = std::span(payload).first(bytes);
      REQUIRE(decoder->samples_in(coded) == samples);
      REQUIRE(decoder->decode(coded, frame) == samples);
    }
    return out;
  }
};

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
    Pair pair(row.format, row.hz, row.hz);
    const Samples out = pair.run(support::sine(row.tone_hz, row.hz, row.hz * 2, 10'000));
    const support::SineFit fit = support::fit_sine(settled(out), row.tone_hz, row.hz);
    CAPTURE(fit.snr_db);
    CAPTURE(fit.amplitude);
    CHECK(fit.snr_db >= row.snr_db_min);
    CHECK(std::abs(20 * std::log10(fit.amplitude / 10'000)) <= row.gain_db_max);
  }
}

TEST_CASE("a narrow-band G.722 stream is understood at full band and the reverse") {
  for (const auto& [encoder_hz, decoder_hz] : {std::pair{8000u, 16000u}, {16000u, 8000u}}) {
    CAPTURE(encoder_hz);
    Pair pair(format(Codec::kG722), encoder_hz, decoder_hz);
    const Samples out = pair.run(support::sine(1004, encoder_hz, encoder_hz * 2, 10'000));
    const support::SineFit fit = support::fit_sine(settled(out), 1004, decoder_hz);
    CAPTURE(fit.snr_db);
    CHECK(fit.snr_db > 25);
    CHECK(std::abs(20 * std::log10(fit.amplitude / 10'000)) < 0.5);
  }
}

TEST_CASE("frames of every length a codec has are coded and measured alike") {
  for (const Codec codec :
       {Codec::kPcmu, Codec::kPcma, Codec::kG722, Codec::kGsm, Codec::kOpus, Codec::kL16}) {
    for (std::uint32_t ms = 1; ms <= 130; ++ms) {
      if (!is_frame_length(format(codec), ms)) continue;
      CAPTURE(static_cast<int>(codec));
      CAPTURE(ms);
      Pair pair(format(codec));
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
  Pair gsm(format(Codec::kGsm)), l16(format(Codec::kL16)), opus(format(Codec::kOpus)),
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
    Pair pair(format(codec));
    const std::uint32_t hz = pair.decoder->sample_hz();
    const Samples out = pair.run(support::sine(440, hz, hz, 8000), 20, {30});
    const double usual = support::rms(std::span(out).subspan(hz / 50 * 20, hz / 50 * 5));
    for (std::size_t at = hz / 50 * 29; at < hz / 50 * 33; at += hz / 200)
      CHECK(support::rms(std::span(out).subspan(at, hz / 200)) > share * usual);
  }
}

TEST_CASE("Opus repairs a lost frame from the next one when asked to") {
  const Format with_fec = format(Codec::kOpus, "useinbandfec=1");
  Pair pair(with_fec, 16000, 16000);
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
    Pair receiver(with_fec, 16000, 16000);
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

}  // namespace pbx::media
