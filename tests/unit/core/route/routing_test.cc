#include "core/route/routing.h"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace pbx::route {
namespace {

constexpr const char* kPhones =
    "profiles: {phones: {listen: ['udp:127.0.0.1:5060']}}\n"
    "extensions: {200-299: {password: generate}}\n";

config::Surroundings world() {
  config::Surroundings surroundings;
  surroundings.read_table = [](const std::filesystem::path& file) -> core::Result<std::string> {
    if (file == "prices.csv") return "prefix;price\n7;2,10\n7926;1,25\n";
    if (file == "broken.csv") return "prefix;price\n7;cheap\n";
    if (file == "vip.csv") return "number;name\n8(910)4032212;Example\n+4930901820;Example\n";
    return core::fail(core::ErrorCode::kNotFound, "is not there or is not a file");
  };
  surroundings.check = check_routing;
  return surroundings;
}

Routing made(const std::string& text) {
  const auto loaded = config::parse({{"a.yaml", kPhones + text}}, world());
  REQUIRE_MESSAGE(loaded.has_config(), loaded.mistakes.front().message());
  auto routing = Routing::make(*loaded.config, world().read_table);
  REQUIRE(routing.has_value());
  return std::move(*routing);
}

// Each with a line feed; lines are counted with those of kPhones.
std::string mistakes_of(const std::string& text) {
  const auto loaded = config::parse({{"a.yaml", kPhones + text}}, world());
  std::string texts;
  for (const auto& mistake : loaded.mistakes) texts += mistake.message() + '\n';
  return texts;
}

// S11: one DID, at night to a guard, VIPs to their own telephone.
constexpr const char* kCompany =
    "schedules:\n"
    "  office: {zone: Europe/Moscow, week: {monday: [09:00-18:00]}}\n"
    "caller_lists:\n"
    "  vip: {file: vip.csv}\n"
    "  black: {numbers: ['+7809.']}\n"
    "prices: {mts: {file: prices.csv}}\n"
    "trunks: {mts: {servers: [192.0.2.1], plan: incoming}}\n"
    "trunk_groups: {providers: {members: [{trunk: mts, prices: mts}], order: cheapest}}\n"
    "plans:\n"
    "  incoming:\n"
    "    rules:\n"
    "      - {name: black, lists: [black], to: reject declined}\n"
    "      - {name: vip, lists: [vip], to: extension 201}\n"
    "      - {name: night, schedule: not office, to: extension 299}\n"
    "      - {called: '+74957304487', to: extension 200}\n"
    "  outgoing:\n"
    "    rules:\n"
    "      - {name: inside, called: 2XX, trunks: [none], to: extension}\n"
    "      - {called: '+!', to: trunks providers}\n";

std::string rule_for(const Routing& routing, const char* plan, const char* called,
                     const char* caller, const char* now) {
  const bool by_trunk = std::string_view(plan) == "incoming";
  const CallNumbers numbers = routing.numbers_of(called, caller, by_trunk);
  RouteFacts facts;
  facts.called = numbers.called.text;
  facts.caller = numbers.caller.text;
  facts.trunk = by_trunk ? "mts" : "";
  facts.region = numbers.region;
  facts.caller_lists = numbers.lists;
  facts.now = core::parse_iso8601(now).value();
  const auto route = routing.plans().decide(plan, facts);
  return route ? route->rule->name : "";
}

}  // namespace

TEST_CASE("a configuration decides where calls go") {
  const Routing routing = made(kCompany);
  constexpr const char* kDay = "2026-11-23T09:00:00Z";  // a Monday
  constexpr const char* kNight = "2026-11-23T22:00:00Z";
  CHECK(rule_for(routing, "incoming", "84957304487", "+79161112233", kDay) == "rule 4");
  CHECK(rule_for(routing, "incoming", "84957304487", "+79161112233", kNight) == "night");
  CHECK(rule_for(routing, "incoming", "84957304487", "89104032212", kNight) == "vip");
  CHECK(rule_for(routing, "incoming", "84957304487", "+78091112233", kDay) == "black");
  CHECK(rule_for(routing, "incoming", "84957304488", "+79161112233", kDay).empty());
  CHECK(rule_for(routing, "outgoing", "201", "200", kDay) == "inside");
  CHECK(rule_for(routing, "outgoing", "89104032212", "200", kDay) == "rule 2");
}

TEST_CASE("schedules, price lists and lists of callers are found by name") {
  const Routing routing = made(kCompany);
  REQUIRE(routing.find_schedule("office") != nullptr);
  CHECK(routing.find_schedule("night") == nullptr);
  REQUIRE(routing.find_prices("mts") != nullptr);
  CHECK(routing.find_prices("mts")->find("+79261112233")->per_minute == 1'250'000);
  CHECK(routing.find_prices("other") == nullptr);
  CHECK(routing.lists_of("+4930901820") == std::vector<std::string_view>{"vip"});
  CHECK(routing.lists_of("").empty());
}

TEST_CASE("the region is that of the outside number") {
  const Routing routing = made("");
  CHECK(routing.numbers_of("201", "+4930901820", true).region == "DE/Berlin");
  CHECK(routing.numbers_of("+4930901820", "201", false).region == "DE/Berlin");
  CHECK(routing.numbers_of("+4930901820", "201", true).region.empty());
}

TEST_CASE("what is no number is kept as it came") {
  const CallNumbers numbers = made("").numbers_of("reception", "", true);
  CHECK(numbers.called.text == "reception");
  CHECK(numbers.called.kind == number::NumberKind::kUnknown);
  CHECK(numbers.caller.text.empty());
}

TEST_CASE("what is wrong is told with its place") {
  CHECK(mistakes_of("rewrites: {a: {rules: [{match: 8(XXX, replace: $1}]}}\n"
                    "prices: {mts: {file: broken.csv}, mta: {file: none.csv}}\n") ==
        "a.yaml:3:25: rewrites.a.rules[0].match: character 2: '(' is never closed\n"
        "a.yaml:4:16: prices.mts.file: broken.csv:2:1: price: an amount like 1.25\n"
        "a.yaml:4:41: prices.mta.file: none.csv is not there or is not a file\n");
}

TEST_CASE("a name that is nowhere is told with what was probably meant") {
  CHECK(
      mistakes_of("trunks: {a: {servers: [192.0.2.1]}, none: {servers: [192.0.2.1], plan: in}}\n"
                  "prices: {mts: }\n"
                  "trunk_groups:\n"
                  "  all: {members: [{trunk: a, prices: mtt}, {trunk: a}, {trunk: beeline}]}\n") ==
      "a.yaml:3:37: trunks.none: this name is the word of rules for calls from extensions; "
      "allowed: another\n"
      "a.yaml:3:66: trunks.none.plan: there is no plan `in`; none is configured\n"
      "a.yaml:6:30: trunk_groups.all.members[0].prices: there is no price list `mtt`, did "
      "you mean `mts`?; allowed: mts\n"
      "a.yaml:6:45: trunk_groups.all.members[1].trunk: `a` is in the group already\n"
      "a.yaml:6:57: trunk_groups.all.members[2].trunk: there is no trunk `beeline`; allowed: a, "
      "none\n");
}

TEST_CASE("a rule that no call comes to and a circle of plans are refused") {
  CHECK(mistakes_of("plans:\n"
                    "  incoming:\n"
                    "    rules:\n"
                    "      - {called: '+74957304487', to: extension 200}\n"
                    "      - {called: '+74957304487', to: extension 201}\n") ==
        "a.yaml:7:9: plans.incoming.rules[1]: no call comes here: `rule 1` (rules[0]) takes "
        "all of them; allowed: a narrow rule before a wide one\n");
  CHECK(mistakes_of("plans: {a: {rules: [{to: plan b}]}, b: {rules: [{to: plan a}]}}\n") ==
        "a.yaml:3:50: plans.b.rules[0].to: plans lead back to themselves: a -> b -> a\n");
}

TEST_CASE("rights are found by name, with the schedule and the prices they are bound by") {
  const Routing routing = made(std::string(kCompany) +
                               "rights: {staff: {schedule: office, limits: {prices: mts, "
                               "money_per_day: 10}, destinations: [mobile]}}\n");
  CHECK(routing.find_rights("other") == nullptr);
  const RightsGroup* const staff = routing.find_rights("staff");
  REQUIRE(staff != nullptr);
  CHECK(staff->schedule.get() == routing.find_schedule("office"));
  CHECK(staff->prices.get() == routing.find_prices("mts"));
}

// Whoever copies the example of the page starts with something that works.
TEST_CASE("the examples of docs/routes.md are good") {
  std::ifstream stream(std::string(PBX_SOURCE_DIR) + "/docs/routes.md");
  const std::string page{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  const auto block = [&](const std::string& first) {
    const std::size_t begin = page.find("```\n" + first) + 4;
    REQUIRE(begin != std::string::npos + 4);
    return page.substr(begin, page.find("```", begin) - begin);
  };
  const auto loaded =
      config::parse({{"a.yaml",
                      "profiles: {phones: {listen: ['udp:127.0.0.1:5060']}}\n"
                      "extensions: {100-109: {password: generate}}\n" +
                          block("trunks:") + block("rights:") + "prices: {mts: }\n"}},
                    world());
  CHECK_MESSAGE(loaded.has_config(), loaded.mistakes.front().message());
}

TEST_CASE("each domain has a home of its own, for rights") {
  const Routing routing = made(
      "numbering: {area_code: 495, local_digits: 7}\n"
      "domains: {spb: {numbering: {area_code: 812, local_digits: 7}}, us: {numbering: {country: "
      "US}}}\n");
  CHECK(routing.home_of("").area == "+7495");
  CHECK(routing.home_of("spb").area == "+7812");
  CHECK(routing.home_of("us").country == "US");
  CHECK(routing.home_of("us").area.empty());
}

}  // namespace pbx::route
