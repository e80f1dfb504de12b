#include "core/number/number.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/number/dial_text.h"

namespace pbx::number {
namespace {

using enum NumberKind;

NumberPlan plan_of(NumberPlanOptions options) {
  auto plan = NumberPlan::open(std::move(options));
  REQUIRE_MESSAGE(plan.has_value(), plan.error().detail);
  return *plan;
}

NumberPlan country(const char* name) { return plan_of({.country = name}); }

// A Moscow office with extensions 200 to 299 and 7-digit local numbers.
NumberPlan moscow() {
  return plan_of({.country = "RU",
                  .area_code = "495",
                  .local_digits_min = 7,
                  .local_digits_max = 7,
                  .short_numbers = {"0890", "06050"},
                  .internal = {{"200", "299"}, {"5000", "5999"}}});
}

struct Row {
  const char* text;
  const char* stored;
  NumberKind kind;
  const char* country = "";
};

template <std::size_t N>
void check_rows(const NumberPlan& plan, const Row (&rows)[N]) {
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto number = normalise(row.text, plan);
    REQUIRE_MESSAGE(number.has_value(), number.error().detail);
    CHECK(number->text == row.stored);
    CHECK(to_text(number->kind) == to_text(row.kind));
    CHECK(number->country == row.country);
    const auto again = normalise(number->text, plan);
    REQUIRE(again.has_value());
    CHECK(again->text == number->text);
    CHECK(again->kind == number->kind);
  }
}

struct Refusal {
  const char* text;
  const char* why;
};

template <std::size_t N>
void check_refusals(const NumberPlan& plan, const Refusal (&rows)[N]) {
  for (const Refusal& row : rows) {
    CAPTURE(row.text);
    const auto number = normalise(row.text, plan);
    REQUIRE_FALSE_MESSAGE(number.has_value(), number->text);
    CHECK(number.error().detail == row.why);
  }
}

}  // namespace

TEST_CASE("a Russian mobile number has one form however it is written") {
  for (const char* text : {"8(910)4032212",
                           "+7 910 403 22 12",
                           "9104032212",
                           "8 910 403-22-12",
                           "8-910-403-22-12",
                           "+7(910)403-22-12",
                           "+7-910-4032212",
                           "79104032212",
                           "7 910 4032212",
                           "89104032212",
                           "+79104032212",
                           "  +7 910 403 22 12  ",
                           "8.910.403.22.12",
                           "8/910/403/22/12",
                           "(910) 403-22-12",
                           "910-403-22-12",
                           "8 (910) 403 22 12",
                           "+7\xC2\xA0"
                           "910\xC2\xA0"
                           "4032212",
                           "8\xE2\x80\x93"
                           "910\xE2\x80\x93"
                           "403\xE2\x80\x91"
                           "22\xE2\x80\x91"
                           "12",
                           "8107 910 4032212",
                           "8-10-7-910-4032212",
                           "007 910 403 22 12",
                           "tel:+79104032212",
                           "tel:+7-910-403-22-12",
                           "TEL:+7(910)403-22-12",
                           "tel:9104032212;phone-context=+7",
                           "tel:4032212;phone-context=+7910",
                           "tel:4032212;phone-context=+7-910",
                           "tel:89104032212;phone-context=+7",
                           "tel:9104032212;phone-context=+7910",
                           "tel:+79104032212;isub=12",
                           "tel:+79104032212;npdi;rn=+7495",
                           "tel:89104032212;phone-context=office.example",
                           "sip:+79104032212@host;user=phone",
                           "sip:89104032212@192.0.2.1",
                           "sip:89104032212@192.0.2.1:5060;transport=udp;user=phone",
                           "sips:+79104032212@[2001:db8::1];user=phone",
                           "SIP:%2B79104032212@host",
                           "sip:+7-910-403-22-12@host;user=phone",
                           "sip:9104032212;phone-context=+7@host;user=phone",
                           "sip:+79104032212:secret@host",
                           "sip:+79104032212;npdi@host;user=phone"}) {
    CAPTURE(text);
    const auto number = normalise(text, country("RU"));
    REQUIRE_MESSAGE(number.has_value(), number.error().detail);
    CHECK(*number == Number{"+79104032212", kMobile, "RU", ""});
  }
}

TEST_CASE("numbers dialled in Russia") {
  const Row rows[] = {
      {"84957304487", "+74957304487", kFixed, "RU"},
      {"+74957304487", "+74957304487", kFixed, "RU"},
      {"74957304487", "+74957304487", kFixed, "RU"},
      {"4957304487", "+74957304487", kFixed, "RU"},
      {"8 (495) 730-44-87", "+74957304487", kFixed, "RU"},
      {"8(499)2345678", "+74992345678", kFixed, "RU"},
      {"8(812)3456789", "+78123456789", kFixed, "RU"},
      {"8123456789", "+78123456789", kFixed, "RU"},
      {"+7 (843) 200-00-01", "+78432000001", kFixed, "RU"},
      {"8 383 2000001", "+73832000001", kFixed, "RU"},
      {"83422000001", "+73422000001", kFixed, "RU"},
      {"8 (4012) 20-00-01", "+74012200001", kFixed, "RU"},
      {"89991234567", "+79991234567", kMobile, "RU"},
      {"9031234567", "+79031234567", kMobile, "RU"},
      {"+7 926 000 00 01", "+79260000001", kMobile, "RU"},
      {"88005553535", "+78005553535", kTollFree, "RU"},
      {"8 800 555 35 35", "+78005553535", kTollFree, "RU"},
      {"8005553535", "+78005553535", kTollFree, "RU"},
      {"8 809 555 12 34", "+78095551234", kPremium, "RU"},
      {"8095551234", "+78095551234", kPremium, "RU"},
      {"1234567890", "+71234567890", kUnknown, "RU"},
      {"87012345678", "+77012345678", kMobile, "KZ"},
      {"+7 727 258 00 00", "+77272580000", kFixed, "KZ"},
      {"8-10-49-30-901820", "+4930901820", kFixed, "DE"},
  };
  check_rows(country("RU"), rows);
}

TEST_CASE("numbers of other countries dialled in Russia") {
  const Row rows[] = {
      {"8104930901820", "+4930901820", kFixed, "DE"},
      {"004930901820", "+4930901820", kFixed, "DE"},
      {"+49 30 901820", "+4930901820", kFixed, "DE"},
      {"810 49 1512 3456789", "+4915123456789", kMobile, "DE"},
      {"8-10-44-20-7946-0958", "+442079460958", kFixed, "GB"},
      {"0044 7400 123456", "+447400123456", kMobile, "GB"},
      {"8 10 1 650 253 0000", "+16502530000", kFixedOrMobile, "US"},
      {"001 650 253 0000", "+16502530000", kFixedOrMobile, "US"},
      {"8 10 375 29 491 19 11", "+375294911911", kMobile, "BY"},
      {"+375 17 294 19 11", "+375172941911", kFixed, "BY"},
      {"+380 50 123 45 67", "+380501234567", kMobile, "UA"},
      {"8 10 998 91 234 56 78", "+998912345678", kMobile, "UZ"},
      {"+374 77 123456", "+37477123456", kMobile, "AM"},
      {"+995 555 12 34 56", "+995555123456", kMobile, "GE"},
      {"+996 700 123 456", "+996700123456", kMobile, "KG"},
      {"+86 131 2345 6789", "+8613123456789", kMobile, "CN"},
      {"+90 501 234 56 78", "+905012345678", kMobile, "TR"},
      {"+972 50 234 5678", "+972502345678", kMobile, "IL"},
      {"+971 50 123 4567", "+971501234567", kMobile, "AE"},
      {"+883 5100 12345", "+883510012345", kVoip, "001"},
      {"+800 1234 5678", "+80012345678", kTollFree, "001"},
      {"+870 773 111 632", "+870773111632", kMobile, "001"},
  };
  check_rows(country("RU"), rows);
}

TEST_CASE("numbers dialled in the United States") {
  const Row rows[] = {
      {"6502530000", "+16502530000", kFixedOrMobile, "US"},
      {"16502530000", "+16502530000", kFixedOrMobile, "US"},
      {"1-650-253-0000", "+16502530000", kFixedOrMobile, "US"},
      {"(650) 253-0000", "+16502530000", kFixedOrMobile, "US"},
      {"650.253.0000", "+16502530000", kFixedOrMobile, "US"},
      {"+1 650 253 0000", "+16502530000", kFixedOrMobile, "US"},
      {"+1 (212) 555-0123", "+12125550123", kFixedOrMobile, "US"},
      {"12125550123", "+12125550123", kFixedOrMobile, "US"},
      {"1 800 234 5678", "+18002345678", kTollFree, "US"},
      {"8882345678", "+18882345678", kTollFree, "US"},
      {"1-855-234-5678", "+18552345678", kTollFree, "US"},
      {"1 900 234 5678", "+19002345678", kPremium, "US"},
      {"9002345678", "+19002345678", kPremium, "US"},
      {"5002345678", "+15002345678", kPersonal, "US"},
      {"1 416 555 0123", "+14165550123", kFixedOrMobile, "CA"},
      {"+1 242 345 6789", "+12423456789", kFixed, "BS"},
      {"011 7 495 730 44 87", "+74957304487", kFixed, "RU"},
      {"01174957304487", "+74957304487", kFixed, "RU"},
      {"011 44 20 7946 0958", "+442079460958", kFixed, "GB"},
      {"011-49-30-901820", "+4930901820", kFixed, "DE"},
      {"0074957304487", "+74957304487", kFixed, "RU"},
      {"tel:2530000;phone-context=+1650", "+16502530000", kFixedOrMobile, "US"},
      {"tel:253-0000;phone-context=+1-650-555", "+16502530000", kFixedOrMobile, "US"},
      {"tel:650-253-0000;phone-context=+1", "+16502530000", kFixedOrMobile, "US"},
      {"sip:16502530000@host;user=phone", "+16502530000", kFixedOrMobile, "US"},
      {"911", "911", kEmergency},
      {"112", "112", kEmergency},
      {"411", "411", kShort},
      {"611", "611", kShort},
      {"711", "711", kShort},
  };
  check_rows(country("US"), rows);
}

TEST_CASE("numbers dialled in the United Kingdom") {
  const Row rows[] = {
      {"020 7946 0958", "+442079460958", kFixed, "GB"},
      {"02079460958", "+442079460958", kFixed, "GB"},
      {"(020) 7946 0958", "+442079460958", kFixed, "GB"},
      {"+44 20 7946 0958", "+442079460958", kFixed, "GB"},
      {"+44 (0)20 7946 0958", "+442079460958", kFixed, "GB"},
      {"0044 20 7946 0958", "+442079460958", kFixed, "GB"},
      {"442079460958", "+442079460958", kFixed, "GB"},
      {"0121 234 5678", "+441212345678", kFixed, "GB"},
      {"01632 960001", "+441632960001", kUnknown, "GB"},
      {"07400 123456", "+447400123456", kMobile, "GB"},
      {"07400-123-456", "+447400123456", kMobile, "GB"},
      {"447400123456", "+447400123456", kMobile, "GB"},
      {"0800 123 4567", "+448001234567", kTollFree, "GB"},
      {"0808 157 0192", "+448081570192", kTollFree, "GB"},
      {"0844 123 4567", "+448441234567", kPremium, "GB"},
      {"0909 012 3456", "+449090123456", kPremium, "GB"},
      {"0330 123 4567", "+443301234567", kCompany, "GB"},
      {"056 1234 5678", "+445612345678", kVoip, "GB"},
      {"070 1234 5678", "+447012345678", kPersonal, "GB"},
      {"076 4012 3456", "+447640123456", kPager, "GB"},
      {"0 115 896 0000", "+441158960000", kFixed, "GB"},
      {"00 7 495 730 44 87", "+74957304487", kFixed, "RU"},
      {"00 1 212 555 0123", "+12125550123", kFixedOrMobile, "US"},
      {"tel:79460958;phone-context=+4420", "+442079460958", kFixed, "GB"},
      {"tel:020 7946 0958;phone-context=+44", "+442079460958", kFixed, "GB"},
      {"999", "999", kEmergency},
      {"112", "112", kEmergency},
      {"101", "101", kShort},
      {"111", "111", kShort},
      {"123", "123", kShort},
      {"116123", "116123", kShort},
  };
  check_rows(country("GB"), rows);
}

TEST_CASE("numbers dialled in Germany") {
  const Row rows[] = {
      {"030 901820", "+4930901820", kFixed, "DE"},
      {"030/901820", "+4930901820", kFixed, "DE"},
      {"(030) 90 18 20", "+4930901820", kFixed, "DE"},
      {"+49 30 901820", "+4930901820", kFixed, "DE"},
      {"+49 (0)30 901820", "+4930901820", kFixed, "DE"},
      {"0049 30 901820", "+4930901820", kFixed, "DE"},
      {"089 123456", "+4989123456", kFixed, "DE"},
      {"040-123456", "+4940123456", kFixed, "DE"},
      {"0221 1234567", "+492211234567", kFixed, "DE"},
      {"01512 3456789", "+4915123456789", kMobile, "DE"},
      {"0151/23456789", "+4915123456789", kMobile, "DE"},
      {"0170 1234567", "+491701234567", kMobile, "DE"},
      {"+49 176 12345678", "+4917612345678", kMobile, "DE"},
      {"0800 1234567", "+498001234567", kTollFree, "DE"},
      {"0900 1 234567", "+499001234567", kPremium, "DE"},
      {"0180 5 012345", "+491805012345", kSharedCost, "DE"},
      {"0700 12345678", "+4970012345678", kPersonal, "DE"},
      {"00 7 495 730 44 87", "+74957304487", kFixed, "RU"},
      {"00431234567", "+431234567", kFixed, "AT"},
      {"110", "110", kEmergency},
      {"112", "112", kEmergency},
      {"11833", "11833", kShort},
      {"115", "115", kShort},
      {"116117", "116117", kShort},
  };
  check_rows(country("DE"), rows);
}

TEST_CASE("numbers of many countries in international form") {
  const Row rows[] = {
      {"+33 1 23 45 67 89", "+33123456789", kFixed, "FR"},
      {"+33 (0)6 12 34 56 78", "+33612345678", kMobile, "FR"},
      {"+39 02 1234 5678", "+390212345678", kFixed, "IT"},
      {"+39 06 69812345", "+390669812345", kFixed, "VA"},
      {"+39 312 345 6789", "+393123456789", kMobile, "IT"},
      {"+34 612 34 56 78", "+34612345678", kMobile, "ES"},
      {"+31 6 12345678", "+31612345678", kMobile, "NL"},
      {"+32 470 12 34 56", "+32470123456", kMobile, "BE"},
      {"+41 44 668 18 00", "+41446681800", kFixed, "CH"},
      {"+43 664 123456", "+43664123456", kMobile, "AT"},
      {"+45 32 12 34 56", "+4532123456", kFixedOrMobile, "DK"},
      {"+46 70 123 45 67", "+46701234567", kMobile, "SE"},
      {"+47 406 12 345", "+4740612345", kMobile, "NO"},
      {"+48 512 345 678", "+48512345678", kMobile, "PL"},
      {"+358 41 2345678", "+358412345678", kMobile, "FI"},
      {"+371 21 234 567", "+37121234567", kMobile, "LV"},
      {"+372 5123 456", "+3725123456", kMobile, "EE"},
      {"+420 601 123 456", "+420601123456", kMobile, "CZ"},
      {"+81 90 1234 5678", "+819012345678", kMobile, "JP"},
      {"+82 10 2000 0000", "+821020000000", kMobile, "KR"},
      {"+91 81234 56789", "+918123456789", kMobile, "IN"},
      {"+55 11 96123 4567", "+5511961234567", kMobile, "BR"},
      {"+54 9 11 2345 6789", "+5491123456789", kMobile, "AR"},
      {"+61 412 345 678", "+61412345678", kMobile, "AU"},
      {"+64 21 123 4567", "+64211234567", kMobile, "NZ"},
      {"+27 71 123 4567", "+27711234567", kMobile, "ZA"},
      {"+20 100 123 4567", "+201001234567", kMobile, "EG"},
  };
  check_rows(country("RU"), rows);
}

TEST_CASE("an office with local, internal and short numbers") {
  const Row rows[] = {
      {"7304487", "+74957304487", kFixed, "RU"},
      {"730-44-87", "+74957304487", kFixed, "RU"},
      {"730 44 87", "+74957304487", kFixed, "RU"},
      {"84957304487", "+74957304487", kFixed, "RU"},
      {"sip:7304487@pbx;user=phone", "+74957304487", kFixed, "RU"},
      {"200", "200", kInternal},
      {"299", "299", kInternal},
      {"2-5-0", "250", kInternal},
      {"5000", "5000", kInternal},
      {"5999", "5999", kInternal},
      {"sip:201@pbx.example", "201", kInternal},
      {"tel:201;phone-context=pbx.example", "201", kInternal},
      {"0890", "0890", kShort},
      {"06050", "06050", kShort},
      {"100", "100", kShort},
      {"122", "122", kShort},
      {"101", "101", kEmergency},
      {"102", "102", kEmergency},
      {"103", "103", kEmergency},
      {"104", "104", kEmergency},
      {"112", "112", kEmergency},
      {"01", "01", kEmergency},
      {"02", "02", kEmergency},
      {"03", "03", kEmergency},
      {"04", "04", kEmergency},
      {"1-1-2", "112", kEmergency},
      {"tel:112;phone-context=+7", "112", kEmergency},
      {"tel:103;phone-context=+7495", "103", kEmergency},
      {"sip:112@pbx;user=phone", "112", kEmergency},
      {"*43", "*43", kFeatureCode},
      {"#31#", "#31#", kFeatureCode},
      {"*21*89104032212#", "*21*89104032212#", kFeatureCode},
      {"sip:*65@pbx", "*65", kFeatureCode},
      {"sip:%2A65@pbx", "*65", kFeatureCode},
  };
  check_rows(moscow(), rows);
}

TEST_CASE("what is no number is refused with the reason") {
  const Refusal rows[] = {
      {"", "is empty"},
      {"   ", "is empty"},
      {"+", "has no digits"},
      {"()-", "has no digits"},
      {"++79104032212", "has '+' at 2, where only digits and separators can be"},
      {"7+9104032212", "has '+' at 2, where only digits and separators can be"},
      {"alice", "has 'a' at 1, where only digits and separators can be"},
      {"anonymous", "has 'a' at 1, where only digits and separators can be"},
      {"1-800-FLOWERS", "has 'F' at 7, where only digits and separators can be"},
      {"89104032212 доб. 5", "has octet 0xD0 at 13, where only digits and separators can be"},
      {"8910403221\x7F", "has octet 0x7F at 11, where only digits and separators can be"},
      {"8910\x01", "has octet 0x01 at 5, where only digits and separators can be"},
      {"112#", "has '#' at 4, where only digits and separators can be"},
      {"8910,5", "has ',' at 5, where only digits and separators can be"},
      {"+*43", "has '*' at 2, where only digits and separators can be"},
      {"12345678901234567890123456789012345", "has more than 32 digits"},
      {"sip:host.example", "is a sip URI without a user"},
      {"sip:alice@host", "has 'a' at 1, where only digits and separators can be"},
      {"sip:alice@host;user=phone", "has 'a' at 1, where only digits and separators can be"},
      {"sip:@host", "has no digits"},
      {"sip:%41@host", "has 'A' at 1, where only digits and separators can be"},
      {"sip:891%4@host", "has '%' at 4, where only digits and separators can be"},
      {"tel:", "has no digits"},
      {"tel:+7910403221;ext=abc", "ext has 'a' at 1, where only digits and separators can be"},
      {"tel:+7910403221;ext=", "ext has no digits"},
      {"tel:+7910403221;ext=+5", "ext begins with '+'"},
      {"tel:4032212;phone-context=+x",
       "phone-context has 'x' at 2, where only digits and separators can be"},
      {"tel:4032212;phone-context=+999", "has a phone-context of no country that exists"},
      {"+99912345678", "begins with no country code that exists"},
      {"+0123456789", "begins with no country code that exists"},
      {"0099912345678", "begins with no country code that exists"},
      {"+7910", "has too few digits for a number of RU"},
      {"+791040322123", "has a number of digits that no number of RU has"},
      {"891040322123", "has a number of digits that no number of RU has"},
      {"+165025300000", "has too many digits for a number of US"},
      {"+1650253000", "has too few digits for a number of US"},
      {"+44123", "has too few digits for a number of GB"},
      {"7304487", "lacks its area code: too few digits for a number of RU"},
      {"0890", "has too few digits for a number of RU"},
      {"8", "is not a telephone number"},
      {"+7", "is not a telephone number"},
      {"0", "is not a telephone number"},
      {"0055000550005550", "is not a telephone number: its first digits are a prefix"},
      {"123456789012345678", "has too many digits for a telephone number"},
  };
  check_refusals(country("RU"), rows);
}

TEST_CASE("a number that is too long is refused before it is read") {
  const auto number = normalise(std::string(kDialTextMax + 1, '1'), country("RU"));
  REQUIRE_FALSE(number);
  CHECK(number.error().code == core::ErrorCode::kLimitReached);
}

TEST_CASE("digits to dial after an answer are kept beside the number") {
  const auto number = normalise("tel:+7-495-730-44-87;ext=12-34", country("RU"));
  REQUIRE(number);
  CHECK(*number == Number{"+74957304487", kFixed, "RU", "1234"});
}

TEST_CASE("an internal range hides an emergency number, but never 112") {
  const NumberPlan plan = plan_of({.country = "RU", .internal = {{"100", "199"}}});
  CHECK(normalise("101", plan)->kind == kInternal);
  CHECK(normalise("112", plan)->kind == kEmergency);
  CHECK(hidden_emergency_numbers(plan) == std::vector<std::string>{"101", "102", "103", "104"});
  CHECK(hidden_emergency_numbers(moscow()).empty());
  // A number from outside is no number of ours, whatever its digits.
  CHECK(normalise("tel:101;phone-context=+7", plan)->kind == kEmergency);
}

TEST_CASE("a plan's own emergency and short numbers and prefixes count") {
  const NumberPlan plan = plan_of({.country = "RU",
                                   .international_prefixes = {"00", "9810", "009"},
                                   .emergency_numbers = {"5555"},
                                   .short_numbers = {"12345678"},
                                   .internal = {{"5000", "5999"}}});
  CHECK(normalise("12345678", plan)->kind == kShort);
  CHECK(normalise("98104930901820", plan)->text == "+4930901820");
  CHECK(normalise("0094930901820", plan)->text == "+4930901820");  // the longest prefix wins
  CHECK(hidden_emergency_numbers(plan) == std::vector<std::string>{"5555"});
}

TEST_CASE("internal ranges may overlap, touch and stand in any order") {
  const NumberPlan plan = plan_of(
      {.internal = {{"300", "399"}, {"20", "29"}, {"350", "450"}, {"451", "460"}, {"7", "7"}}});
  for (const char* inside : {"7", "20", "29", "300", "350", "399", "400", "450", "451", "460"})
    CHECK_MESSAGE(plan.is_internal(inside), inside);
  for (const char* outside : {"6", "8", "19", "30", "299", "461", "3000", "0", "07", "020"})
    CHECK_FALSE_MESSAGE(plan.is_internal(outside), outside);
  CHECK_FALSE(plan_of({}).is_internal("100"));
}

TEST_CASE("a plan that makes no sense is refused with the option's name") {
  struct Bad {
    NumberPlanOptions options;
    const char* why;
  };
  const Bad rows[] = {
      {{.country = "ru"}, "country: 'ru' is no ISO 3166-1 code of two capital letters"},
      {{.country = "XX"}, "country: 'XX' is no ISO 3166-1 code of two capital letters"},
      {{.country = ""}, "country: '' is no ISO 3166-1 code of two capital letters"},
      {{.local_digits_min = 7, .local_digits_max = 7},
       "area_code: local numbers need one, of digits"},
      {{.area_code = "49x", .local_digits_min = 7, .local_digits_max = 7},
       "area_code: local numbers need one, of digits"},
      {{.area_code = "495"}, "local_digits: 0 to 0 is no range within 1 to 15"},
      {{.area_code = "495", .local_digits_min = 7, .local_digits_max = 6},
       "local_digits: 7 to 6 is no range within 1 to 15"},
      {{.international_prefixes = {"+"}}, "international_prefixes: '+' is not 1 to 32 digits"},
      {{.emergency_numbers = {""}}, "emergency_numbers: '' is not 1 to 32 digits"},
      {{.short_numbers = {"*1"}}, "short_numbers: '*1' is not 1 to 32 digits"},
      {{.internal = {{"100", "99"}}},
       "internal: '100' to '99' is no range of numbers of one length"},
      {{.internal = {{"199", "100"}}},
       "internal: '199' to '100' is no range of numbers of one length"},
  };
  for (const Bad& row : rows) {
    const auto plan = NumberPlan::open(row.options);
    REQUIRE_FALSE(plan);
    CHECK(plan.error().detail == row.why);
  }
  NumberPlanOptions many;
  many.short_numbers.assign(kPlanListMax + 1, "1");
  CHECK(NumberPlan::open(many).error().code == core::ErrorCode::kLimitReached);
}

TEST_CASE("every kind has a name of its own") {
  std::vector<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(kUnknown); ++i)
    names.push_back(to_text(static_cast<NumberKind>(i)));
  std::sort(names.begin(), names.end());
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
}

}  // namespace pbx::number
