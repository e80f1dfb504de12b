#include "core/number/range_table.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/unit/core/number/range_sample.h"

namespace pbx::number {
namespace {

std::vector<std::string> mistakes_of(const std::string& text, const char* country_code = "7") {
  std::vector<std::string> messages;
  for (const auto& mistake : RangeTable::read({"ranges.csv", text}, country_code).mistakes)
    messages.push_back(mistake.message());
  return messages;
}

using Messages = std::vector<std::string>;

}  // namespace

TEST_CASE("a number is found in the range that holds it, at both ends") {
  const RangeTable table = sample_table();
  CHECK(table.size() == 7);
  struct Row {
    const char* number;
    const char* operator_name;
    const char* area;
    const char* city;
  };
  const Row rows[] = {
      {"+74957300000", "ООО \"Пример Связь\"", "г. Москва", ""},
      {"+74957309999", "ООО \"Пример Связь\"", "г. Москва", ""},
      {"+74957310000", "АО Образец", "г. Москва", ""},
      {"+78442000000", "АО Образец", "Волгоградская обл.", "г. Волгоград"},
      {"+78443212345", "АО Образец", "Волгоградская обл.", "г. Волжский, р-н Среднеахтубинский"},
      {"+79104032212", "ПАО \"Образец Мобайл\"", "Московская обл.", ""},
      {"+79999999999", "ООО \"Пример Связь\"", "Российская Федерация", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.number);
    const auto entry = table.find(row.number);
    REQUIRE(entry.has_value());
    CHECK(entry->operator_name == row.operator_name);
    CHECK(entry->area == row.area);
    CHECK(entry->city == row.city);
  }
}

TEST_CASE("a number outside of all ranges is not found") {
  const RangeTable table = sample_table();
  for (const char* number :
       {"+74957299999", "+74957330000", "+70000000000", "+80000000000", "74957300000", "", "+",
        "+7495730", "+749573000001", "+44957300000", "+99999999999999999999", "+7495x300000"})
    CHECK_FALSE_MESSAGE(table.find(number).has_value(), number);
  CHECK_FALSE(RangeTable().find("+74957300000").has_value());
}

TEST_CASE("rows may come in any order, with or without headings and a byte order mark") {
  const auto load = RangeTable::read({"r",
                                      "\xEF\xBB\xBF"
                                      "495;2;3;2;B;Y\r\n495;0;1;2;A;X\r\n"},
                                     "7");
  CHECK(load.mistakes.empty());
  CHECK(load.table.find("+74950")->operator_name == "A");
  CHECK(load.table.find("+74953")->operator_name == "B");
  CHECK(RangeTable::read({"r", ""}, "7").mistakes.empty());
  CHECK(RangeTable::read({"r", "code;from;to\n"}, "7").table.size() == 0);
}

TEST_CASE("each mistake of a table is told with file and line") {
  CHECK(mistakes_of("495;0;1;2;A\n") ==
        Messages{"ranges.csv:1:1: has 5 fields; code;from;to;capacity;operator;region are needed"});
  CHECK(mistakes_of("headings\nheadings;0;1;2;A;X\n") ==
        Messages{"ranges.csv:2:1: the code is not 3 to 5 digits"});
  CHECK(mistakes_of("49;0;1;2;A;X") == Messages{"ranges.csv:1:1: the code is not 3 to 5 digits"});
  CHECK(mistakes_of("495;0;10;11;A;X") ==
        Messages{"ranges.csv:1:1: from and to are no range of numbers of one length"});
  CHECK(mistakes_of("495;1;0;2;A;X") ==
        Messages{"ranges.csv:1:1: from and to are no range of numbers of one length"});
  CHECK(mistakes_of("495;x;1;2;A;X") ==
        Messages{"ranges.csv:1:1: from and to are no range of numbers of one length"});
  CHECK(mistakes_of("495;0;1;3;A;X") ==
        Messages{"ranges.csv:1:1: the capacity is not 2, as from and to say"});
  CHECK(mistakes_of("495;0;1;;A;X") ==
        Messages{"ranges.csv:1:1: the capacity is not 2, as from and to say"});
  CHECK(mistakes_of("495;000000000000;000000000001;2;A;X") ==
        Messages{"ranges.csv:1:1: code and number have more digits than the 15 of E.164"});
  CHECK(mistakes_of("495;0;1;2;\xCE\xCE\xCE;X") ==
        Messages{"ranges.csv:1:1: is not UTF-8: convert the file, mostly from Windows-1251"});
  CHECK(mistakes_of("495;0;1;2;\"A;X") ==
        Messages{"ranges.csv:1:1: a field in quotes is not closed on its line"});
  CHECK(mistakes_of("495;0;1;2;A;X", "+7") ==
        Messages{"ranges.csv: the country code of the table is not 1 to 3 digits"});
  CHECK(mistakes_of("495;0;1;2;A;X\n495;5;6;2;A;X\n\n495;1;4;4;B;Y\n") ==
        Messages{"ranges.csv:4:1: has numbers that line 1 has already"});
  // A wide range is remembered beyond the narrow ones inside of it.
  CHECK(mistakes_of("495;0;9;10;A;X\n495;1;2;2;A;X\n495;5;6;2;A;X\n") ==
        Messages{"ranges.csv:2:1: has numbers that line 1 has already",
                 "ranges.csv:3:1: has numbers that line 1 has already"});
}

TEST_CASE("all mistakes are counted, the first ones are told, and there is no table") {
  std::string text;
  for (int i = 0; i < 25; ++i) text += "495;0;1;9;A;X\n";
  const auto load = RangeTable::read({"ranges.csv", text}, "7");
  REQUIRE(load.mistakes.size() == kRangeMistakesMax + 1);
  CHECK(load.mistakes.back().message() == "ranges.csv: 5 more mistakes");
  CHECK(load.table.size() == 0);
}

}  // namespace pbx::number
