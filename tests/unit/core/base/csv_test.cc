#include "core/base/csv.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace pbx::core {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows rows_of(std::string_view text, char separator = ';') {
  CsvReader reader(text, separator);
  Rows rows;
  while (reader.next()) {
    const auto fields = reader.fields();
    REQUIRE_MESSAGE(fields.has_value(), fields.error().detail);
    rows.push_back(**fields);
  }
  return rows;
}

Error error_of(std::string_view text) {
  CsvReader reader(text, ';');
  REQUIRE(reader.next());
  const auto fields = reader.fields();
  REQUIRE_FALSE(fields.has_value());
  return fields.error();
}

}  // namespace

TEST_CASE("fields are cut at the separator, without the blanks around them") {
  CHECK(rows_of("a;b;c\n") == Rows{{"a", "b", "c"}});
  CHECK(rows_of(" a ; b\t;; c") == Rows{{"a", "b", "", "c"}});
  CHECK(rows_of("a;\r\n;b\r\n") == Rows{{"a", ""}, {"", "b"}});
  CHECK(rows_of("a,b;c", ',') == Rows{{"a", "b;c"}});
  CHECK(rows_of("\xEF\xBB\xBF"
                "a;b") == Rows{{"a", "b"}});
  CHECK(rows_of("").empty());
  CHECK(rows_of("\n\r\n  \n").empty());
}

TEST_CASE("quotes hold separators, and stand for themselves inside a field") {
  CHECK(rows_of("\"a;b\";c") == Rows{{"a;b", "c"}});
  CHECK(rows_of("\"say \"\"a\"\"\" ;c") == Rows{{"say \"a\"", "c"}});
  CHECK(rows_of("OOO \"a\";c") == Rows{{"OOO \"a\"", "c"}});
  CHECK(rows_of("\"\"") == Rows{{""}});
  CHECK(rows_of("\" a \";") == Rows{{" a ", ""}});
}

TEST_CASE("lines are counted, empty ones too") {
  CsvReader reader("a\n\n\nb\nc", ';');
  CHECK(reader.next());
  CHECK(reader.line() == 1);
  CHECK(reader.next());
  CHECK(reader.line() == 4);
  CHECK(reader.next());
  CHECK(reader.line() == 5);
  CHECK_FALSE(reader.next());
}

TEST_CASE("a line that breaks the rules is refused and the next one can be read") {
  CHECK(error_of("\"a").detail == "a field in quotes is not closed on its line");
  CHECK(error_of("\"a\"b;c").detail == "text follows a field in quotes");
  CHECK(error_of(std::string(kCsvLineMax + 1, 'a')).code == ErrorCode::kLimitReached);
  CHECK(error_of(std::string(kCsvFieldsMax, ';')).code == ErrorCode::kLimitReached);
  CHECK(rows_of(std::string(kCsvFieldsMax - 1, ';')).front().size() == kCsvFieldsMax);
  CsvReader reader("\"a\nb", ';');
  CHECK(reader.next());
  CHECK_FALSE(reader.fields().has_value());
  CHECK(reader.next());
  CHECK((**reader.fields()).front() == "b");
}

}  // namespace pbx::core
