#include "core/number/pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/text.h"

namespace pbx::number {
namespace {

tl::unexpected<PatternMistake> mistake(std::size_t offset, std::string text) {
  return tl::unexpected<PatternMistake>(PatternMistake{offset, std::move(text)});
}

// "1" or "area", as written after '$'.
std::optional<std::size_t> group_of(std::string_view name, const Pattern& pattern) {
  const auto& names = pattern.group_names();
  if (const auto number = core::parse_uint<std::size_t>(name, names.size())) return number;
  const auto found = std::find(names.begin(), names.end(), name);
  if (name.empty() || found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin()) + 1;
}

struct Reference {
  std::string_view name;
  std::size_t size = 0;  // with '$' and brackets
};

// `text` begins with '$'.  nullopt: neither $1 nor ${…}.
std::optional<Reference> reference_of(std::string_view text) {
  if (text.size() > 1 && core::is_digit(text[1])) return Reference{text.substr(1, 1), 2};
  if (!text.starts_with("${")) return std::nullopt;
  const std::size_t end = text.find('}');
  if (end == std::string_view::npos) return std::nullopt;
  return Reference{text.substr(2, end - 2), end + 1};
}

}  // namespace

WrittenPattern WrittenPattern::of(std::string_view written) {
  if (written.size() >= 2 && written.front() == '/' && written.back() == '/')
    return {PatternKind::kRegex, written.substr(1, written.size() - 2)};
  return {PatternKind::kLetters, written};
}

std::string WrittenPattern::told(std::size_t offset, std::string_view mistake) const {
  return fmt::format("character {}: {}", offset + (kind == PatternKind::kRegex ? 2 : 1), mistake);
}

tl::expected<Pattern, PatternMistake> Pattern::compile(PatternKind kind, std::string_view text) {
  if (kind == PatternKind::kLetters) {
    auto letters = LettersPattern::compile(text);
    if (!letters) return tl::unexpected(std::move(letters.error()));
    return Pattern(std::move(*letters));
  }
  auto regex = RegexPattern::compile(text);
  if (!regex) return tl::unexpected(std::move(regex.error()));
  return Pattern(std::move(*regex));
}

bool Pattern::match(std::string_view text, Groups& groups) const {
  return std::visit([&](const auto& compiled) { return compiled.match(text, groups); }, compiled_);
}

bool Pattern::match(std::string_view text) const {
  Groups groups;
  return match(text, groups);
}

const std::vector<std::string>& Pattern::group_names() const {
  return std::visit(
      [](const auto& compiled) -> const std::vector<std::string>& {
        return compiled.group_names();
      },
      compiled_);
}

const std::string& Pattern::literal_prefix() const {
  return std::visit(
      [](const auto& compiled) -> const std::string& { return compiled.literal_prefix(); },
      compiled_);
}

tl::expected<Replacement, PatternMistake> Replacement::compile(std::string_view text,
                                                               const Pattern& pattern) {
  if (text.size() > kReplacementMax)
    return mistake(kReplacementMax, fmt::format("is longer than {} octets", kReplacementMax));
  Replacement made;
  std::string plain;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '$' || text.substr(at).starts_with("$$")) {
      plain += text[at];
      at += text[at] == '$' ? 2 : 1;
      continue;
    }
    const auto reference = reference_of(text.substr(at));
    if (!reference) return mistake(at, "'$' is followed by none of a digit, {…} and $");
    const auto group = group_of(reference->name, pattern);
    if (!group) return mistake(at, fmt::format("the pattern has no group '{}'", reference->name));
    made.pieces_.push_back({std::exchange(plain, {}), *group, true});
    at += reference->size;
  }
  if (!plain.empty()) made.pieces_.push_back({std::move(plain), 0, false});
  return made;
}

std::string Replacement::expand(const Groups& groups) const {
  std::string text;
  for (const Piece& piece : pieces_) {
    text += piece.text;
    if (piece.has_group) text += groups[piece.group];
  }
  return text;
}

}  // namespace pbx::number
