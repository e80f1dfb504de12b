#include "media/inband_dtmf.h"

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>
#include <numbers>
#include <string>
#include <string_view>

#include "core/base/random.h"
#include "media/codec.h"
#include "media/tone.h"
#include "tests/support/audio.h"

namespace pbx::media {
namespace {

using namespace std::chrono_literals;
using support::Samples;

constexpr std::string_view kKeys = "0123456789*#ABCD";

// A row and a column with their own levels in dBm0.
Samples pair(double row_hz, double column_hz, double row_dbm0, double column_dbm0, int ms,
             std::uint32_t hz = 8000) {
  const std::size_t count = static_cast<std::size_t>(ms) * hz / 1000;
  Samples out = support::sine(row_hz, hz, count, amplitude_of(row_dbm0));
  const Samples column = support::sine(column_hz, hz, count, amplitude_of(column_dbm0));
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<std::int16_t>(out[i] + column[i]);
  return out;
}

Samples dialled(std::string_view digits, std::uint32_t hz, std::chrono::milliseconds on = 80ms,
                std::chrono::milliseconds off = 80ms) {
  Samples out;
  for (const char digit : digits) {
    ToneGenerator tone(*dtmf_tone(digit, on, off), hz);
    Samples one(static_cast<std::size_t>((on + off).count()) * hz / 1000);
    tone.fill(one);
    out.insert(out.end(), one.begin(), one.end());
  }
  out.resize(out.size() + hz / 10);
  return out;
}

std::string heard(const Samples& samples, std::uint32_t hz = 8000, std::size_t step = 0) {
  InbandDtmfDetector detector(hz);
  if (step == 0) step = hz / 50;
  std::string out;
  for (std::size_t at = 0; at < samples.size(); at += step)
    for (const Digit& digit :
         detector.feed(std::span(samples).subspan(at, std::min(step, samples.size() - at))))
      out += digit.digit;
  return out;
}

void add_noise(Samples& samples, double rms, std::uint64_t seed) {
  core::Random random(seed);
  for (std::int16_t& sample : samples)
    sample = static_cast<std::int16_t>(sample + (2 * random.unit() - 1) * rms * std::sqrt(3.0));
}

}  // namespace

TEST_CASE("all sixteen digits are heard, once each, at 8000 and 16000") {
  for (const std::uint32_t hz : {8000u, 16000u}) CHECK(heard(dialled(kKeys, hz), hz) == kKeys);
}

TEST_CASE("the frames in which samples come make no difference") {
  const Samples samples = dialled("159D", 8000);
  for (const std::size_t step : {1u, 80u, 102u, 160u, 333u, 960u})
    CHECK(heard(samples, 8000, step) == "159D");
}

TEST_CASE("a repeated digit is two digits, a long one is one, with its duration") {
  CHECK(heard(dialled("55", 8000)) == "55");
  InbandDtmfDetector detector;
  const Samples samples = dialled("7", 8000, 1000ms, 100ms);
  Digits digits = detector.feed(samples);
  REQUIRE(digits.size() == 1);
  CHECK(digits.begin()->duration.count() == doctest::Approx(1000).epsilon(0.03));
}

TEST_CASE("digits of 50 ms are heard and clicks of 20 ms are not") {
  CHECK(heard(dialled("123", 8000, 50ms, 50ms)) == "123");
  CHECK(heard(dialled("123", 8000, 20ms, 100ms)) == "");
}

TEST_CASE("twist is tolerated within Q.24 and refused beyond") {
  struct Row {
    double row_dbm0, column_dbm0;
    bool is_digit;
  };
  for (const Row& row : {Row{-10, -10, true}, Row{-10, -16, true}, Row{-13, -10, true},
                         Row{-10, -24, false}, Row{-22, -10, false}}) {
    CAPTURE(row.row_dbm0);
    CAPTURE(row.column_dbm0);
    Samples samples = pair(770, 1336, row.row_dbm0, row.column_dbm0, 100);
    samples.resize(samples.size() + 800);
    CHECK(heard(samples) == (row.is_digit ? "5" : ""));
  }
}

TEST_CASE("digits are heard from loud to faint, not below the threshold") {
  for (const double level : {-3.0, -10.0, -20.0, -30.0}) {
    CAPTURE(level);
    Samples samples = pair(852, 1477, level, level, 100);
    samples.resize(samples.size() + 800);
    CHECK(heard(samples) == "9");
  }
  Samples faint = pair(852, 1477, -50, -50, 100);
  faint.resize(faint.size() + 800);
  CHECK(heard(faint) == "");
}

TEST_CASE("frequencies 1 % off are still digits, 4 % off are none") {
  for (const double factor : {0.99, 1.01, 0.96, 1.04}) {
    CAPTURE(factor);
    Samples samples = pair(770 * factor, 1336 * factor, -10, -10, 100);
    samples.resize(samples.size() + 800);
    CHECK(heard(samples) == (std::abs(factor - 1) < 0.02 ? "5" : ""));
  }
}

TEST_CASE("digits are heard through noise 20 dB below") {
  Samples samples = dialled("0123456789", 8000);
  add_noise(samples, amplitude_of(-9) / 10, 3);
  CHECK(heard(samples) == "0123456789");
}

TEST_CASE("digits are heard through both laws of G.711") {
  for (const call::Codec codec : {call::Codec::kPcmu, call::Codec::kPcma}) {
    const call::Format format{.codec = codec};
    auto encoder = make_encoder(format);
    auto decoder = make_decoder(format);
    const Samples in = dialled(kKeys, 8000);
    Samples out(in.size() / 160 * 160);
    std::array<std::uint8_t, 160> payload;
    for (std::size_t at = 0; at + 160 <= in.size(); at += 160) {
      (void)(*encoder)->encode(std::span(in).subspan(at, 160), payload);
      (void)(*decoder)->decode(payload, std::span(out).subspan(at, 160));
    }
    CHECK(heard(out) == kKeys);
  }
}

TEST_CASE("noise, single tones, sweeps and voice-like sounds are no digits") {
  Samples noise(8000 * 30);
  add_noise(noise, 5000, 8);
  CHECK(heard(noise) == "");
  for (const double hz : {425.0, 697.0, 1209.0, 1477.0, 2100.0})
    CHECK(heard(support::sine(hz, 8000, 8000, 10'000)) == "");
  Samples sweep(8000 * 10);
  double phase = 0;
  for (std::size_t i = 0; i < sweep.size(); ++i) {
    phase += 2 * std::numbers::pi * (200 + 3000.0 * static_cast<double>(i % 8000) / 8000) / 8000;
    sweep[i] = static_cast<std::int16_t>(9000 * std::sin(phase));
  }
  CHECK(heard(sweep) == "");
  // Vowels: harmonics of a gliding voice, falling by 6 dB an octave.
  Samples vowel(8000 * 20);
  std::vector<double> phases(30);
  for (std::size_t i = 0; i < vowel.size(); ++i) {
    const double pitch = 110 + 60 * std::sin(static_cast<double>(i) / 3000);
    double value = 0;
    for (std::size_t h = 1; h < phases.size() && pitch * static_cast<double>(h) < 3800; ++h) {
      phases[h] += 2 * std::numbers::pi * pitch * static_cast<double>(h) / 8000;
      value += std::sin(phases[h]) / static_cast<double>(h);
    }
    vowel[i] = static_cast<std::int16_t>(7000 * value);
  }
  CHECK(heard(vowel) == "");
}

TEST_CASE("a tone being heard is told before it ends") {
  InbandDtmfDetector detector;
  const Samples samples = dialled("4", 8000);
  CHECK_FALSE(detector.is_hearing());
  CHECK(detector.feed(std::span(samples).first(400)).size() == 0);
  CHECK(detector.is_hearing());
  InbandDtmfDetector moved = std::move(detector);
  CHECK(moved.feed(std::span(samples).subspan(400)).size() == 1);
  CHECK_FALSE(moved.is_hearing());
}

}  // namespace pbx::media
