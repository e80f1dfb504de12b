// tests/support/audio.h — sines and the measures to judge audio by.
//
// The signal-to-noise ratio is found by fitting a sine of the expected frequency with free phase
// and amplitude: what it does not explain is noise.  Delay of a codec thus does not matter.

#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

namespace pbx::support {

using Samples = std::vector<std::int16_t>;

// `peak` up to 32767.
inline Samples sine(double frequency_hz, double sample_hz, std::size_t count, double peak,
                    double phase = 0) {
  Samples out(count);
  for (std::size_t i = 0; i < count; ++i)
    out[i] = static_cast<std::int16_t>(std::lround(
        peak * std::sin(2 * std::numbers::pi * frequency_hz * static_cast<double>(i) / sample_hz +
                        phase)));
  return out;
}

struct SineFit {
  double amplitude;
  double snr_db;  // 120 if nothing else is there
};

inline SineFit fit_sine(std::span<const std::int16_t> samples, double frequency_hz,
                        double sample_hz) {
  double ss = 0, cc = 0, sc = 0, xs = 0, xc = 0, xx = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double angle = 2 * std::numbers::pi * frequency_hz * static_cast<double>(i) / sample_hz;
    const double s = std::sin(angle), c = std::cos(angle), x = samples[i];
    ss += s * s, cc += c * c, sc += s * c, xs += x * s, xc += x * c, xx += x * x;
  }
  const double determinant = ss * cc - sc * sc;
  const double a = (xs * cc - xc * sc) / determinant;
  const double b = (xc * ss - xs * sc) / determinant;
  const double explained = a * xs + b * xc;
  const double rest = xx - explained;
  return {std::hypot(a, b), rest <= explained * 1e-12 ? 120 : 10 * std::log10(explained / rest)};
}

inline double rms(std::span<const std::int16_t> samples) {
  double sum = 0;
  for (const std::int16_t x : samples) sum += static_cast<double>(x) * x;
  return samples.empty() ? 0 : std::sqrt(sum / static_cast<double>(samples.size()));
}

// The amplitude of one frequency (Goertzel over the whole span).
inline double amplitude_at(std::span<const std::int16_t> samples, double frequency_hz,
                           double sample_hz) {
  return fit_sine(samples, frequency_hz, sample_hz).amplitude;
}

}  // namespace pbx::support
