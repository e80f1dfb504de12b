#include "core/number/phone_library.h"

#include <doctest/doctest.h>

#include <string_view>

namespace pbx::number {

TEST_CASE("countries and their codes") {
  CHECK(country_code_of("RU") == "7");
  CHECK(country_code_of("KZ") == "7");
  CHECK(country_code_of("GB") == "44");
  CHECK(country_code_of("ru").empty());
  CHECK(country_code_of("").empty());
  CHECK(country_of_code("7") == "RU");
  CHECK(country_of_code("1") == "US");
  CHECK(country_of_code("883") == "001");
  CHECK(country_of_code("999").empty());
  CHECK(country_of_code("x").empty());
  CHECK(library_knows_country("DE"));
  CHECK_FALSE(library_knows_country("ZZ"));
}

TEST_CASE("a number whose range is not known belongs to the main country of its code") {
  const auto number = parse_international("71234567890");
  REQUIRE(number);
  CHECK(number->country == "RU");
  CHECK(number->kind == NumberKind::kUnknown);
}

TEST_CASE("short numbers differ by country") {
  CHECK(short_kind("112", "RU") == NumberKind::kEmergency);
  CHECK(short_kind("911", "US") == NumberKind::kEmergency);
  CHECK(short_kind("110", "DE") == NumberKind::kEmergency);
  CHECK(short_kind("116117", "DE") == NumberKind::kShort);
  CHECK(short_kind("116117", "RU") == NumberKind::kUnknown);
  CHECK(short_kind("84957304487", "RU") == NumberKind::kUnknown);
}

TEST_CASE("separators as people of the country write them") {
  CHECK(separated("+74957304487", Separated::kInternational) == "+7 495 730-44-87");
  CHECK(separated("+74957304487", Separated::kNational) == "8 (495) 730-44-87");
  CHECK(separated("+16502530000", Separated::kNational) == "(650) 253-0000");
  CHECK(separated("nonsense", Separated::kNational) == "nonsense");
}

TEST_CASE("the geocoder names areas and countries in the language asked for") {
  CHECK(describe_area("+16502530000", "en") == "Mountain View, CA");
  CHECK(describe_area("+4930901820", "de") == "Berlin");
  CHECK(describe_area("+79104032212", "en").empty());
  CHECK(describe_country("+79104032212", "en") == "Russia");
  CHECK(describe_country("+79104032212", "ru") == "Россия");
  CHECK(describe_country("+16502530000", "en") == "United States");
  CHECK(describe_area("nonsense", "en").empty());
  CHECK(describe_country("nonsense", "en").empty());
}

}  // namespace pbx::number
