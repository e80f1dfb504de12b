#include "media/plc.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <initializer_list>

#include "tests/support/audio.h"

namespace pbx::media {
namespace {

using support::Samples;

// Plays a tone in 20 ms frames of which those from `first` to before `end` are lost.
Samples play(std::uint32_t hz, double tone_hz, int frames, int first, int end) {
  const std::size_t step = hz / 50;
  Samples samples = support::sine(tone_hz, hz, step * static_cast<std::size_t>(frames), 10'000);
  Plc plc(hz);
  for (int i = 0; i < frames; ++i) {
    const auto frame = std::span(samples).subspan(static_cast<std::size_t>(i) * step, step);
    if (i >= first && i < end)
      plc.conceal(frame);
    else
      plc.accept(frame);
  }
  return samples;
}

std::span<const std::int16_t> frame_of(const Samples& samples, std::uint32_t hz, int number) {
  return std::span(samples).subspan(static_cast<std::size_t>(number) * (hz / 50), hz / 50);
}

int biggest_step(std::span<const std::int16_t> samples) {
  int biggest = 0;
  for (std::size_t i = 1; i < samples.size(); ++i)
    biggest = std::max(biggest, std::abs(samples[i] - samples[i - 1]));
  return biggest;
}

}  // namespace

TEST_CASE("a stream without loss passes unchanged") {
  CHECK(play(8000, 300, 20, 0, 0) == support::sine(300, 8000, 3200, 10'000));
}

TEST_CASE("a lost frame of a steady tone is replaced by the tone") {
  for (const std::uint32_t hz : {8000u, 16000u, 44100u}) {
    for (const double tone_hz : {100.0, 150.0, 233.0, 400.0, 1000.0}) {
      CAPTURE(hz);
      CAPTURE(tone_hz);
      const Samples heard = play(hz, tone_hz, 20, 10, 11);
      const auto fit = support::fit_sine(frame_of(heard, hz, 10), tone_hz, hz);
      CHECK(fit.amplitude > 7000);
      CHECK(fit.snr_db > 8);
    }
  }
}

TEST_CASE("neither the start nor the end of a loss clicks") {
  for (const double tone_hz : {120.0, 200.0, 350.0}) {
    CAPTURE(tone_hz);
    const Samples heard = play(8000, tone_hz, 20, 10, 12);
    const int usual = biggest_step(std::span(heard).first(1600));
    CHECK(biggest_step(std::span(heard).subspan(1500, 700)) < usual * 2);
  }
}

TEST_CASE("a long loss fades to silence and stays there") {
  const Samples heard = play(8000, 300, 40, 10, 30);
  CHECK(support::rms(frame_of(heard, 8000, 10)) > 5000);
  CHECK(support::rms(frame_of(heard, 8000, 11)) < support::rms(frame_of(heard, 8000, 10)));
  for (int frame = 13; frame < 30; ++frame) CHECK(biggest_step(frame_of(heard, 8000, frame)) == 0);
  CHECK(support::rms(frame_of(heard, 8000, 31)) > 7000);  // the good stream is untouched again
}

TEST_CASE("a loss before anything was heard is silence") {
  Plc plc(8000);
  Samples frame(160, 99);
  plc.conceal(frame);
  CHECK(frame == Samples(160, 0));
  CHECK(plc.is_concealing());
}

TEST_CASE("frames of any length may be lost, also empty and longer than the memory") {
  Plc plc(8000);
  for (const std::size_t size : {0u, 1u, 7u, 80u, 160u, 480u, 960u}) {
    Samples tone = support::sine(250, 8000, size, 12'000);
    plc.accept(tone);
    Samples frame(size);
    plc.conceal(frame);
    CHECK(biggest_step(frame) <= 24'000);
  }
}

TEST_CASE("full-scale input never wraps around") {
  Plc plc(8000);
  Samples loud(320);
  for (std::size_t i = 0; i < loud.size(); ++i)
    loud[i] = i / 40 % 2 == 0 ? std::int16_t{32767} : std::int16_t{-32768};
  plc.accept(loud);
  Samples frame(80);
  plc.conceal(frame);
  int crossings = 0;
  for (std::size_t i = 1; i < frame.size(); ++i) crossings += (frame[i] < 0) != (frame[i - 1] < 0);
  CHECK(crossings <= 4);
}

}  // namespace pbx::media
