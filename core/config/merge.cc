#include "core/config/merge.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include <fmt/format.h>

namespace pbx::config {
namespace {

// Of a map: the whole file, a section, or a map of named things.
enum class Level : std::uint8_t { kRoot, kSection, kNamed };

bool is_map(const Entry& entry) { return entry.value.kind == NodeKind::kMap; }
bool is_nothing(const Entry& entry) { return entry.value.kind == NodeKind::kNull; }

class Merger {
 public:
  Merger(std::span<const std::string> named, Mistakes& mistakes)
      : named_(named), mistakes_(mistakes) {}

  void merge_maps(Node& into, Node from, Level level) {
    std::map<std::string, std::size_t, std::less<>> index;
    for (std::size_t i = 0; i < into.entries.size(); ++i) index.emplace(into.entries[i].key, i);
    for (Entry& entry : from.entries) {
      const auto known = index.find(entry.key);
      if (known == index.end()) {
        into.entries.push_back(std::move(entry));
      } else {
        merge_entry(into.entries[known->second], std::move(entry), level);
      }
    }
  }

 private:
  void merge_entry(Entry& first, Entry second, Level level) {
    const bool may_merge = level != Level::kNamed;
    if (may_merge && is_nothing(second)) return;
    if (may_merge && is_nothing(first)) {
      first = std::move(second);
    } else if (may_merge && is_map(first) && is_map(second)) {
      merge_maps(first.value, std::move(second.value), level_of(first.key, level));
    } else {
      mistakes_.add(second.place, fmt::format("`{}` is given twice, first at {}", second.key,
                                              mistakes_.text_of(first.place)));
    }
  }

  [[nodiscard]] Level level_of(const std::string& key, Level parent) const {
    const bool is_named = std::find(named_.begin(), named_.end(), key) != named_.end();
    return parent == Level::kRoot && is_named ? Level::kNamed : Level::kSection;
  }

  std::span<const std::string> named_;
  Mistakes& mistakes_;
};

}  // namespace

void merge(Node& into, Node from, std::span<const std::string> named, Mistakes& mistakes) {
  if (from.kind == NodeKind::kNull) return;
  if (into.kind == NodeKind::kNull) {
    into = std::move(from);
    return;
  }
  Merger(named, mistakes).merge_maps(into, std::move(from), Level::kRoot);
}

}  // namespace pbx::config
