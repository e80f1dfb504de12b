#include "tools/call_load/tone.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace pbx::call_load {

std::uint8_t encode_pcmu(std::int16_t sample) {
  constexpr int kBias = 0x84;
  constexpr int kClip = 32635;
  const bool is_negative = sample < 0;
  const int magnitude = std::min(std::abs(static_cast<int>(sample)), kClip) + kBias;
  const int exponent = std::bit_width(static_cast<unsigned>(magnitude)) - 8;
  const int mantissa = magnitude >> (exponent + 3) & 0x0f;
  return static_cast<std::uint8_t>(~((is_negative ? 0x80 : 0) | exponent << 4 | mantissa));
}

std::uint8_t encode_pcma(std::int16_t sample) {
  const bool is_negative = sample < 0;
  const int magnitude = (is_negative ? ~sample : sample) >> 3;  // 13 bits with the sign
  const int width = std::bit_width(static_cast<unsigned>(magnitude));
  const int exponent = std::max(width - 5, 0);
  const int mantissa = exponent <= 1 ? magnitude >> 1 & 0x0f : magnitude >> exponent & 0x0f;
  const int code = (is_negative ? 0 : 0x80) | exponent << 4 | mantissa;
  return static_cast<std::uint8_t>(code ^ 0x55);
}

std::vector<std::uint8_t> tone_payload(Codec codec, unsigned hz, std::size_t samples) {
  constexpr double kAmplitude = 8000;
  std::vector<std::uint8_t> payload(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    const double phase = 2 * std::numbers::pi * hz * static_cast<double>(i) / 8000;
    const auto sample = static_cast<std::int16_t>(std::lround(kAmplitude * std::sin(phase)));
    payload[i] = codec == Codec::kPcma ? encode_pcma(sample) : encode_pcmu(sample);
  }
  return payload;
}

}  // namespace pbx::call_load
