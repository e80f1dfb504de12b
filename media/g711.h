// media/g711.h — PCMU and PCMA by table (ITU-T G.711), and straight from one to the other.
//
// Pure.  Linear samples are 16 bits wide; the law's 14 or 13 bits are the upper ones.  Recoding
// between the laws needs no samples, so that such a call can stay on the packet path.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace pbx::media {

extern const std::array<std::int16_t, 256> kUlawToLinear;
extern const std::array<std::int16_t, 256> kAlawToLinear;
// Indexed by the upper 14 (13) bits of the sample as an unsigned number.
extern const std::array<std::uint8_t, 16384> kLinearToUlaw;
extern const std::array<std::uint8_t, 8192> kLinearToAlaw;
extern const std::array<std::uint8_t, 256> kUlawToAlaw;
extern const std::array<std::uint8_t, 256> kAlawToUlaw;

[[nodiscard]] inline std::uint8_t linear_to_ulaw(std::int16_t sample) {
  return kLinearToUlaw[static_cast<std::uint16_t>(sample) >> 2];
}
[[nodiscard]] inline std::uint8_t linear_to_alaw(std::int16_t sample) {
  return kLinearToAlaw[static_cast<std::uint16_t>(sample) >> 3];
}

// Replaces each octet of `payload` by its neighbour in the other law.
inline void recode_g711(const std::array<std::uint8_t, 256>& table,
                        std::span<std::uint8_t> payload) {
  for (std::uint8_t& octet : payload) octet = table[octet];
}

}  // namespace pbx::media
