// core/base/csv.h — tables as text: one row a line, fields between separators.
//
// Pure.  Source: RFC 4180, with these differences: the separator can be chosen; lines may end with
// LF alone; a field that does not begin with '"' may hold '"' as it is, as registries write company
// names; a quoted field does not reach over the end of its line.  A byte order mark before the
// first line is passed over.
//
// Bounds: kCsvFieldsMax fields of a row, kCsvLineMax octets of a line.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace pbx::core {

inline constexpr std::size_t kCsvFieldsMax = 64;
inline constexpr std::size_t kCsvLineMax = 4096;

class CsvReader {
 public:
  // `text` has to live as long as the reader.
  CsvReader(std::string_view text, char separator);

  // Goes to the next line that is not empty; false at the end.
  [[nodiscard]] bool next();

  // The line it stands at, without spaces around.
  [[nodiscard]] std::string_view row() const { return row_; }
  // Of the line it stands at; lines are counted from 1.
  [[nodiscard]] int line() const { return line_; }
  // The fields without quotes and without the spaces around them; valid until next() or fields().
  // Errors: kCorrupt with what is wrong; kLimitReached beyond the bounds.
  [[nodiscard]] Result<const std::vector<std::string>*> fields();

 private:
  std::string_view rest_;
  std::string_view row_;
  char separator_;
  int line_ = 0;
  std::vector<std::string> fields_;
};

}  // namespace pbx::core
