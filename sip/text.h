// sip/text.h — the small lexical helpers that all parsers of SIP header values and SDP share.
//
// Pure; views point into the text given.  Nothing here allocates except Lexer::value().

#pragma once

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace pbx::sip {

[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_alpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
[[nodiscard]] constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
[[nodiscard]] constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
// ASCII that prints, blank excluded.
[[nodiscard]] constexpr bool is_visible(char c) { return c > 0x20 && c < 0x7f; }
// RFC 3261 25.1 token.
[[nodiscard]] constexpr bool is_token_char(char c) {
  return is_alpha(c) || is_digit(c) ||
         (c != '\0' && std::string_view("-.!%*_+`'~").find(c) != std::string_view::npos);
}
[[nodiscard]] bool is_token(std::string_view text);  // false for ""

[[nodiscard]] bool equals_nocase(std::string_view a, std::string_view b);  // ASCII only
[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] std::string_view trim(std::string_view text);  // blanks, CR and LF at both ends

// Cuts the next run of non-blanks off the front of `text`; "" when nothing is left.
[[nodiscard]] std::string_view next_word(std::string_view& text);

// The whole of `text` as a decimal number without sign.
template <typename T>
[[nodiscard]] std::optional<T> parse_uint(std::string_view text) {
  static_assert(std::is_unsigned_v<T>);
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

[[nodiscard]] std::string quoted(std::string_view text);  // "…" with \ before " and backslash

// Reads a header value from left to right.  Every function skips blanks first.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end();
  [[nodiscard]] char peek();            // '\0' at the end
  [[nodiscard]] bool accept(char c);    // consumes `c` if it comes next
  [[nodiscard]] std::string_view token();  // "" if none comes next
  // A token or a quoted-string (unescaped); nullopt if neither, or if a quote never closes.
  [[nodiscard]] std::optional<std::string> value();
  // Everything up to the first of `stops` (or the end), trimmed; quotes are not understood.
  [[nodiscard]] std::string_view until(std::string_view stops);
  // Like until(), but stops inside a quoted-string or inside <> do not count.
  [[nodiscard]] std::string_view until_outside(std::string_view stops);
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  void skip_blanks();
  std::optional<std::string> quoted_value();
  std::string_view take(std::size_t length);
  std::string_view rest_;
};

}  // namespace pbx::sip
