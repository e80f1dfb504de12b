// core/config/flatten.h — a Config as a flat list of options, for diff and for showing.
//
// Pure.

#pragma once

#include <string>
#include <vector>

#include "core/config/config.h"
#include "core/config/schema.h"

namespace pbx::config {

struct Leaf {
  std::string path;                // "extensions.101.codecs"
  std::vector<std::string> items;  // the value as it would be written; SECRETS INCLUDED
  Reload reload = Reload::kLive;
  bool is_secret = false;
  bool is_entry = false;  // the beginning of a named thing, such as "extensions.101"; no items

  [[nodiscard]] std::string shown() const;  // for people: secrets as ***
};

// In the order of the documentation.
[[nodiscard]] std::vector<Leaf> flatten(const Config& config);

// "path: value" of every option, one a line, secrets as ***.
[[nodiscard]] std::string dump(const Config& config);

}  // namespace pbx::config
