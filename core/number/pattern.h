// core/number/pattern.h — a compiled number pattern of either kind: letters (letters.h) or a
// regular expression (regex.h).  Rewrite rules and routes are made of these.
//
// Pure, immutable, can be matched by any thread.  A pattern is compared with the whole text.  Time:
// in proportion to the text, whatever the pattern.
//
// A replacement is text with $1 or ${1} for what group 1 found, ${name} for a named group, $0 for
// the whole text, $$ for a '$'.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/number/letters.h"
#include "core/number/pattern_types.h"
#include "core/number/regex.h"

namespace pbx::number {

enum class PatternKind : std::uint8_t { kLetters, kRegex };

// As people write it: "8(XXX).", or a regular expression between slashes: "/8(\d+)/".
struct WrittenPattern {
  PatternKind kind = PatternKind::kLetters;
  std::string_view text;  // without the slashes

  [[nodiscard]] static WrittenPattern of(std::string_view written);
  // The mistake with its place in what was written, counted from 1.
  [[nodiscard]] std::string told(std::size_t offset, std::string_view mistake) const;
};

class Pattern {
 public:
  // Errors: what is wrong and where (the offset is in octets of `text`).
  static tl::expected<Pattern, PatternMistake> compile(PatternKind kind, std::string_view text);

  // On a match groups[0] is all of `text`, groups[n] what group n has; views into `text`.
  [[nodiscard]] bool match(std::string_view text, Groups& groups) const;
  [[nodiscard]] bool match(std::string_view text) const;

  // Of group 1, 2, …; "" where a group has no name.
  [[nodiscard]] const std::vector<std::string>& group_names() const;
  // What every match begins with; may be "".  By it an index over many patterns can be built.
  [[nodiscard]] const std::string& literal_prefix() const;

 private:
  explicit Pattern(std::variant<LettersPattern, RegexPattern> compiled)
      : compiled_(std::move(compiled)) {}
  std::variant<LettersPattern, RegexPattern> compiled_;
};

inline constexpr std::size_t kReplacementMax = 256;  // octets of a replacement

class Replacement {
 public:
  // `pattern` says which groups there are.  Errors: as Pattern::compile().
  static tl::expected<Replacement, PatternMistake> compile(std::string_view text,
                                                           const Pattern& pattern);

  // REQUIRES: groups of a match of that pattern.
  [[nodiscard]] std::string expand(const Groups& groups) const;

 private:
  struct Piece {
    std::string text;        // as it is, then
    std::size_t group = 0;   // what this group found,
    bool has_group = false;  // if one is meant
  };
  std::vector<Piece> pieces_;
};

}  // namespace pbx::number
