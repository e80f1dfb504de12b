#include "tools/strowger/number_command.h"

#include <doctest/doctest.h>

using namespace pbx;

TEST_CASE("a number is shown with each step, its kind and its region") {
  number::NumberExplanation told;
  told.sets = {{"mts_in", {{0, "89104032212", "+79104032212", number::AfterRule::kStop}}},
               {"other", {}}};
  told.number = number::Number{"+79104032212", number::NumberKind::kMobile, "RU", "12"};
  told.region = {"RU", "Russia", "Moscow", "", "Example"};
  told.sent = "89104032212";
  CHECK(tools::format_number("8(910)4032212", told) ==
        "8(910)4032212\n"
        "  mts_in     rule 1: 89104032212 → +79104032212\n"
        "  other      no rule matches\n"
        "  number     +79104032212, mobile\n"
        "  extension  12, dialled after the answer\n"
        "  region     Russia, Moscow, Example\n"
        "  sent out   89104032212\n");
}

TEST_CASE("what is no number is shown with the reason") {
  number::NumberExplanation told;
  told.problem = "has too few digits for a number of RU";
  CHECK(tools::format_number("8910", told) ==
        "8910\n  refused  has too few digits for a number of RU\n");
}
