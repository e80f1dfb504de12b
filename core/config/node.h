// core/config/node.h — a configuration file as a tree of text with places; free of yaml-cpp.
//
// Pure values.  Scalars stay text: what they mean is for forms.h to say.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pbx::config {

// Lines and columns begin at 1; line 0 means the file as a whole.
struct Place {
  std::uint32_t file = 0;  // index into the sources
  int line = 0;
  int column = 0;

  friend auto operator<=>(const Place&, const Place&) = default;
};

// kBroken: there is a value that cannot be used, and that has been said already.
enum class NodeKind : std::uint8_t { kNull, kScalar, kList, kMap, kBroken };

struct Entry;

struct Node {
  NodeKind kind = NodeKind::kNull;
  Place place;
  std::string text;            // of a scalar
  std::vector<Entry> entries;  // of a list (keys are empty) or a map, in the order of the file

  // The value under `key` of a map, or nullptr.  Linear: for sections, not for maps of thousands.
  [[nodiscard]] const Entry* find(std::string_view key) const;
};

struct Entry {
  std::string key;
  Place place;  // of the key; in a list, of the value
  Node value;
};

inline const Entry* Node::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

}  // namespace pbx::config
