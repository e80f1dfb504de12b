#include "media/g711.h"

namespace pbx::media {
namespace {

// G.711 table 2a: eight segments, each step twice the one before; all bits inverted on the wire.
constexpr std::int16_t expand_ulaw(std::uint8_t code) {
  const int inverted = ~code & 0xff;
  const int exponent = inverted >> 4 & 7;
  const int magnitude = ((((inverted & 0x0f) << 3) + 0x84) << exponent) - 0x84;
  return static_cast<std::int16_t>(inverted & 0x80 ? -magnitude : magnitude);
}

// G.711 table 1a: the first two segments have the same step; even bits inverted on the wire.
constexpr std::int16_t expand_alaw(std::uint8_t code) {
  const int plain = code ^ 0x55;
  const int exponent = plain >> 4 & 7;
  const int mantissa = (plain & 0x0f) << 4;
  const int magnitude = exponent == 0 ? mantissa + 8 : (mantissa + 0x108) << (exponent - 1);
  return static_cast<std::int16_t>(plain & 0x80 ? magnitude : -magnitude);
}

constexpr int exponent_of(int value, int first) {
  int exponent = 0;
  while (exponent < 7 && value >= first << (exponent + 1)) ++exponent;
  return exponent;
}

constexpr std::uint8_t compress_ulaw(int sample) {
  const int sign = sample < 0 ? 0x80 : 0;
  int magnitude = (sample < 0 ? -sample : sample) + 0x84;
  if (magnitude > 0x7fff) magnitude = 0x7fff;
  const int exponent = exponent_of(magnitude, 0x80);
  const int mantissa = magnitude >> (exponent + 3) & 0x0f;
  return static_cast<std::uint8_t>(~(sign | exponent << 4 | mantissa));
}

constexpr std::uint8_t compress_alaw(int sample) {
  const int sign = sample < 0 ? 0 : 0x80;
  const int magnitude = sample < 0 ? ~sample : sample;
  const int exponent = exponent_of(magnitude, 0x80);
  const int mantissa = magnitude >> (exponent == 0 ? 4 : exponent + 3) & 0x0f;
  return static_cast<std::uint8_t>((sign | exponent << 4 | mantissa) ^ 0x55);
}

template <typename Value, std::size_t kSize, typename Function>
constexpr std::array<Value, kSize> table(Function function) {
  std::array<Value, kSize> out{};
  for (std::size_t i = 0; i < kSize; ++i) out[i] = function(static_cast<int>(i));
  return out;
}

// The sample in the middle of what shares the table's index, of 16 - kDropped bits.
template <int kDropped>
constexpr int middle_sample(int index) {
  return static_cast<std::int16_t>(index << kDropped) + (1 << (kDropped - 1));
}

}  // namespace

constexpr std::array<std::int16_t, 256> kUlawToLinear =
    table<std::int16_t, 256>([](int i) { return expand_ulaw(static_cast<std::uint8_t>(i)); });
constexpr std::array<std::int16_t, 256> kAlawToLinear =
    table<std::int16_t, 256>([](int i) { return expand_alaw(static_cast<std::uint8_t>(i)); });
constexpr std::array<std::uint8_t, 16384> kLinearToUlaw =
    table<std::uint8_t, 16384>([](int i) { return compress_ulaw(middle_sample<2>(i)); });
constexpr std::array<std::uint8_t, 8192> kLinearToAlaw =
    table<std::uint8_t, 8192>([](int i) { return compress_alaw(middle_sample<3>(i)); });
constexpr std::array<std::uint8_t, 256> kUlawToAlaw = table<std::uint8_t, 256>(
    [](int i) { return compress_alaw(kUlawToLinear[static_cast<std::size_t>(i)]); });
constexpr std::array<std::uint8_t, 256> kAlawToUlaw = table<std::uint8_t, 256>(
    [](int i) { return compress_ulaw(kAlawToLinear[static_cast<std::size_t>(i)]); });

}  // namespace pbx::media
