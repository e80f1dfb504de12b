#include "core/config/mistakes.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace pbx::config {

std::string Mistake::message() const {
  if (line == 0) return fmt::format("{}: {}", file, text);
  return fmt::format("{}:{}:{}: {}", file, line, column, text);
}

void Mistakes::add(Place place, std::string text) {
  if (!found_.empty() && found_.back().place == place && found_.back().text == text) return;
  ++count_;
  if (!is_full()) found_.push_back({place, std::move(text)});
}

std::string Mistakes::text_of(Place place) const {
  return fmt::format("{}:{}", file_name(place), place.line);
}

std::vector<Mistake> Mistakes::take() && {
  std::stable_sort(found_.begin(), found_.end(),
                   [](const Found& a, const Found& b) { return a.place < b.place; });
  std::vector<Mistake> told;
  for (Found& found : found_) {
    if (told.size() == kMistakesMax) break;
    told.push_back(
        {file_name(found.place), found.place.line, found.place.column, std::move(found.text)});
  }
  if (count_ > told.size()) {
    told.push_back({told.back().file, 0, 0,
                    fmt::format("{} more mistakes are not listed", count_ - told.size())});
  }
  return told;
}

}  // namespace pbx::config
