// core/base/text.h — the small text tools that every parser needs.
//
// Pure, ASCII only, no locale, no exception.  Views returned point into the argument and live as
// long as it does.  "nocase" compares the letters A-Z without case, as SIP and HTTP tokens want.

#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace pbx::core {

[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
// At least one, and nothing else.
[[nodiscard]] constexpr bool are_digits(std::string_view text) {
  for (const char c : text)
    if (!is_digit(c)) return false;
  return !text.empty();
}
[[nodiscard]] constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
[[nodiscard]] std::string to_lower(std::string_view text);

[[nodiscard]] bool equals_nocase(std::string_view a, std::string_view b);
[[nodiscard]] bool less_nocase(std::string_view a, std::string_view b);
[[nodiscard]] bool starts_with_nocase(std::string_view text, std::string_view prefix);
[[nodiscard]] std::size_t hash_nocase(std::string_view text);

// For containers keyed by case-insensitive names; all look up by string_view without a copy.
struct HashNocase {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return hash_nocase(text); }
};
struct EqualNocase {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const { return equals_nocase(a, b); }
};
struct LessNocase {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const { return less_nocase(a, b); }
};
struct HashText {  // for std::unordered_map<std::string, V, HashText, std::equal_to<>>
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

// Without the spaces, tabs, CRs and LFs around it.
[[nodiscard]] std::string_view trim(std::string_view text);

// Cuts `text` at each `separator` into `parts` and returns how many were filled, at least 1.
// When there are more pieces than parts, the last part holds the whole rest, separators included.
// REQUIRES: parts is not empty.
std::size_t split(std::string_view text, char separator, std::span<std::string_view> parts);

// What stands before and after the first `separator`; nullopt if there is none.
[[nodiscard]] std::optional<std::pair<std::string_view, std::string_view>> split_once(
    std::string_view text, char separator);

// All of `text` as a decimal (or base 16) number of at most `max`; no sign, no space.
template <std::unsigned_integral T>
[[nodiscard]] std::optional<T> parse_uint(std::string_view text,
                                          T max = std::numeric_limits<T>::max(), int base = 10) {
  T value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc{} || stop != end || value > max) return std::nullopt;
  return value;
}

// Bytes are kept in std::string, as keys and digests are everywhere in the project.
[[nodiscard]] std::string hex_encode(std::string_view bytes);                // lower case
[[nodiscard]] std::optional<std::string> hex_decode(std::string_view text);  // either case
[[nodiscard]] std::string base64_encode(std::string_view bytes);             // RFC 4648 4, padded
// Strict: padding must be there and right, unused bits zero, no white space.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

}  // namespace pbx::core
