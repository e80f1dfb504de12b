#include "core/number/regex.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <utility>

namespace pbx::number {
namespace {

constexpr int kPrefixMax = 16;

tl::unexpected<PatternMistake> mistake(std::size_t offset, std::string text) {
  return tl::unexpected<PatternMistake>(PatternMistake{offset, std::move(text)});
}

RE2::Options options() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(static_cast<std::int64_t>(kRegexMemoryMax));
  return options;
}

// RE2 tells the piece of the pattern that it stumbled over, not where that is.  When the piece is
// all of it, what is missing is missing at the end.
std::size_t offset_of(std::string_view pattern, const std::string& piece) {
  if (piece.empty() || piece == pattern) return piece.empty() ? 0 : pattern.size();
  const std::size_t found = pattern.rfind(piece);
  return found == std::string_view::npos ? 0 : found;
}

std::vector<std::string> names_of(const RE2& compiled) {
  std::vector<std::string> names(static_cast<std::size_t>(compiled.NumberOfCapturingGroups()));
  for (const auto& [number, name] : compiled.CapturingGroupNames())
    names[static_cast<std::size_t>(number) - 1] = name;
  return names;
}

// What every match begins with: the range of possible matches has it at both ends.
std::string prefix_of(const RE2& compiled) {
  std::string min;
  std::string max;
  if (!compiled.PossibleMatchRange(&min, &max, kPrefixMax)) return "";
  const auto [a, b] = std::mismatch(min.begin(), min.end(), max.begin(), max.end());
  return std::string(min.begin(), a);
}

}  // namespace

RegexPattern::RegexPattern(std::unique_ptr<re2::RE2> compiled)
    : compiled_(std::move(compiled)),
      names_(names_of(*compiled_)),
      prefix_(prefix_of(*compiled_)) {}
RegexPattern::RegexPattern(RegexPattern&&) noexcept = default;
RegexPattern& RegexPattern::operator=(RegexPattern&&) noexcept = default;
RegexPattern::~RegexPattern() = default;

tl::expected<RegexPattern, PatternMistake> RegexPattern::compile(std::string_view pattern) {
  if (pattern.empty()) return mistake(0, "is empty");
  if (pattern.size() > kPatternMax)
    return mistake(kPatternMax, fmt::format("is longer than {} octets", kPatternMax));
  auto compiled =
      std::make_unique<RE2>(re2::StringPiece(pattern.data(), pattern.size()), options());
  if (!compiled->ok()) {
    const std::size_t offset = offset_of(pattern, compiled->error_arg());
    return mistake(offset, "is no regular expression: " + compiled->error());
  }
  if (static_cast<std::size_t>(compiled->NumberOfCapturingGroups()) > kGroupsMax)
    return mistake(0, fmt::format("has more than {} groups", kGroupsMax));
  return RegexPattern(std::move(compiled));
}

bool RegexPattern::match(std::string_view text, Groups& groups) const {
  if (text.size() > kPatternTextMax || !text.starts_with(prefix_)) return false;
  std::array<re2::StringPiece, std::tuple_size_v<Groups>> found;
  const int wanted = static_cast<int>(names_.size()) + 1;
  const re2::StringPiece piece(text.data(), text.size());
  if (!compiled_->Match(piece, 0, piece.size(), RE2::ANCHOR_BOTH, found.data(), wanted))
    return false;
  groups = {};
  for (std::size_t i = 0; i <= names_.size(); ++i)
    groups[i] = std::string_view(found[i].data(), found[i].size());
  return true;
}

}  // namespace pbx::number
