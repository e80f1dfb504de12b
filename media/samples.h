// media/samples.h — the few things everybody does with 16-bit samples.  Pure.
//
// Every narrowing goes through saturate(): a cast before the clamp turns a loud peak into a click.

#pragma once

#include <cmath>
#include <cstdint>
#include <span>

namespace pbx::media {

[[nodiscard]] constexpr std::int16_t saturate(std::int32_t value) {
  return static_cast<std::int16_t>(value > 32767 ? 32767 : value < -32768 ? -32768 : value);
}
[[nodiscard]] inline std::int16_t saturate(float value) {
  // A NaN compares false with both bounds and would be undefined to convert.
  if (!(value > -32768.0F)) return value <= -32768.0F ? std::int16_t{-32768} : std::int16_t{0};
  if (value >= 32767.0F) return 32767;
  // Rounded by hand: a call of lrintf per sample costs more, and spandsp.h redefines it.
  return static_cast<std::int16_t>(value + (value < 0 ? -0.5F : 0.5F));
}

// Mean square of a frame; 0 for an empty one.
[[nodiscard]] inline double mean_square(std::span<const std::int16_t> frame) {
  std::int64_t sum = 0;
  for (const std::int16_t sample : frame) sum += static_cast<std::int32_t>(sample) * sample;
  return frame.empty() ? 0.0 : static_cast<double>(sum) / static_cast<double>(frame.size());
}

// Level over overload, dBov (RFC 3389 3.1): 0 is a full-scale square wave; silence is -127.
[[nodiscard]] inline double level_dbov(std::span<const std::int16_t> frame) {
  const double power = mean_square(frame) / (32768.0 * 32768.0);
  return power < 1.9e-13 ? -127.0 : 10.0 * std::log10(power);
}

}  // namespace pbx::media
