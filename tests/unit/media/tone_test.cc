#include "media/tone.h"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "tests/support/audio.h"

namespace pbx::media {
namespace {

using namespace std::chrono_literals;
using call::Tone;
using config::Country;
using support::Samples;

Samples generate(const ToneSpec& spec, std::uint32_t hz, std::size_t count,
                 std::size_t step = 160) {
  ToneGenerator generator(spec, hz);
  Samples out(count);
  for (std::size_t at = 0; at < count; at += step)
    generator.fill(std::span(out).subspan(at, std::min(step, count - at)));
  return out;
}

std::span<const std::int16_t> part(const Samples& samples, std::uint32_t hz, int from_ms, int ms) {
  return std::span(samples).subspan(static_cast<std::size_t>(from_ms) * hz / 1000,
                                    static_cast<std::size_t>(ms) * hz / 1000);
}

}  // namespace

TEST_CASE("every country's tones have the frequencies and cadences of its network") {
  struct Row {
    Country country;
    Tone tone;
    std::vector<double> hz;
    int on_ms, off_ms;  // of the first burst; off 0: continuous
  };
  const Row rows[] = {{Country::kRu, Tone::kDial, {425}, 2000, 0},
                      {Country::kRu, Tone::kRingback, {425}, 1000, 4000},
                      {Country::kRu, Tone::kBusy, {425}, 350, 350},
                      {Country::kRu, Tone::kCongestion, {425}, 175, 175},
                      {Country::kRu, Tone::kReorder, {425}, 175, 175},
                      {Country::kRu, Tone::kCallWaiting, {425}, 200, 5000},
                      {Country::kRu, Tone::kConfirm, {425}, 100, 100},
                      {Country::kDe, Tone::kRingback, {425}, 1000, 4000},
                      {Country::kDe, Tone::kBusy, {425}, 480, 480},
                      {Country::kDe, Tone::kCongestion, {425}, 240, 240},
                      {Country::kDe, Tone::kDial, {425}, 2000, 0},
                      {Country::kUs, Tone::kDial, {350, 440}, 2000, 0},
                      {Country::kUs, Tone::kRingback, {440, 480}, 2000, 4000},
                      {Country::kUs, Tone::kBusy, {480, 620}, 500, 500},
                      {Country::kUs, Tone::kReorder, {480, 620}, 250, 250},
                      {Country::kUs, Tone::kCallWaiting, {440}, 300, 10000},
                      {Country::kUk, Tone::kDial, {350, 440}, 2000, 0},
                      {Country::kUk, Tone::kRingback, {400, 450}, 400, 200},
                      {Country::kUk, Tone::kBusy, {400}, 375, 375},
                      {Country::kUk, Tone::kUnobtainable, {400}, 2000, 0}};
  for (const Row& row : rows) {
    CAPTURE(static_cast<int>(row.country));
    CAPTURE(static_cast<int>(row.tone));
    const Samples samples = generate(tone_of(row.country, row.tone), 8000, 8000 * 16);
    const auto burst = part(samples, 8000, 0, row.on_ms);
    double power = 0;
    for (const double hz : row.hz) {
      const double amplitude = support::amplitude_at(burst, hz, 8000);
      CHECK(amplitude > 1000);
      power += amplitude * amplitude / 2;
    }
    CHECK(std::sqrt(power) == doctest::Approx(support::rms(burst)).epsilon(0.03));  // nothing else
    if (row.off_ms == 0) continue;
    CHECK(support::rms(part(samples, 8000, row.on_ms, row.off_ms)) == 0);
    CHECK(support::rms(part(samples, 8000, row.on_ms + row.off_ms, 50)) > 1000);  // comes again
  }
}

TEST_CASE("the special information tone is three ascending notes and a pause") {
  const Samples samples = generate(tone_of(Country::kRu, Tone::kUnobtainable), 16000, 16000 * 3);
  int from = 0;
  for (const double hz : {950.0, 1400.0, 1800.0}) {
    CHECK(support::fit_sine(part(samples, 16000, from, 330), hz, 16000).snr_db > 30);
    from += 330;
  }
  CHECK(support::rms(part(samples, 16000, 990, 1000)) == 0);
  CHECK(support::fit_sine(part(samples, 16000, 1990, 330), 950, 16000).snr_db > 30);
}

TEST_CASE("tones keep the level of E.180 at any rate and for hours") {
  for (const std::uint32_t hz : {8000u, 16000u, 44100u, 48000u}) {
    const Samples samples = generate(tone_of(Country::kRu, Tone::kDial), hz, hz, hz / 50);
    CHECK(support::fit_sine(samples, 425, hz).amplitude ==
          doctest::Approx(amplitude_of(-10)).epsilon(0.001));
  }
  ToneGenerator generator(tone_of(Country::kUs, Tone::kDial), 8000);
  Samples second(8000);
  for (int i = 0; i < 3600; ++i) generator.fill(second);
  CHECK(support::amplitude_at(second, 440, 8000) ==
        doctest::Approx(amplitude_of(-13)).epsilon(0.001));
  CHECK(amplitude_of(3.14) == doctest::Approx(32768));
}

TEST_CASE("how a tone is cut into frames makes no difference") {
  const ToneSpec& spec = tone_of(Country::kUk, Tone::kCongestion);
  const Samples whole = generate(spec, 8000, 16000, 16000);
  for (const std::size_t step : {1u, 7u, 80u, 160u, 999u})
    CHECK(generate(spec, 8000, 16000, step) == whole);
}

TEST_CASE("a tone that ends says so and leaves silence") {
  ToneGenerator generator(tone_of(Country::kUs, Tone::kConfirm), 8000);
  Samples frame(160);
  std::size_t produced = 0;
  for (int i = 0; i < 40; ++i) produced += generator.fill(frame);
  CHECK(produced == 8000 * 600 / 1000);
  CHECK(generator.is_over());
  CHECK(support::rms(frame) == 0);
}

TEST_CASE("a digit is its row and its column") {
  struct Row {
    char digit;
    double low, high;
  };
  for (const Row& row : {Row{'1', 697, 1209}, Row{'5', 770, 1336}, Row{'9', 852, 1477},
                         Row{'0', 941, 1336}, Row{'#', 941, 1477}, Row{'D', 941, 1633}}) {
    const auto spec = dtmf_tone(row.digit, 100ms, 50ms);
    REQUIRE(spec);
    const Samples samples = generate(*spec, 8000, 1200);
    const auto burst = part(samples, 8000, 0, 100);
    for (const double hz : {row.low, row.high})
      CHECK(support::amplitude_at(burst, hz, 8000) ==
            doctest::Approx(amplitude_of(-9)).epsilon(0.05));
    CHECK(support::rms(part(samples, 8000, 100, 50)) == 0);
  }
  CHECK_FALSE(dtmf_tone('x', 100ms, 50ms));
}

TEST_CASE("a tone of nothing ends at once or stays silent, but never hangs") {
  Samples frame(160, 5);
  ToneGenerator nothing(ToneSpec({}, 0, -10), 8000);
  CHECK(nothing.fill(frame) == 0);
  CHECK(nothing.is_over());
  // Too short for a single sample, repeated for ever.
  ToneGenerator endless(ToneSpec({{{425, 0}, 1}}, 0, -10), 500);
  CHECK(endless.fill(frame) == 0);
  CHECK(frame == Samples(160, 0));
}

TEST_CASE("a frequency the rate cannot carry is left out") {
  const Samples samples = generate(ToneSpec({{{425, 5000}, 0}}, 0, -10), 8000, 8000);
  CHECK(support::fit_sine(samples, 425, 8000).snr_db > 60);
}

}  // namespace pbx::media
