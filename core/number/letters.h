// core/number/letters.h — number patterns in the letters that telephony engineers know.
//
// Pure, immutable.  A pattern is compared with a whole number, character by character:
//   X        a digit 0 to 9             (small letters mean the same)
//   Z        a digit 1 to 9
//   N        a digit 2 to 9
//   [1-35]   one of 1, 2, 3, 5; only digits, + * # and ranges of digits
//   . or !   the rest of the number, whatever it is: of at least one character, or of any number.
//            Nothing but closing brackets may follow
//   (…)      a group: what matches inside is $1, $2, … of a replacement, in the order of the
//            opening brackets; (area:XXX) is also ${area}.  Groups may hold groups
//   0-9 + * #  themselves; - and spaces between them are for the eye and mean nothing
// Examples: 8(XXXXXXXXXX)   810(.)   +7495NXXXXXX   [49]XX   00(country:49)(rest:.)
//
// A match takes one step per character of the number: no pattern is slow.
// Bounds: kPatternMax octets, kGroupsMax groups.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/number/pattern_types.h"

namespace pbx::number {

class LettersPattern {
 public:
  static tl::expected<LettersPattern, PatternMistake> compile(std::string_view pattern);

  // On a match groups[0] is all of `text`, groups[n] what group n has; views into `text`.
  [[nodiscard]] bool match(std::string_view text, Groups& groups) const;
  [[nodiscard]] const std::vector<std::string>& group_names() const { return names_; }
  [[nodiscard]] const std::string& literal_prefix() const { return prefix_; }

 private:
  friend class LettersCompiler;
  enum class Rest : std::uint8_t { kNone, kSome, kAny };
  struct Span {
    std::size_t begin = 0;  // in places of the pattern
    std::size_t end = 0;
    bool has_rest = false;  // reaches to the end of the number
  };
  using Set = std::uint16_t;  // bit 0 to 9: the digits; then + * #

  std::vector<Set> places_;  // what may stand at each place, before the rest
  Rest rest_ = Rest::kNone;
  std::vector<Span> spans_;         // of group 1, 2, …
  std::vector<std::string> names_;  // of group 1, 2, …; "" where it has none
  std::string prefix_;
};

}  // namespace pbx::number
