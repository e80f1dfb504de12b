// tools/strowger/table.h — text tables for a terminal: columns as wide as their widest cell.
//
// Pure.  Widths are counted in Unicode code points, which is right for all letters a name may
// have and wrong for the rare ones that are drawn double.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pbx::tools {

class Table {
 public:
  // A heading that begins with ">" is of a column aligned to the right.
  explicit Table(std::vector<std::string> headings);

  // REQUIRES: as many cells as headings.
  void add(std::vector<std::string> cells);
  [[nodiscard]] std::size_t rows() const { return rows_.size(); }

  // Headings, then the rows, two spaces apart; no spaces at the ends of lines.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::string> headings_;
  std::vector<bool> right_;
  std::vector<std::vector<std::string>> rows_;
};

// Replaces control characters, so that what a caller named himself cannot move the cursor.
[[nodiscard]] std::string printable(std::string_view text);
[[nodiscard]] std::size_t width(std::string_view utf8);

// "1:02:03", "2:03"; "0:00" for negative ones.
[[nodiscard]] std::string duration_text(std::int64_t seconds);
// "940 KB", "1.2 MB"; decimal units
[[nodiscard]] std::string size_text(std::uint64_t bytes);

}  // namespace pbx::tools
