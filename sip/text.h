// sip/text.h — the small lexical helpers that all parsers of SIP header values and SDP share,
// beyond core/base/text.h.
//
// Pure; views point into the text given.  Nothing here allocates except Lexer::value().

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/text.h"

namespace pbx::sip {

[[nodiscard]] constexpr bool is_alpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
[[nodiscard]] constexpr bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}
// ASCII that prints, blank excluded.
[[nodiscard]] constexpr bool is_visible(char c) { return c > 0x20 && c < 0x7f; }
// RFC 3261 25.1 token.
[[nodiscard]] constexpr bool is_token_char(char c) {
  constexpr std::string_view kMarks = "-.!%*_+`'~";
  return is_alpha(c) || core::is_digit(c) || kMarks.find(c) != std::string_view::npos;
}
[[nodiscard]] bool is_token(std::string_view text);  // false for ""

[[nodiscard]] bool contains_nocase(std::string_view text, std::string_view part);

// Cuts the next run of non-blanks off the front of `text`; "" when nothing is left.
std::string_view next_word(std::string_view& text);

// "…" with \ before " and backslash; control octets become blanks, so that no value adds a line.
[[nodiscard]] std::string quoted(std::string_view text);

// Reads a header value from left to right.  Every function skips blanks first.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end();
  [[nodiscard]] char peek();               // '\0' at the end
  [[nodiscard]] bool accept(char c);       // consumes `c` if it comes next
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
