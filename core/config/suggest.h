// core/config/suggest.h — what somebody may have meant who wrote a name that does not exist.
//
// Pure.

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pbx::config {

// The number of letters to insert, remove, replace or swap with their neighbour to make one of
// the other (optimal string alignment distance).  Letters beyond the first 64 are not compared.
[[nodiscard]] int distance(std::string_view a, std::string_view b);

// The nearest of `names`, or "" if none is near: a third of its letters may be wrong.
[[nodiscard]] std::string nearest(std::string_view wrong, std::span<const std::string> names);

// "there is no schedule `offic`, did you mean `office`?; allowed: night, office".  Of many names
// the first kNamesShown are told.
inline constexpr std::size_t kNamesShown = 20;
[[nodiscard]] std::string not_there(std::string_view what, std::string_view name,
                                    std::span<const std::string> names);

// The names of the entries of a section, to choose from.
template <class Map>
[[nodiscard]] std::vector<std::string> keys_of(const Map& entries) {
  std::vector<std::string> keys;
  for (const auto& [key, entry] : entries) keys.push_back(key);
  return keys;
}

}  // namespace pbx::config
