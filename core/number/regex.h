// core/number/regex.h — number patterns as regular expressions.  regex.cc is the only file that
// sees RE2.
//
// Pure, immutable; inside RE2 is a cache with a lock, so any thread may match.  The syntax is
// RE2's: groups (…) and (?P<name>…), \d, [0-9], {7,11}, |, ?; no back references, no look-around,
// so that a match takes time in proportion to the text.  An expression is compared with the whole
// text: ^ and $ are not needed.
//
// Bounds: kPatternMax octets, kGroupsMax groups, kRegexMemoryMax octets for the compiled form and
// its cache (RE2 refuses at compile what does not fit).

#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/number/pattern_types.h"

namespace re2 {
class RE2;
}

namespace pbx::number {

inline constexpr std::size_t kRegexMemoryMax = 256 * 1024;

class RegexPattern {
 public:
  static tl::expected<RegexPattern, PatternMistake> compile(std::string_view pattern);
  RegexPattern(RegexPattern&&) noexcept;
  RegexPattern& operator=(RegexPattern&&) noexcept;
  ~RegexPattern();

  // On a match groups[0] is all of `text`, groups[n] what group n has; views into `text`.
  [[nodiscard]] bool match(std::string_view text, Groups& groups) const;
  [[nodiscard]] const std::vector<std::string>& group_names() const { return names_; }
  [[nodiscard]] const std::string& literal_prefix() const { return prefix_; }

 private:
  explicit RegexPattern(std::unique_ptr<re2::RE2> compiled);

  std::unique_ptr<re2::RE2> compiled_;  // never null, but in what was moved from
  std::vector<std::string> names_;      // of group 1, 2, …; "" where it has none
  std::string prefix_;
};

}  // namespace pbx::number
