// core/config/suggest.h — what somebody may have meant who wrote a name that does not exist.
//
// Pure.

#pragma once

#include <span>
#include <string>
#include <string_view>

namespace pbx::config {

// The number of letters to insert, remove, replace or swap with their neighbour to make one of
// the other (optimal string alignment distance).  Letters beyond the first 64 are not compared.
[[nodiscard]] int distance(std::string_view a, std::string_view b);

// The nearest of `names`, or "" if none is near: a third of its letters may be wrong.
[[nodiscard]] std::string nearest(std::string_view wrong, std::span<const std::string> names);

}  // namespace pbx::config
