// Any bytes as a table of ranges: a table or mistakes with lines, and every row can be found.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/base/csv.h"
#include "core/number/range_table.h"

namespace {

using namespace pbx::number;

void check(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto load = RangeTable::read({"ranges.csv", text}, "7");
  check(load.mistakes.size() <= kRangeMistakesMax + 1);
  for (const auto& mistake : load.mistakes) check(!mistake.text.empty());
  check(load.mistakes.empty() || load.table.size() == 0);
  pbx::core::CsvReader reader(text, ';');
  std::size_t found = 0;
  while (reader.next()) {
    const auto fields = reader.fields();
    if (!fields || (**fields).size() < 3) continue;
    if (load.table.find("+7" + (**fields)[0] + (**fields)[2])) ++found;
  }
  check(found >= load.table.size());
  return 0;
}
