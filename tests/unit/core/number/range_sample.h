// tests/unit/core/number/range_sample.h — a made-up table of ranges: no row is of a real registry.

#pragma once

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <utility>

#include "core/number/range_table.h"

namespace pbx::number {

inline RangeTable sample_table() {
  const std::string file = PBX_SOURCE_DIR "/tests/golden/numbers/ranges.csv";
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  auto load = RangeTable::read({file, text.str()}, "7");
  for (const auto& mistake : load.mistakes) FAIL(mistake.message());
  return std::move(load.table);
}

}  // namespace pbx::number
