// core/config/document.h — the reference page and the full sample, written from the description of
// the options, so that neither can say anything else than the reader does.
//
// Pure.  A test compares them with docs/configuration.md and conf/full/strowger.yaml.

#pragma once

#include <string>

namespace pbx::config {

// Tables of all options in Markdown: the part of docs/configuration.md between its two markers.
[[nodiscard]] std::string reference_markdown();

// A complete configuration in YAML, every option with what it does, what is allowed and its
// default.  Options that have no default are commented out as `#name: example`.
[[nodiscard]] std::string sample_yaml();

}  // namespace pbx::config
