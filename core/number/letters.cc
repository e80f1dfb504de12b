#include "core/number/letters.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/text.h"

namespace pbx::number {
namespace {

using Set = std::uint16_t;
constexpr std::string_view kCharacters = "0123456789+*#";  // in the order of the bits

constexpr Set digits_from(int first) {
  return static_cast<Set>(0x3FFU & ~((1U << static_cast<unsigned>(first)) - 1U));
}

// The set of one character; nullopt if no number has it.
std::optional<Set> set_of(char c) {
  const std::size_t bit = kCharacters.find(c);
  if (bit == std::string_view::npos) return std::nullopt;
  return static_cast<Set>(1U << bit);
}

bool is_name_character(char c) {
  return core::is_digit(c) || c == '_' || (core::to_lower(c) >= 'a' && core::to_lower(c) <= 'z');
}

}  // namespace

// Reads a pattern from left to right; each read_… stands at what it reads and passes it.
class LettersCompiler {
 public:
  explicit LettersCompiler(std::string_view pattern) : text_(pattern) {}

  tl::expected<LettersPattern, PatternMistake> run() {
    if (text_.empty()) return mistake(0, "is empty");
    if (text_.size() > kPatternMax)
      return mistake(kPatternMax, fmt::format("is longer than {} octets", kPatternMax));
    while (at_ < text_.size()) {
      if (auto read = read_one(); !read) return tl::unexpected(read.error());
    }
    if (!open_.empty()) return mistake(open_.back().offset, "'(' is never closed");
    if (made_.places_.empty() && made_.rest_ == LettersPattern::Rest::kNone)
      return mistake(0, "matches nothing but an empty number");
    made_.prefix_ = prefix();
    return std::move(made_);
  }

 private:
  using Read = tl::expected<void, PatternMistake>;
  struct Open {
    std::size_t group;   // from 0
    std::size_t offset;  // of its bracket
  };

  static tl::unexpected<PatternMistake> mistake(std::size_t offset, std::string text) {
    return tl::unexpected<PatternMistake>(PatternMistake{offset, std::move(text)});
  }

  Read read_one() {
    const char c = text_[at_];
    if (c == ')') return close_group();
    if (made_.rest_ != LettersPattern::Rest::kNone)
      return mistake(at_, "only ')' can follow '.' or '!'");
    if (c == '(') return open_group();
    if (c == '[') return read_set();
    if (c == ' ' || c == '-') return pass();
    if (c == '.' || c == '!') {
      made_.rest_ = c == '.' ? LettersPattern::Rest::kSome : LettersPattern::Rest::kAny;
      return pass();
    }
    return read_place(c);
  }

  Read pass() {
    ++at_;
    return {};
  }

  Read add(Set set) {
    made_.places_.push_back(set);
    return pass();
  }

  Read read_place(char c) {
    switch (core::to_lower(c)) {
      case 'x':
        return add(digits_from(0));
      case 'z':
        return add(digits_from(1));
      case 'n':
        return add(digits_from(2));
      default:
        break;
    }
    const auto set = set_of(c);
    if (!set) return mistake(at_, "is none of 0-9 + * # X Z N [ ] ( ) . !");
    return add(*set);
  }

  // "[1-35]"
  Read read_set() {
    const std::size_t begin = at_;
    Set set = 0;
    for (++at_; at_ < text_.size() && text_[at_] != ']'; ++at_) {
      const char first = text_[at_];
      const bool is_range = at_ + 1 < text_.size() && text_[at_ + 1] == '-';
      const char last = is_range && at_ + 2 < text_.size() ? text_[at_ + 2] : first;
      if (is_range && (!core::is_digit(first) || !core::is_digit(last) || last < first))
        return mistake(at_, "is no range of digits such as 1-5");
      const auto one = set_of(first);
      if (!one) return mistake(at_, "is none of 0-9 + * # and so not for [ ]");
      set |= *one;
      if (!is_range) continue;
      for (char c = first; c <= last; ++c) set |= *set_of(c);
      at_ += 2;
    }
    if (at_ >= text_.size()) return mistake(begin, "'[' is never closed");
    if (set == 0) return mistake(begin, "'[]' matches nothing");
    return add(set);
  }

  Read open_group() {
    if (made_.spans_.size() == kGroupsMax)
      return mistake(at_, fmt::format("is more than the {} groups allowed", kGroupsMax));
    open_.push_back({made_.spans_.size(), at_});
    made_.spans_.push_back({made_.places_.size(), made_.places_.size(), false});
    made_.names_.emplace_back();
    ++at_;
    return read_name();
  }

  // "area:" after a bracket, if it is there.
  Read read_name() {
    const auto end = std::find_if_not(text_.begin() + static_cast<std::ptrdiff_t>(at_), text_.end(),
                                      is_name_character);
    if (end == text_.end() || *end != ':') return {};
    const auto size = static_cast<std::size_t>(end - text_.begin()) - at_;
    std::string name(text_.substr(at_, size));
    if (name.empty() || core::is_digit(name.front()) || size > kGroupNameMax)
      return mistake(at_, fmt::format("a group's name is 1 to {} letters, digits and '_', and "
                                      "begins with no digit",
                                      kGroupNameMax));
    if (std::find(made_.names_.begin(), made_.names_.end(), name) != made_.names_.end())
      return mistake(at_, fmt::format("another group is named '{}' already", name));
    made_.names_.back() = std::move(name);
    at_ += size + 1;
    return {};
  }

  Read close_group() {
    if (open_.empty()) return mistake(at_, "')' has no '(' before it");
    LettersPattern::Span& span = made_.spans_[open_.back().group];
    span.end = made_.places_.size();
    span.has_rest = made_.rest_ != LettersPattern::Rest::kNone;
    open_.pop_back();
    return pass();
  }

  [[nodiscard]] std::string prefix() const {
    std::string prefix;
    for (const Set set : made_.places_) {
      const bool is_one = (set & (set - 1)) == 0;
      if (!is_one) break;
      std::size_t bit = 0;
      while ((set >> bit) != 1) ++bit;
      prefix += kCharacters[bit];
    }
    return prefix;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Open> open_;  // brackets not closed yet
  LettersPattern made_;
};

tl::expected<LettersPattern, PatternMistake> LettersPattern::compile(std::string_view pattern) {
  return LettersCompiler(pattern).run();
}

bool LettersPattern::match(std::string_view text, Groups& groups) const {
  if (text.size() > kPatternTextMax || text.size() < places_.size()) return false;
  const bool has_more = text.size() > places_.size();
  if (has_more ? rest_ == Rest::kNone : rest_ == Rest::kSome) return false;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const auto set = set_of(text[i]);
    if (!set || (*set & places_[i]) == 0) return false;
  }
  groups = {};
  groups[0] = text;
  for (std::size_t i = 0; i < spans_.size(); ++i) {
    const std::size_t end = spans_[i].has_rest ? text.size() : spans_[i].end;
    groups[i + 1] = text.substr(spans_[i].begin, end - spans_[i].begin);
  }
  return true;
}

}  // namespace pbx::number
