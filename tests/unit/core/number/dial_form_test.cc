#include "core/number/dial_form.h"

#include <doctest/doctest.h>

#include <string>

namespace pbx::number {
namespace {

Number number_of(const char* text) {
  const auto plan = NumberPlan::open({.country = "RU", .internal = {{"200", "299"}}});
  const auto number = normalise(text, *plan);
  REQUIRE(number);
  return *number;
}

}  // namespace

TEST_CASE("numbers go out as the provider wants them") {
  const DialForm british{"44", "0", "00"};
  const DialForm american{"1", "1", "011"};
  const DialForm bare_national{"7", "", "810"};
  struct Row {
    const char* number;
    DialForm form;
    const char* written;
  };
  const Row rows[] = {
      {"+74957304487", e164_form(), "+74957304487"},
      {"+74957304487", digits_form(), "74957304487"},
      {"+74957304487", russian_form(), "84957304487"},
      {"+74957304487", bare_national, "4957304487"},
      {"+74957304487", british, "0074957304487"},
      {"+74957304487", american, "01174957304487"},
      {"+4930901820", russian_form(), "8104930901820"},
      {"+442079460958", british, "02079460958"},
      {"+16502530000", american, "16502530000"},
      {"+442079460958", american, "011442079460958"},
      {"112", russian_form(), "112"},
      {"103", e164_form(), "103"},
      {"205", american, "205"},
      {"*43", digits_form(), "*43"},
  };
  for (const Row& row : rows) CHECK(format(number_of(row.number), row.form) == row.written);
}

TEST_CASE("what is written in the form of a provider is read back as the same number") {
  const auto plan = NumberPlan::open({.country = "RU"});
  for (const char* text :
       {"+74957304487", "+79104032212", "+4930901820", "+16502530000", "+77012345678"}) {
    for (const DialForm& form : {e164_form(), russian_form(), DialForm{"7", "", "00"}})
      CHECK(normalise(format(number_of(text), form), *plan)->text == text);
  }
}

TEST_CASE("a form of anything but digits is refused by name") {
  CHECK(check(russian_form()).has_value());
  CHECK(check(e164_form()).has_value());
  CHECK(check({"+7", "8", "810"}).error().detail == "country_code: '+7' is not at most 32 digits");
  CHECK(check({"7", "8x", "810"}).error().detail ==
        "national_prefix: '8x' is not at most 32 digits");
  CHECK(check({"7", "8", "+8"}).error().detail ==
        "international_prefix: '+8' is not at most 32 digits");
  CHECK_FALSE(check({"7", std::string(33, '1'), "+"}).has_value());
}

TEST_CASE("people see their own country's numbers in its own form") {
  CHECK(display(number_of("+74957304487"), "RU") == "8 (495) 730-44-87");
  CHECK(display(number_of("+74957304487"), "DE") == "+7 495 730-44-87");
  CHECK(display(number_of("+4930901820"), "RU") == "+49 30 901820");
  CHECK(display(number_of("112"), "RU") == "112");
  CHECK(display(number_of("205"), "RU") == "205");
}

TEST_CASE("a tel URI says where a number that is not E.164 holds") {
  CHECK(tel_uri(number_of("+74957304487"), "+7") == "tel:+74957304487");
  CHECK(tel_uri(number_of("tel:+74957304487;ext=12"), "+7") == "tel:+74957304487;ext=12");
  CHECK(tel_uri(number_of("112"), "+7") == "tel:112;phone-context=+7");
  CHECK(tel_uri(number_of("205"), "pbx.example") == "tel:205;phone-context=pbx.example");
}

}  // namespace pbx::number
