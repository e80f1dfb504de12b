// core/config/yaml.h — YAML text to our own tree.  yaml.cc is the only file that sees yaml-cpp.
//
// Pure.  yaml-cpp accepts a key twice; we do not: the first stays, the second is a mistake that
// names the first.  Aliases are expanded within kNodesMax; merge keys (<<), several documents and
// keys that are not plain text are refused.  Control characters in a value are refused, because
// values end up in header fields and log lines.

#pragma once

#include <cstdint>
#include <optional>

#include "core/config/loader.h"
#include "core/config/mistakes.h"
#include "core/config/node.h"

namespace pbx::config {

// The document of `source`, which is number `file` of the sources, without the values that were
// refused; nullopt if so much is wrong that nothing can be said about the rest.
[[nodiscard]] std::optional<Node> read_yaml(const SourceText& source, std::uint32_t file,
                                            Mistakes& mistakes);

}  // namespace pbx::config
