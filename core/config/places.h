// core/config/places.h — where in the files each option stands, for mistakes found after reading.
//
// Pure; lives as long as one parse().  Paths are those of the documentation: "media.rtp_ports",
// "profiles.phones.listen[0]"; extensions of a range share the path of its key.

#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "core/config/node.h"

namespace pbx::config {

class Places {
 public:
  void add(const std::string& path, Place place) { places_.insert_or_assign(path, place); }
  // The text at `path` could not be used: what the Config says there is not what was meant.
  void add_bad(const std::string& path) { bad_.insert(path); }
  // Extension 105 stands under the key 100-109.
  void add_key(const std::string& entry, const std::string& key) { keys_.emplace(entry, key); }

  [[nodiscard]] bool has(const std::string& path) const { return places_.contains(path); }
  [[nodiscard]] bool is_bad(const std::string& path) const { return bad_.contains(path); }

  // The path as it is written in the file: "extensions.105" → "extensions.100-109".
  [[nodiscard]] std::string key_of(const std::string& entry) const {
    const auto known = keys_.find(entry);
    return known == keys_.end() ? entry : known->second;
  }

  // Of `path`, or of the nearest section around it that is in the files, or of the first file.
  [[nodiscard]] Place find(std::string path) const {
    while (true) {
      const auto known = places_.find(path);
      if (known != places_.end()) return known->second;
      const std::size_t cut = path.find_last_of(".[");
      if (cut == std::string::npos) return {};
      path.resize(cut);
    }
  }

 private:
  std::map<std::string, Place, std::less<>> places_;
  std::map<std::string, std::string, std::less<>> keys_;
  std::set<std::string, std::less<>> bad_;
};

}  // namespace pbx::config
