#include "core/base/csv_table.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/text.h"

namespace pbx::core {
namespace {

// Takes one field and the separator after it off `line`.  Null, or what is wrong.
const char* take_field(std::string_view& line, char separator, std::string& out, bool& is_last) {
  out.clear();
  const std::size_t start = line.find_first_not_of(" \t");
  const bool quoted = start != std::string_view::npos && line[start] == '"';
  std::size_t at = quoted ? start + 1 : 0;
  if (quoted) {
    for (;; ++at) {
      if (at >= line.size()) return "a quote is not closed";
      if (line[at] == '"' && (at + 1 == line.size() || line[at + 1] != '"')) break;
      if (line[at] == '"') ++at;
      out += line[at];
    }
    ++at;
  }
  const std::size_t end = std::min(line.find(separator, at), line.size());
  const std::string_view tail = trim(line.substr(at, end - at));
  if (quoted && !tail.empty()) return "text after a closing quote";
  if (!quoted) out = tail;
  is_last = end == line.size();
  line.remove_prefix(is_last ? end : end + 1);
  return nullptr;
}

}  // namespace

CsvTable::CsvTable(std::string_view text) : rest_(text) {
  if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
  std::string_view head;
  if (!take_line(head)) return;
  if (head.find(';') != std::string_view::npos) separator_ = ';';
  if (cut(head, columns_) != nullptr) columns_.clear();
}

std::optional<std::size_t> CsvTable::column(std::string_view name) const {
  for (std::size_t i = 0; i < columns_.size(); ++i)
    if (equals_nocase(columns_[i], name)) return i;
  return std::nullopt;
}

bool CsvTable::take_line(std::string_view& line) {
  while (!rest_.empty()) {
    const std::size_t end = rest_.find('\n');
    line = trim(rest_.substr(0, end));
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    ++line_;
    if (!line.empty() && line.front() != '#') return true;
  }
  return false;
}

const char* CsvTable::cut(std::string_view line, std::vector<std::string>& fields) const {
  fields.clear();
  if (line.size() > kCsvLineMax) return "the line is too long";
  for (bool is_last = false; !is_last;) {
    if (fields.size() == kCsvColumnsMax) return "too many fields";
    if (const char* const fault = take_field(line, separator_, fields.emplace_back(), is_last))
      return fault;
  }
  return nullptr;
}

Result<bool> CsvTable::next(std::vector<std::string>& fields) {
  std::string_view line;
  if (!take_line(line)) return false;
  if (const char* const fault = cut(line, fields))
    return fail(ErrorCode::kInvalidArgument, fault);
  if (fields.size() != columns_.size())
    return fail(
        ErrorCode::kInvalidArgument,
        fmt::format("{} fields where the first line has {}", fields.size(), columns_.size()));
  return true;
}

}  // namespace pbx::core
