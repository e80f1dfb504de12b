#include "core/number/dial_text.h"

#include <doctest/doctest.h>

#include <string>

namespace pbx::number {

TEST_CASE("digits, plus, context and sub-address are told apart") {
  struct Row {
    const char* text;
    DialText expected;
  };
  const Row rows[] = {
      {"8(910)403-22-12", {"89104032212", false, "", ""}},
      {"+7 910 403 22 12", {"79104032212", true, "", ""}},
      {" ( + 7 ) 910", {"7910", true, "", ""}},
      {"\t101\r\n", {"101", false, "", ""}},
      {"*21*101#", {"*21*101#", false, "", ""}},
      {"#31#", {"#31#", false, "", ""}},
      {"tel:+7-910;ext=5-6", {"7910", true, "", "56"}},
      {"tel:7042;phone-context=example.com", {"7042", false, "", ""}},
      {"tel:863-1234;phone-context=+1-914-555", {"8631234", false, "1914555", ""}},
      {"tel:863-1234;Phone-Context=+1-914;EXT=7", {"8631234", false, "1914", "7"}},
      {"tel:%2B7910;phone-context=%2B7", {"7910", true, "7", ""}},
      {"sip:+7910;ext=5:password@host;user=phone", {"7910", true, "", "5"}},
      {"sips:101@host", {"101", false, "", ""}},
      {"sip:101@host;phone-context=+7",
       {"101", false, "", ""}},  // a parameter of the URI, not of it
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto read = read_dial_text(row.text);
    REQUIRE_MESSAGE(read.has_value(), read.error().detail);
    CHECK(*read == row.expected);
  }
}

TEST_CASE("bounds of dialled text hold") {
  using core::ErrorCode;
  CHECK(read_dial_text(std::string(kDigitsMax, '1')).has_value());
  CHECK(read_dial_text(std::string(kDigitsMax + 1, '1')).error().code == ErrorCode::kLimitReached);
  CHECK(read_dial_text("1" + std::string(kDialTextMax - 1, ' ')).has_value());
  CHECK(read_dial_text("1" + std::string(kDialTextMax, ' ')).error().code ==
        ErrorCode::kLimitReached);
  std::string many = "tel:+7910";
  for (int i = 0; i < 16; ++i) many += ";a=b";
  CHECK(read_dial_text(many).has_value());
  CHECK(read_dial_text(many + ";a=b").error().code == ErrorCode::kLimitReached);
}

}  // namespace pbx::number
