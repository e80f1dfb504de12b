#include "core/base/csv.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"

namespace pbx::core {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Takes a field in quotes from the front of `text`, quotes doubled inside.
Result<std::string> take_quoted(std::string_view& text) {
  std::string field;
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] != '"') {
      field += text[at];
    } else if (at + 1 < text.size() && text[at + 1] == '"') {
      field += text[at++];
    } else {
      text.remove_prefix(at + 1);
      return field;
    }
  }
  return fail(ErrorCode::kCorrupt, "a field in quotes is not closed on its line");
}

std::string_view skip_blanks(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

}  // namespace

CsvReader::CsvReader(std::string_view text, char separator) : rest_(text), separator_(separator) {
  if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
}

bool CsvReader::next() {
  while (!rest_.empty()) {
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    row_ = trim(rest_.substr(0, end));
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++line_;
    if (!row_.empty()) return true;
  }
  return false;
}

Result<const std::vector<std::string>*> CsvReader::fields() {
  fields_.clear();
  if (row_.size() > kCsvLineMax)
    return fail(ErrorCode::kLimitReached, fmt::format("is longer than {} octets", kCsvLineMax));
  std::string_view text = row_;
  while (true) {
    if (fields_.size() == kCsvFieldsMax)
      return fail(ErrorCode::kLimitReached, fmt::format("has more than {} fields", kCsvFieldsMax));
    text = skip_blanks(text);
    if (text.starts_with('"')) {
      auto quoted = take_quoted(text);
      if (!quoted) return forward_error(quoted);
      fields_.push_back(std::move(*quoted));
      text = skip_blanks(text);
      if (!text.empty() && text.front() != separator_)
        return fail(ErrorCode::kCorrupt, "text follows a field in quotes");
    } else {
      const std::size_t end = std::min(text.find(separator_), text.size());
      fields_.emplace_back(trim(text.substr(0, end)));
      text.remove_prefix(end);
    }
    if (text.empty()) return &fields_;
    text.remove_prefix(1);
  }
}

}  // namespace pbx::core
