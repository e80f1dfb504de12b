#include "core/call/number_pattern.h"

#include "core/base/text.h"

namespace pbx::call {
namespace {

constexpr std::string_view kLetters = "XZN.";

bool letter_fits(char letter, char c) {
  switch (letter) {
    case 'X':
      return core::is_digit(c);
    case 'Z':
      return c >= '1' && c <= '9';
    case 'N':
      return c >= '2' && c <= '9';
    default:
      return letter == c;
  }
}

bool letters_match(std::string_view pattern, std::string_view number) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (i >= number.size()) return false;
    if (pattern[i] == '.') return true;  // the last letter, see fault()
    if (!letter_fits(pattern[i], number[i])) return false;
  }
  return number.size() == pattern.size();
}

}  // namespace

NumberPattern NumberPattern::of(std::string_view text) {
  if (text.empty()) return {};
  const bool plain = text.find_first_of(kLetters) == std::string_view::npos;
  return {plain ? Kind::kExact : Kind::kLetters, std::string(text), nullptr};
}

bool NumberPattern::matches(std::string_view number) const {
  switch (kind) {
    case Kind::kAny:
      return true;
    case Kind::kExact:
      return number == text;
    case Kind::kPrefix:
      return number.starts_with(text);
    case Kind::kLetters:
      return letters_match(text, number);
    case Kind::kMatcher:
      return matcher->matches(number);
  }
  return false;
}

std::string_view NumberPattern::literal() const {
  const std::string_view all = text;
  switch (kind) {
    case Kind::kAny:
      return {};
    case Kind::kExact:
    case Kind::kPrefix:
      return all;
    case Kind::kLetters:
      return all.substr(0, all.find_first_of(kLetters));
    case Kind::kMatcher:
      return matcher->literal();
  }
  return {};
}

const char* NumberPattern::fault() const {
  if (kind == Kind::kAny) return nullptr;
  if (kind == Kind::kMatcher) return matcher ? nullptr : "the pattern has no matcher";
  if (text.empty()) return "the pattern is empty";
  if (text.size() > kPatternMax) return "the pattern is longer than 64 characters";
  for (const char c : text)
    if (c <= ' ' || c == 0x7f) return "a pattern has no spaces and no control characters";
  if (kind == Kind::kLetters && text.find('.') < text.size() - 1)
    return "\".\" stands for all the rest of a number: it can only be the last character";
  return nullptr;
}

std::string to_text(const NumberPattern& pattern) {
  switch (pattern.kind) {
    case NumberPattern::Kind::kAny:
      return "any";
    case NumberPattern::Kind::kExact:
      return "exactly " + pattern.text;
    case NumberPattern::Kind::kPrefix:
      return "beginning with " + pattern.text;
    case NumberPattern::Kind::kLetters:
      return pattern.text;
    case NumberPattern::Kind::kMatcher:
      return pattern.matcher->text();
  }
  return {};
}

}  // namespace pbx::call
