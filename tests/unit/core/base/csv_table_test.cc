#include "core/base/csv_table.h"

#include <doctest/doctest.h>

namespace pbx::core {
namespace {

using Fields = std::vector<std::string>;

// The fields of each line, or {"line 3: what is wrong"}.
std::vector<Fields> lines_of(std::string_view text) {
  CsvTable reader(text);
  std::vector<Fields> lines;
  Fields fields;
  while (true) {
    const auto more = reader.next(fields);
    if (more && !*more) return lines;
    if (more)
      lines.push_back(fields);
    else
      lines.push_back({"line " + std::to_string(reader.line()) + ": " + more.error().detail});
  }
}

}  // namespace

TEST_CASE("tables of text") {
  struct Row {
    std::string text;
    std::vector<Fields> lines;
  };
  const Row rows[] = {
      {"", {}},
      {"a,b", {}},
      {"a,b\n1,2\n", {{"1", "2"}}},
      {"a,b\r\n1,2\r\n3,4", {{"1", "2"}, {"3", "4"}}},
      {"\xEF\xBB\xBF"
       "a,b\n1,2",
       {{"1", "2"}}},
      {"a;b\n1,5;2", {{"1,5", "2"}}},
      {"# prices\n\na,b\n\n# more\n 1 , 2 \n", {{"1", "2"}}},
      {"a,b\n,\n", {{"", ""}}},
      {"a,b\n\"1,5\",\"say \"\"hi\"\"\"\n", {{"1,5", "say \"hi\""}}},
      {"a,b\n \"1\" , 2\n", {{"1", "2"}}},
      {"a,b\n1\n3,4\n", {{"line 2: has 1 fields where the first line has 2"}, {"3", "4"}}},
      {"a,b\n1,2,3\n", {{"line 2: has 3 fields where the first line has 2"}}},
      {"a,b\n\"1,2\n3,4\n", {{"line 2: a field in quotes is not closed on its line"}, {"3", "4"}}},
      {"a,b\n\"1\"x,2\n", {{"line 2: text follows a field in quotes"}}},
      {"a,b\n1," + std::string(kCsvLineMax, 'x'), {{"line 2: is longer than 4096 octets"}}},
      {"a,b\n" + std::string(kCsvFieldsMax, ','), {{"line 2: has more than 64 fields"}}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text.substr(0, 40));
    CHECK(lines_of(row.text) == row.lines);
  }
}

TEST_CASE("columns are found by name without case") {
  const CsvTable reader("Prefix; \"price\" ;name\n");
  CHECK(reader.separator() == ';');
  CHECK(reader.column("prefix") == 0);
  CHECK(reader.column("PRICE") == 1);
  CHECK(!reader.column("cost").has_value());
}

}  // namespace pbx::core
