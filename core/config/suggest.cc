#include "core/config/suggest.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace pbx::config {
namespace {

constexpr std::size_t kComparedMax = 64;
using Row = std::array<int, kComparedMax + 1>;

}  // namespace

int distance(std::string_view a, std::string_view b) {
  a = a.substr(0, kComparedMax);
  b = b.substr(0, kComparedMax);
  Row before_last{};
  Row last{};
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    Row row{};
    row[0] = static_cast<int>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const int replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = last;
    last = row;
  }
  return last[b.size()];
}

std::string nearest(std::string_view wrong, std::span<const std::string> names) {
  std::string best;
  int best_distance = 0;
  for (const std::string& name : names) {
    const int found = distance(wrong, name);
    const int allowed = std::max(1, static_cast<int>(name.size()) / 3);
    if (found > allowed || (!best.empty() && found >= best_distance)) continue;
    best = name;
    best_distance = found;
  }
  return best;
}

std::string not_there(std::string_view what, std::string_view name,
                      std::span<const std::string> names) {
  const std::string meant = nearest(name, names);
  const std::string hint = meant.empty() ? "" : fmt::format(", did you mean `{}`?", meant);
  if (names.empty()) return fmt::format("there is no {} `{}`; none is configured", what, name);
  return fmt::format("there is no {} `{}`{}; allowed: {}{}", what, name, hint,
                     fmt::join(names.first(std::min(names.size(), kNamesShown)), ", "),
                     names.size() > kNamesShown ? " and others" : "");
}

}  // namespace pbx::config
