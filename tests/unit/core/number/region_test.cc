#include "core/number/region.h"

#include <doctest/doctest.h>

#include "tests/unit/core/number/range_sample.h"

namespace pbx::number {
namespace {

Number number_of(const char* text) {
  const auto plan = NumberPlan::open({.country = "RU", .internal = {{"200", "299"}}});
  const auto number = normalise(text, *plan);
  REQUIRE(number);
  return *number;
}

}  // namespace

TEST_CASE("the operator's table is asked first") {
  const RangeTable table = sample_table();
  CHECK(region_of(number_of("+79104032212"), &table, "ru") ==
        Region{"RU", "Россия", "Московская обл.", "", "ПАО \"Образец Мобайл\""});
  CHECK(region_of(number_of("+78442000000"), &table, "en") ==
        Region{"RU", "Russia", "Волгоградская обл.", "г. Волгоград", "АО Образец"});
}

TEST_CASE("the geocoder knows what the table does not") {
  const RangeTable table = sample_table();
  CHECK(region_of(number_of("+79104032212"), nullptr, "en") == Region{"RU", "Russia", "", "", ""});
  CHECK(region_of(number_of("+16502530000"), &table, "en") ==
        Region{"US", "United States", "CA", "Mountain View", ""});
  CHECK(region_of(number_of("+4930901820"), &table, "de") ==
        Region{"DE", "Deutschland", "Berlin", "", ""});
  CHECK(region_of(number_of("+77012345678"), &table, "ru") ==
        Region{"KZ", "Казахстан", "", "", ""});
}

TEST_CASE("what is not E.164 has no region") {
  const RangeTable table = sample_table();
  for (const char* text : {"112", "205", "*43"})
    CHECK(region_of(number_of(text), &table, "en") == Region{});
}

}  // namespace pbx::number
