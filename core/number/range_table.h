// core/number/range_table.h — whose numbers are they: the public registry of a numbering plan as a
// sorted table of ranges.
//
// Pure, immutable once read.  The file is that of the Russian registry of ABC and DEF codes, which
// the operator downloads and replaces when he likes; no registry data come with the exchange.
// UTF-8, a row a line, fields separated by ';' (csv.h):
//
//   code;from;to;capacity;operator;region[;anything]
//   495;7300000;7309999;10000;"ООО ""Пример""";г. Москва
//   844;2000000;2009999;10000;АО Пример;г. Волгоград|Волгоградская обл.
//
// code: 3 to 5 digits (ABC: a place, DEF: no place); from, to: as many digits each as make numbers
// of the country with the code; capacity: to - from + 1; region: places from small to large between
// '|'.  A first line whose code is no number is taken for the headings.  Fields after the sixth are
// not looked at.
//
// Bounds: kRangeRowsMax rows, kRangeMistakesMax mistakes told, csv.h for a line.  Memory: 24 octets
// a row, and each different operator and region once.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/loader.h"

namespace pbx::number {

inline constexpr std::size_t kRangeRowsMax = 2'000'000;
inline constexpr std::size_t kRangeMistakesMax = 20;
inline constexpr std::size_t kRangeTextsMax = 200'000;  // different operators and regions

// What the table says of a number; views into the table.
struct RangeEntry {
  std::string_view operator_name;
  std::string_view area;  // the largest of the region's places
  std::string_view city;  // the smaller ones, ", " between them; "" if there is only one
};

struct RangeLoad;

class RangeTable {
 public:
  // `source.text` is the file, `country_code` that of its country: "7".  All mistakes are told with
  // the line, and then there is no table: a wrong capacity, an overlap, too few fields, other text
  // than UTF-8, a number of digits that E.164 does not allow.
  static RangeLoad read(const config::SourceText& source, std::string_view country_code);

  // nullopt: in no range.  `e164` with '+'.  Logarithmic time.
  [[nodiscard]] std::optional<RangeEntry> find(std::string_view e164) const;
  [[nodiscard]] std::size_t size() const { return rows_.size(); }

 private:
  friend class RangeTableReader;
  struct Row {  // numbers with their country code, as integers; no code begins with 0
    std::uint64_t first;
    std::uint64_t last;
    std::uint32_t operator_name;  // place in operators_
    std::uint32_t region;         // place in regions_
  };
  struct Region {
    std::string area;
    std::string city;
  };

  std::vector<Row> rows_;  // by first, no overlaps
  std::vector<std::string> operators_;
  std::vector<Region> regions_;
};

// Without mistakes there is a table, which may be empty.
struct RangeLoad {
  RangeTable table;
  std::vector<config::Mistake> mistakes;  // by line; the last one says if there are more
};

}  // namespace pbx::number
