// media/bytes.h — big-endian integers in a byte buffer.  Pure; the caller has checked the bounds.

#pragma once

#include <cstdint>

namespace pbx::media {

[[nodiscard]] constexpr std::uint16_t load16(const std::uint8_t* from) {
  return static_cast<std::uint16_t>(from[0] << 8 | from[1]);
}
[[nodiscard]] constexpr std::uint32_t load24(const std::uint8_t* from) {
  return static_cast<std::uint32_t>(from[0]) << 16 | load16(from + 1);
}
[[nodiscard]] constexpr std::uint32_t load32(const std::uint8_t* from) {
  return static_cast<std::uint32_t>(load16(from)) << 16 | load16(from + 2);
}
constexpr void store16(std::uint8_t* to, std::uint32_t value) {
  to[0] = static_cast<std::uint8_t>(value >> 8);
  to[1] = static_cast<std::uint8_t>(value);
}
constexpr void store24(std::uint8_t* to, std::uint32_t value) {
  to[0] = static_cast<std::uint8_t>(value >> 16);
  store16(to + 1, value);
}
constexpr void store32(std::uint8_t* to, std::uint32_t value) {
  store16(to, value >> 16);
  store16(to + 2, value);
}

}  // namespace pbx::media
