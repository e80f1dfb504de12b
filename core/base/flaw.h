// core/base/flaw.h — what is wrong with a shape that was given to be compiled.
//
// Pure value.  Schedules and plans are compiled from plain structs that know nothing of files; the
// one who filled the struct knows the place of `path` in its file and tells it to people.

#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace pbx::core {

struct Flaw {
  std::string path;  // within the shape: "week.monday[1]", "plans.incoming.rules[3].called"
  std::string text;  // what is wrong, what is allowed
  friend bool operator==(const Flaw&, const Flaw&) = default;
};

// All flaws at once, at most kFlawsMax; with one there is no T.
inline constexpr std::size_t kFlawsMax = 200;

template <typename T>
using Checked = tl::expected<T, std::vector<Flaw>>;

// Beyond kFlawsMax nothing is kept.
inline void add_flaw(std::vector<Flaw>& flaws, std::string path, std::string text) {
  if (flaws.size() < kFlawsMax) flaws.push_back({std::move(path), std::move(text)});
}

}  // namespace pbx::core
