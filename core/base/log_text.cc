#include "core/base/log_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace pbx::core {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
  }
}

bool needs_quotes(char c) { return is_control(c) || c == ' ' || c == '"' || c == '=' || c == '\\'; }

}  // namespace

std::string quote_value(std::string_view value) {
  if (!value.empty() && std::none_of(value.begin(), value.end(), needs_quotes))
    return std::string(value);
  std::string out = "\"";
  for (const char c : value) {
    if (is_control(c)) {
      append_escaped(out, c);
      continue;
    }
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
  return out;
}

std::string mask_number(std::string_view number) {
  constexpr std::size_t kShownWhole = 5;
  constexpr std::size_t kHiddenMin = 3;
  constexpr std::size_t kShownMax = 8;
  const std::string_view plus = number.substr(0, number.starts_with('+') ? 1 : 0);
  const std::string_view digits = number.substr(plus.size());
  if (digits.size() <= kShownWhole) return std::string(number);
  const std::size_t shown = std::min(digits.size() - kHiddenMin, kShownMax);
  const std::size_t head = shown / 2;
  const std::size_t tail = shown - head;
  return fmt::format("{}{}***{}", plus, digits.substr(0, head),
                     digits.substr(digits.size() - tail));
}

bool has_controls(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_control);
}

std::string escape_controls(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  for (const char c : text) {
    if (is_control(c))
      append_escaped(out, c);
    else
      out.push_back(c);
  }
  return out;
}

}  // namespace pbx::core
