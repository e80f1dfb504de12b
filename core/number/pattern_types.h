// core/number/pattern_types.h — what both kinds of number pattern (letters.h, regex.h) speak of.
//
// Pure values.

#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace pbx::number {

inline constexpr std::size_t kPatternMax = 256;      // octets of a pattern
inline constexpr std::size_t kGroupsMax = 16;        // groups of a pattern
inline constexpr std::size_t kGroupNameMax = 32;     // octets of a group's name
inline constexpr std::size_t kPatternTextMax = 256;  // octets of a text; longer ones match nothing

// What is wrong with a pattern or a replacement.
struct PatternMistake {
  std::size_t offset = 0;  // octets before the place that is meant
  std::string text;        // what is wrong, what is allowed
  friend bool operator==(const PatternMistake&, const PatternMistake&) = default;
};

// What the groups of a pattern found; [0] is the whole text.  A group that took no part is empty.
using Groups = std::array<std::string_view, kGroupsMax + 1>;

}  // namespace pbx::number
