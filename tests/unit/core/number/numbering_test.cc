#include "core/number/numbering.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace pbx::number {
namespace {

constexpr const char* kProfile = "profiles: {phones: {listen: ['udp:127.0.0.1:5060']}}\n";

config::Surroundings world() {
  config::Surroundings surroundings;
  surroundings.read_table = [](const std::filesystem::path& file) -> core::Result<std::string> {
    if (file == "ranges.csv") return "910;4030000;4039999;10000;Example;Moscow\n";
    if (file == "broken.csv") return "910;4030000;4039999;17;Example;Moscow\n";
    return core::fail(core::ErrorCode::kNotFound, "is not there or is not a file");
  };
  surroundings.check = [](const config::Config& config, const config::Surroundings& asked,
                          const config::Surroundings::Tell& tell) {
    const auto made = Numbering::make(config, asked.read_table);
    if (made) return;
    for (const core::Flaw& flaw : made.error()) tell(flaw.path, flaw.text);
  };
  return surroundings;
}

Numbering made(const std::string& text) {
  const auto loaded = config::parse({{"a.yaml", kProfile + text}}, world());
  REQUIRE_MESSAGE(loaded.has_config(), loaded.mistakes.front().message());
  auto numbering = Numbering::make(*loaded.config, world().read_table);
  REQUIRE(numbering.has_value());
  return std::move(*numbering);
}

std::vector<std::string> mistakes_of(const std::string& text) {
  const auto loaded = config::parse({{"a.yaml", kProfile + text}}, world());
  std::vector<std::string> texts;
  for (const auto& mistake : loaded.mistakes) texts.push_back(mistake.message());
  return texts;
}

}  // namespace

TEST_CASE("extensions are internal numbers, and dialled ones come to one form") {
  const Numbering numbering = made(
      "extensions: {200-299: {password: generate}}\n"
      "numbering: {area_code: 495, local_digits: 7}\n");
  struct Row {
    const char* dialled;
    const char* stored;
    NumberKind kind;
  };
  const Row rows[] = {
      {"215", "215", NumberKind::kInternal},
      {"8(910)4032212", "+79104032212", NumberKind::kMobile},
      {"+7 910 403 22 12", "+79104032212", NumberKind::kMobile},
      {"9104032212", "+79104032212", NumberKind::kMobile},
      {"8-10-49-30-901820", "+4930901820", NumberKind::kFixed},
      {"0049 30 901820", "+4930901820", NumberKind::kFixed},
      {"7304487", "+74957304487", NumberKind::kFixed},
      {"tel:+7-910-403-22-12", "+79104032212", NumberKind::kMobile},
      {"sip:+79104032212@192.0.2.1;user=phone", "+79104032212", NumberKind::kMobile},
      {"112", "112", NumberKind::kEmergency},
  };
  for (const Row& row : rows) {
    CAPTURE(row.dialled);
    const auto told = explain_number(numbering, {row.dialled, {}, {}}, "en");
    REQUIRE(told.number.has_value());
    CHECK(told.number->text == row.stored);
    CHECK(told.number->kind == row.kind);
  }
}

TEST_CASE("sets of rules are applied one after the other, and each step is told") {
  const Numbering numbering = made(
      "rewrites:\n"
      "  outside_line: {rules: [{match: 9(.), replace: $1}]}\n"
      "  no_plus:\n"
      "    rules:\n"
      "      - {match: '/(?P<code>375|49)(?P<rest>\\d+)/', replace: '+${code}${rest}'}\n");
  const auto told =
      explain_number(numbering, {"94930901820", {"outside_line", "no_plus"}, {}}, "en");
  REQUIRE(told.sets.size() == 2);
  CHECK(told.sets[0].steps == std::vector<RewriteStep>{{0, "94930901820", "4930901820"}});
  CHECK(told.sets[1].steps == std::vector<RewriteStep>{{0, "4930901820", "+4930901820"}});
  CHECK(told.number->text == "+4930901820");
  CHECK(told.region.country == "DE");
}

TEST_CASE("what is no number is told with the reason") {
  const auto told = explain_number(made(""), {"8910", {}, {}}, "en");
  CHECK_FALSE(told.number.has_value());
  CHECK(told.problem == "has too few digits for a number of RU");
}

TEST_CASE("the table of ranges tells operator and place") {
  const Numbering numbering = made("numbering: {ranges: ranges.csv}\n");
  const auto told = explain_number(numbering, {"89104032212", {}, {}}, "en");
  CHECK(told.region.operator_name == "Example");
  CHECK(told.region.area == "Moscow");
}

TEST_CASE("the same digits are another number in another domain") {
  const Numbering numbering = made(
      "extensions: {101: {password: generate}, 101@spb: {password: generate},\n"
      "             201@berlin: {password: generate}}\n"
      "numbering: {area_code: 495, local_digits: 7}\n"
      "domains:\n"
      "  spb: {numbering: {area_code: 812, local_digits: 7}}\n"
      "  berlin: {numbering: {country: DE}}\n");
  CHECK(numbering.read("7304487").text == "+74957304487");
  CHECK(numbering.read("7304487", "spb").text == "+78127304487");
  CHECK(numbering.read("030901820", "berlin").text == "+4930901820");
  CHECK(numbering.read("201", "berlin").kind == NumberKind::kInternal);
  CHECK(numbering.read("201").kind != NumberKind::kInternal);
  CHECK(numbering.read("101", "berlin").kind != NumberKind::kInternal);
  CHECK(numbering.read("7304487", "a domain that is gone").text == "+74957304487");
  CHECK(numbering.plans().size() == 3);
  const Number berlin = numbering.read("+4930901820");
  CHECK(numbering.written(berlin, config::NumberWriting::kNational, "") == "8104930901820");
  CHECK(numbering.written(berlin, config::NumberWriting::kNational, "", "berlin") == "030901820");
}

TEST_CASE("what only this folder knows to be wrong is told with its place") {
  CHECK(
      mistakes_of("rewrites:\n"
                  "  a:\n"
                  "    rules:\n"
                  "      - {match: 8(XXX, replace: $1}\n"
                  "      - {match: '/8(/', replace: $1}\n"
                  "      - {match: 8(XXX), replace: $2}\n") ==
      std::vector<std::string>{
          "a.yaml:5:10: rewrites.a.rules[0].match: character 2: '(' is never closed",
          "a.yaml:6:10: rewrites.a.rules[1].match: character 4: is no regular expression: missing "
          "): 8(",
          "a.yaml:7:25: rewrites.a.rules[2].replace: character 1: the pattern has no group '2'"});
  CHECK(mistakes_of("numbering: {country: XX}\n") ==
        std::vector<std::string>{
            "a.yaml:2:1: numbering: country: 'XX' is no ISO 3166-1 code of two capital letters"});
  CHECK(mistakes_of("numbering: {ranges: none.csv}\n") ==
        std::vector<std::string>{
            "a.yaml:2:13: numbering.ranges: none.csv is not there or is not a file"});
  CHECK(mistakes_of("numbering: {ranges: broken.csv}\n").size() == 1);
}

}  // namespace pbx::number
