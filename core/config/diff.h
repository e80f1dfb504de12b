// core/config/diff.h — what a reload changes, and what of it has to wait for a restart.
//
// Pure.

#pragma once

#include <string>
#include <vector>

#include "core/config/config.h"

namespace pbx::config {

struct Change {
  std::string option;  // "extensions.101.codecs", "media.workers"
  std::string text;    // for the log: "media.workers: 2 → 4"; secrets are shown as ***
  friend bool operator==(const Change&, const Change&) = default;
};

struct Diff {
  std::vector<Change> live;     // in force as soon as the new Config is handed out
  std::vector<Change> restart;  // the running process keeps the old value until it is restarted

  [[nodiscard]] bool is_empty() const { return live.empty() && restart.empty(); }
};

[[nodiscard]] Diff diff(const Config& before, const Config& after);

// `after` with every option that needs a restart set back to what `before` says: what a reload
// hands out, so that no part sees a value that is not in force.
[[nodiscard]] Config live_part(const Config& before, const Config& after);

}  // namespace pbx::config
