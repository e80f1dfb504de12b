// core/base/csv_table.h — reads a table of text line by line (RFC 4180).
//
// Pure.  The first line names the columns.  The separator is ';' if that line has one, else ','.
// Lines end with LF or CRLF; a field may be quoted, "" within quotes is one quote; a quoted field
// does not go over the end of its line.  Empty lines and lines that begin with '#' are skipped.
//
// Bounds: kCsvColumnsMax columns, kCsvLineMax octets in a line.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace pbx::core {

inline constexpr std::size_t kCsvColumnsMax = 64;
inline constexpr std::size_t kCsvLineMax = 4000;

class CsvTable {
 public:
  // `text` outlives the reader.  Reads the names of the columns: without case and spaces around.
  explicit CsvTable(std::string_view text);

  [[nodiscard]] char separator() const { return separator_; }
  [[nodiscard]] std::optional<std::size_t> column(std::string_view name) const;

  // The fields of the next line, trimmed; as many as columns.  False: no more.
  // A line that cannot be read gives an error, and the one after it can be read.
  [[nodiscard]] Result<bool> next(std::vector<std::string>& fields);
  // Of the line that was read last, from 1.
  [[nodiscard]] int line() const { return line_; }

 private:
  [[nodiscard]] bool take_line(std::string_view& line);
  [[nodiscard]] const char* cut(std::string_view line, std::vector<std::string>& fields) const;

  std::string_view rest_;
  char separator_ = ',';
  int line_ = 0;
  std::vector<std::string> columns_;
};

}  // namespace pbx::core
