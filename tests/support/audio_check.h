// tests/support/audio_check.h — proves audio by numbers: levels at a frequency, noise, gaps,
// onsets.
//
// Pure.  Samples are 16 bit mono at `sample_hz`.

#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

namespace pbx::test {

// A sine of `amplitude`, `samples` long, beginning at sample number `from` of an endless one.
inline std::vector<std::int16_t> sine(double hz, std::uint32_t sample_hz, std::size_t samples,
                                      std::size_t from = 0, double amplitude = 8000) {
  std::vector<std::int16_t> out(samples);
  for (std::size_t i = 0; i < samples; ++i)
    out[i] = static_cast<std::int16_t>(
        std::lrint(amplitude * std::sin(2 * std::numbers::pi * hz * static_cast<double>(from + i) /
                                        sample_hz)));
  return out;
}

// Amplitude of the component at `hz` (Goertzel); a sine of amplitude a gives a.
inline double amplitude_at(std::span<const std::int16_t> samples, double hz,
                           std::uint32_t sample_hz) {
  const double w = 2 * std::cos(2 * std::numbers::pi * hz / sample_hz);
  double s1 = 0, s2 = 0;
  for (const std::int16_t x : samples) {
    const double s0 = x + w * s1 - s2;
    s2 = s1;
    s1 = s0;
  }
  const double power = s1 * s1 + s2 * s2 - w * s1 * s2;
  return samples.empty()
             ? 0
             : 2 * std::sqrt(std::max(power, 0.0)) / static_cast<double>(samples.size());
}

inline double rms(std::span<const std::int16_t> samples) {
  double sum = 0;
  for (const std::int16_t x : samples) sum += static_cast<double>(x) * x;
  return samples.empty() ? 0 : std::sqrt(sum / static_cast<double>(samples.size()));
}

// Power of the tone over all the rest, in dB.
inline double snr_db(std::span<const std::int16_t> samples, double hz, std::uint32_t sample_hz) {
  const double tone = amplitude_at(samples, hz, sample_hz);
  const double signal = tone * tone / 2;
  const double all = rms(samples) * rms(samples);
  return 10 * std::log10(signal / std::max(all - signal, 1e-3));
}

// Milliseconds in blocks of 10 ms whose level is below `floor`.
inline int quiet_ms(std::span<const std::int16_t> samples, std::uint32_t sample_hz,
                    double floor = 200) {
  const std::size_t block = sample_hz / 100;
  int quiet = 0;
  for (std::size_t at = 0; at + block <= samples.size(); at += block)
    if (rms(samples.subspan(at, block)) < floor) quiet += 10;
  return quiet;
}

// Where sound begins after at least `pause` quiet samples: sample numbers.
inline std::vector<std::int64_t> onsets(std::span<const std::int16_t> samples, std::size_t pause,
                                        int threshold = 1500) {
  std::vector<std::int64_t> out;
  std::size_t quiet = pause;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (std::abs(samples[i]) < threshold) {
      ++quiet;
      continue;
    }
    if (quiet >= pause) out.push_back(static_cast<std::int64_t>(i));
    quiet = 0;
  }
  return out;
}

// One channel of interleaved stereo.
inline std::vector<std::int16_t> channel(std::span<const std::int16_t> stereo, std::size_t which) {
  std::vector<std::int16_t> out;
  for (std::size_t i = which; i < stereo.size(); i += 2) out.push_back(stereo[i]);
  return out;
}

}  // namespace pbx::test
