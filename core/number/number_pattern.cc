#include "core/number/number_pattern.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"

namespace pbx::number {
namespace {

bool is_dialled(char c) { return core::is_digit(c) || c == '+' || c == '*' || c == '#'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_place(char c) { return std::string_view("XZNxzn").find(c) != std::string_view::npos; }

bool is_exact(std::string_view text) {
  if (text.size() > kPatternMax) return false;
  if (std::all_of(text.begin(), text.end(), is_dialled)) return true;
  const bool is_name = is_letter(text.front()) && !std::all_of(text.begin(), text.end(), is_place);
  return is_name &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace

NumberPattern NumberPattern::of(std::string_view text) {
  NumberPattern pattern{.text = std::string(text)};
  if (text.empty()) return pattern;
  pattern.kind = is_exact(text) ? Kind::kExact : Kind::kCompiled;
  if (pattern.kind == Kind::kExact) return pattern;
  const WrittenPattern written = WrittenPattern::of(text);
  auto compiled = Pattern::compile(written.kind, written.text);
  if (compiled)
    pattern.compiled = std::make_shared<const Pattern>(std::move(*compiled));
  else
    pattern.fault = written.told(compiled.error().offset, compiled.error().text);
  return pattern;
}

bool NumberPattern::matches(std::string_view number) const {
  switch (kind) {
    case Kind::kAny:
      return true;
    case Kind::kExact:
      return number == text;
    case Kind::kCompiled:
      return compiled->match(number);
  }
  return false;
}

std::string_view NumberPattern::literal() const {
  switch (kind) {
    case Kind::kAny:
      return {};
    case Kind::kExact:
      return text;
    case Kind::kCompiled:
      return compiled->literal_prefix();
  }
  return {};
}

std::string to_text(const NumberPattern& pattern) {
  return pattern.kind == NumberPattern::Kind::kAny ? "any" : pattern.text;
}

}  // namespace pbx::number
