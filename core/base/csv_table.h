// core/base/csv_table.h — tables as text whose first line names the columns.
//
// Pure.  As CsvReader reads them; the separator is ';' if the first line has one, else ','.  Lines
// that begin with '#' are comments.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/csv.h"
#include "core/base/result.h"

namespace pbx::core {

class CsvTable {
 public:
  // `text` outlives the table.  Reads the names of the columns: without case and spaces around.
  explicit CsvTable(std::string_view text);

  [[nodiscard]] char separator() const { return separator_; }
  [[nodiscard]] std::optional<std::size_t> column(std::string_view name) const;

  // The fields of the next line, trimmed; as many as columns.  False: no more.
  // A line that cannot be read gives an error, and the one after it can be read.
  [[nodiscard]] Result<bool> next(std::vector<std::string>& fields);
  // Of the line that was read last, from 1.
  [[nodiscard]] int line() const { return reader_.line(); }

 private:
  [[nodiscard]] bool go_to_row();

  char separator_;
  CsvReader reader_;
  std::vector<std::string> columns_;
};

}  // namespace pbx::core
