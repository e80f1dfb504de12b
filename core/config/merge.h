// core/config/merge.h — several files as one: sections are merged, nothing may be said twice.
//
// Pure.

#pragma once

#include <span>
#include <string>

#include "core/config/mistakes.h"
#include "core/config/node.h"

namespace pbx::config {

// Adds what `from` says to `into`.  Maps are merged option by option, but the entries of the maps
// of named things (`named`, e.g. "extensions") belong to one file each.  What both say is a
// mistake that names both places; `into` keeps its own.  REQUIRES: both are maps or nothing.
void merge(Node& into, Node from, std::span<const std::string> named, Mistakes& mistakes);

}  // namespace pbx::config
