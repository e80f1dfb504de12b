#include "core/base/csv_table.h"

#include <fmt/format.h>

#include "core/base/text.h"

namespace pbx::core {
namespace {

// Of the first line that is no comment.
char separator_of(std::string_view text) {
  for (CsvReader lines(text, ';'); lines.next();)
    if (!lines.row().starts_with('#'))
      return lines.row().find(';') == std::string_view::npos ? ',' : ';';
  return ',';
}

}  // namespace

CsvTable::CsvTable(std::string_view text)
    : separator_(separator_of(text)), reader_(text, separator_) {
  if (!go_to_row()) return;
  if (const auto names = reader_.fields()) columns_ = **names;
}

std::optional<std::size_t> CsvTable::column(std::string_view name) const {
  for (std::size_t i = 0; i < columns_.size(); ++i)
    if (equals_nocase(columns_[i], name)) return i;
  return std::nullopt;
}

bool CsvTable::go_to_row() {
  while (reader_.next())
    if (!reader_.row().starts_with('#')) return true;
  return false;
}

Result<bool> CsvTable::next(std::vector<std::string>& fields) {
  if (!go_to_row()) return false;
  const auto row = reader_.fields();
  if (!row) return forward_error(row);
  if ((*row)->size() != columns_.size())
    return fail(
        ErrorCode::kInvalidArgument,
        fmt::format("has {} fields where the first line has {}", (*row)->size(), columns_.size()));
  fields = **row;
  return true;
}

}  // namespace pbx::core
