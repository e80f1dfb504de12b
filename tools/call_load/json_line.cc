#include "tools/call_load/json_line.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace pbx::call_load {
namespace {

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

void JsonLine::name(std::string_view name) {
  if (text_.back() != '{') text_ += ',';
  append_quoted(text_, name);
  text_ += ':';
}

void JsonLine::begin(std::string_view name_of_object) {
  name(name_of_object);
  text_ += '{';
  ++depth_;
}

void JsonLine::end() {
  text_ += '}';
  --depth_;
}

void JsonLine::add(std::string_view name_of_value, std::uint64_t value) {
  name(name_of_value);
  text_ += std::to_string(value);
}

void JsonLine::add(std::string_view name_of_value, double value) {
  if (!std::isfinite(value)) return add_null(name_of_value);
  name(name_of_value);
  std::string digits = fmt::format("{:.3f}", value);
  while (digits.back() == '0') digits.pop_back();
  if (digits.back() == '.') digits.pop_back();
  text_ += digits == "-0" ? "0" : digits;
}

void JsonLine::add(std::string_view name_of_value, std::string_view value) {
  name(name_of_value);
  append_quoted(text_, value);
}

void JsonLine::add_bool(std::string_view name_of_value, bool value) {
  name(name_of_value);
  text_ += value ? "true" : "false";
}

void JsonLine::add_null(std::string_view name_of_value) {
  name(name_of_value);
  text_ += "null";
}

std::string JsonLine::take() {
  while (depth_ > 0) end();
  return std::move(text_);
}

}  // namespace pbx::call_load
