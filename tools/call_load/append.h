// tools/call_load/append.h — builds message text into a string whose memory is used again.
//
// Pure.  append(out, "CSeq: ", 7, " BYE\r\n") adds texts and unsigned decimals; Hex adds lower-case
// hexadecimal.  No locale, no format string, no allocation once `out` has grown.

#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace pbx::call_load {

struct Hex {
  std::uint64_t value;
};

inline void append_one(std::string& out, std::string_view text) { out.append(text); }
inline void append_one(std::string& out, char c) { out.push_back(c); }

template <std::unsigned_integral T>
void append_one(std::string& out, T number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

inline void append_one(std::string& out, Hex number) {
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, number.value, 16).ptr;
  out.append(digits, end);
}

template <typename... Parts>
void append(std::string& out, const Parts&... parts) {
  (append_one(out, parts), ...);
}

}  // namespace pbx::call_load
