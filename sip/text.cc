#include "sip/text.h"

#include <algorithm>

namespace pbx::sip {

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool contains_nocase(std::string_view text, std::string_view part) {
  const auto same = [](char a, char b) { return core::to_lower(a) == core::to_lower(b); };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end() ||
         part.empty();
}

std::string_view next_word(std::string_view& text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) {
    text = {};
    return {};
  }
  text.remove_prefix(first);
  const std::string_view word = text.substr(0, text.find_first_of(" \t"));
  text.remove_prefix(word.size());
  return word;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += is_control(c) ? ' ' : c;
  }
  return out += '"';
}

void Lexer::skip_blanks() {
  // Header folding reaches us as CR, LF and blanks.
  rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
}

std::string_view Lexer::take(std::size_t length) {
  const std::string_view taken = rest_.substr(0, length);
  rest_.remove_prefix(taken.size());
  return taken;
}

bool Lexer::at_end() {
  skip_blanks();
  return rest_.empty();
}

char Lexer::peek() { return at_end() ? '\0' : rest_.front(); }

bool Lexer::accept(char c) {
  if (at_end() || rest_.front() != c) return false;
  rest_.remove_prefix(1);
  return true;
}

std::string_view Lexer::token() {
  skip_blanks();
  std::size_t length = 0;
  while (length < rest_.size() && is_token_char(rest_[length])) ++length;
  return take(length);
}

std::optional<std::string> Lexer::value() {
  if (accept('"')) return quoted_value();
  const std::string_view word = token();
  if (word.empty()) return std::nullopt;
  return std::string(word);
}

std::optional<std::string> Lexer::quoted_value() {
  std::string out;
  for (;;) {
    const std::size_t stop = rest_.find_first_of("\"\\");
    if (stop == std::string_view::npos) return std::nullopt;
    out += take(stop);
    const bool is_escape = take(1) == "\\";
    if (!is_escape) return out;
    if (rest_.empty()) return std::nullopt;
    out += take(1);
  }
}

std::string_view Lexer::until(std::string_view stops) {
  skip_blanks();
  return core::trim(take(std::min(rest_.find_first_of(stops), rest_.size())));
}

std::string_view Lexer::until_outside(std::string_view stops) {
  skip_blanks();
  bool in_quotes = false;
  bool in_angles = false;
  std::size_t i = 0;
  for (; i < rest_.size(); ++i) {
    const char c = rest_[i];
    if (in_quotes && c == '\\') {
      ++i;
      continue;
    }
    if (c == '"' && !in_angles) in_quotes = !in_quotes;
    if (in_quotes) continue;
    if (!in_angles && stops.find(c) != std::string_view::npos) break;
    if (c == '<') in_angles = true;
    if (c == '>') in_angles = false;
  }
  return core::trim(take(std::min(i, rest_.size())));
}

}  // namespace pbx::sip
