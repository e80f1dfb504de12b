#include "core/route/dial_plan.h"

#include <doctest/doctest.h>

#include "core/base/random.h"

namespace pbx::route {
namespace {

using ActionKind = RouteAction::Kind;

core::WallTime at(const char* text) { return *core::parse_iso8601(text); }
constexpr const char* kDay = "2026-11-23T09:00:00Z";  // a Monday
constexpr const char* kNight = "2026-11-23T22:00:00Z";

RouteAction to(ActionKind kind, const char* target) { return {kind, target, {}}; }
RouteAction reject(std::uint16_t status, const char* text) {
  return {ActionKind::kReject, "", core::Cause{status, 21, text}};
}

std::shared_ptr<const Schedule> office() {
  ScheduleShape shape{.name = "office"};
  for (std::size_t i = 0; i < 5; ++i) shape.week[i] = {*parse_span("08:00-18:00")};
  return std::make_shared<Schedule>(*Schedule::compile(shape));
}

RouteWorld world() { return {{office()}}; }

LoadCondition free_agents(const char* queue, std::uint32_t at_least, std::uint32_t at_most) {
  return {{LoadSubject::Kind::kFreeAgents, queue}, at_least, at_most};
}

// S11: one DID, callers of Moscow to one queue and others to another; out of hours to a mobile.
PlanShape incoming() {
  PlanShape plan{"incoming", {}};
  const auto add = [&](RuleShape rule) { plan.rules.push_back(std::move(rule)); };
  add({.name = "emergency",
       .called = number::NumberPattern::of("112"),
       .action = to(ActionKind::kTrunkGroup, "any")});
  add({.name = "black", .lists = {{"black", true}}, .action = reject(603, "declined")});
  add({.name = "vip",
       .lists = {{"vip", true}, {"black", false}},
       .action = to(ActionKind::kQueue, "vip")});
  add({.name = "click to call",
       .headers = {{"X-Campaign", HeaderCondition::Kind::kEquals, "web"}},
       .action = to(ActionKind::kFlow, "web")});
  add({.name = "tested by",
       .headers = {{"User-Agent", HeaderCondition::Kind::kContains, "sipp"},
                   {"X-Test", HeaderCondition::Kind::kPresent, ""}},
       .action = to(ActionKind::kExtension, "999")});
  add({.name = "night",
       .called = number::NumberPattern::of("+7495730XXXX"),
       .schedule = ScheduleCondition{"office", false},
       .action = to(ActionKind::kExtension, "+79261112233")});
  add({.name = "overflow",
       .called = number::NumberPattern::of("+74957304487"),
       .load = free_agents("sales", 0, 0),
       .action = to(ActionKind::kQueue, "backup")});
  add({.name = "moscow",
       .called = number::NumberPattern::of("+74957304487"),
       .regions = {"RU/Moscow"},
       .action = to(ActionKind::kQueue, "moscow")});
  add({.name = "regions",
       .called = number::NumberPattern::of("+74957304487"),
       .action = to(ActionKind::kQueue, "regions")});
  add({.name = "premium",
       .called = number::NumberPattern::of("+7809."),
       .action = reject(403, "premium numbers are closed")});
  add({.name = "partner",
       .caller = number::NumberPattern::of("+4930!"),
       .trunks = {"partner", "backup"},
       .action = to(ActionKind::kGroup, "600")});
  add({.name = "inside",
       .called = number::NumberPattern::of("1XX"),
       .trunks = {""},
       .action = to(ActionKind::kExtension, "same")});
  add({.name = "no region",
       .called = number::NumberPattern::of("2XX"),
       .regions = {"", "DE"},
       .action = to(ActionKind::kVoicemail, "200")});
  add({.name = "office hours",
       .called = number::NumberPattern::of("300"),
       .schedule = ScheduleCondition{"office", true},
       .action = to(ActionKind::kAnnouncement, "welcome")});
  add({.name = "busy trunk",
       .called = number::NumberPattern::of("8."),
       .load = LoadCondition{{LoadSubject::Kind::kTrunkCalls, "a"}, 10, 20},
       .action = to(ActionKind::kTrunkGroup, "b")});
  add({.name = "outgoing",
       .called = number::NumberPattern::of("8."),
       .action = to(ActionKind::kPlan, "outgoing")});
  add({.name = "withheld",
       .called = number::NumberPattern::of("reception"),
       .lists = {{"known", false}},
       .action = to(ActionKind::kFlow, "who are you")});
  return plan;
}

PlanShape outgoing() {
  return {"outgoing",
          {{.name = "mobile",
            .called = number::NumberPattern::of("89XXXXXXXXX"),
            .action = to(ActionKind::kTrunkGroup, "mobile")},
           {.name = "international",
            .called = number::NumberPattern::of("810!"),
            .action = to(ActionKind::kPlan, "international")},
           {.name = "city",
            .called = number::NumberPattern::of("8XXXXXXXXXX"),
            .action = to(ActionKind::kTrunkGroup, "city")}}};
}

PlanShape international() {
  return {"international",
          {{.name = "germany",
            .called = number::NumberPattern::of("81049."),
            .action = to(ActionKind::kTrunkGroup, "germany")}}};
}

DialPlans compiled(std::vector<PlanShape> plans, RouteWorld of = world()) {
  auto found = DialPlans::compile(std::move(plans), std::move(of));
  if (!found) FAIL(found.error().front().path << ": " << found.error().front().text);
  return std::move(*found);
}

DialPlans example() { return compiled({incoming(), outgoing(), international()}); }

std::string rule_of(const std::optional<Route>& route) {
  return route ? route->plan->name + "/" + route->rule->name : "";
}

}  // namespace

TEST_CASE("the first rule that matches decides") {
  using Lists = std::vector<std::string_view>;
  using Headers = std::vector<HeaderField>;
  struct Row {
    const char* called;
    const char* rule;  // "" none
    const char* caller = "+74951112233";
    const char* trunk = "provider";
    const char* region = "";
    Lists lists = {};
    Headers headers = {};
    const char* now = kDay;
    std::optional<std::uint32_t> free_sales = 3;
    std::optional<std::uint32_t> calls_on_a = 0;
  };
  const Row rows[] = {
      {"112", "incoming/emergency"},
      {"112", "incoming/emergency", "", "", "", {"black"}},
      {"1120", ""},
      {"+74957304487", "incoming/regions"},
      {"+74957304487", "incoming/moscow", "+74951112233", "provider", "RU/Moscow"},
      {"+74957304487", "incoming/moscow", "", "provider", "RU/Moscow/Arbat"},
      {"+74957304487", "incoming/regions", "", "provider", "RU"},
      {"+74957304487", "incoming/regions", "", "provider", "RU/Moscow oblast"},
      {"+74957304487", "incoming/regions", "", "provider", "ru/moscow"},
      {"+74957304487", "incoming/regions", "+78121112233", "provider", "RU/St Petersburg"},
      {"+74957304487", "incoming/night", "", "provider", "RU/Moscow", {}, {}, kNight},
      {"+74957301111", "incoming/night", "", "provider", "", {}, {}, kNight},
      {"+74957301111", ""},
      {"+7495730111", "", "", "provider", "", {}, {}, kNight},
      {"+74957304487", "incoming/overflow", "", "provider", "RU/Moscow", {}, {}, kDay, 0},
      {"+74957304487", "incoming/moscow", "", "provider", "RU/Moscow", {}, {}, kDay, 1},
      {"+74957304487", "incoming/moscow", "", "", "RU/Moscow", {}, {}, kDay, std::nullopt},
      {"+74957304487", "incoming/night", "", "", "", {}, {}, kNight, 0},
      {"+74957304487", "incoming/black", "", "", "", {"black"}},
      {"+74957304487", "incoming/black", "", "", "", {"vip", "black"}},
      {"+74957304487", "incoming/vip", "", "", "", {"vip"}},
      {"+74957304487", "incoming/vip", "", "", "", {"other", "vip"}, {}, kNight},
      {"+74957304487", "incoming/regions", "", "", "", {"VIP"}},
      {"anything", "incoming/vip", "", "", "", {"vip"}},
      {"anything", "incoming/click to call", "", "", "", {}, {{"X-Campaign", "web"}}},
      {"anything", "incoming/click to call", "", "", "", {}, {{"x-campaign", "web"}}},
      {"anything", "", "", "", "", {}, {{"X-Campaign", "WEB"}}},
      {"anything", "", "", "", "", {}, {{"X-Campaign", "website"}}},
      {"anything", "", "", "", "", {}, {{"X-Campaigns", "web"}}},
      {"a",
       "incoming/click to call",
       "",
       "",
       "",
       {},
       {{"X-Campaign", "tv"}, {"X-Campaign", "web"}}},
      {"a", "incoming/tested by", "", "", "", {}, {{"X-Test", ""}, {"user-agent", "a sipp b"}}},
      {"a", "", "", "", "", {}, {{"User-Agent", "a sipp b"}}},
      {"a", "", "", "", "", {}, {{"User-Agent", "phone"}, {"X-Test", "1"}}},
      {"+78091234567", "incoming/premium"},
      {"+7809", ""},
      {"500", "incoming/partner", "+49301234", "partner"},
      {"500", "incoming/partner", "+4930", "backup"},
      {"500", "", "+49301234", "provider"},
      {"500", "", "+4940", "partner"},
      {"500", "", "", "partner"},
      {"+74957304487", "incoming/regions", "+49301234", "partner"},
      {"101", "incoming/inside", "102", ""},
      {"199", "incoming/inside", "102", ""},
      {"101", "", "102", "provider"},
      {"1011", "", "102", ""},
      {"200", "incoming/no region", "102", ""},
      {"200", "incoming/no region", "102", "", "DE/Berlin"},
      {"200", "", "102", "", "RU"},
      {"200", "", "102", "", "DEU"},
      {"300", "incoming/office hours"},
      {"300", "", "", "", "", {}, {}, kNight},
      {"300", "incoming/office hours", "", "", "", {}, {}, "2026-11-23T08:00:00Z"},
      {"300", "", "", "", "", {}, {}, "2026-11-22T12:00:00Z"},
      {"89261112233", "outgoing/mobile"},
      {"84951112233", "outgoing/city"},
      {"849511122", ""},
      {"8104930123", "international/germany"},
      {"8104430123", ""},
      {"81049", ""},
      {"8", ""},
      {"89261112233", "incoming/busy trunk", "", "", "", {}, {}, kDay, 3, 10},
      {"89261112233", "incoming/busy trunk", "", "", "", {}, {}, kDay, 3, 20},
      {"89261112233", "outgoing/mobile", "", "", "", {}, {}, kDay, 3, 9},
      {"89261112233", "outgoing/mobile", "", "", "", {}, {}, kDay, 3, 21},
      {"89261112233", "outgoing/mobile", "", "", "", {}, {}, kDay, 3, std::nullopt},
      {"reception", "incoming/withheld", ""},
      {"reception", "", "", "", "", {"known"}},
      {"receptions", ""},
      {"", ""},
  };
  const DialPlans plans = example();
  REQUIRE(plans.loads().size() == 2);
  CHECK(plans.asks_region());
  CHECK_FALSE(compiled({}).asks_region());
  for (const Row& row : rows) {
    CAPTURE(row.called);
    CAPTURE(row.rule);
    CAPTURE(row.region);
    const std::optional<std::uint32_t> loads[] = {row.free_sales, row.calls_on_a};
    const RouteFacts facts{.called = row.called,
                           .caller = row.caller,
                           .trunk = row.trunk,
                           .region = row.region,
                           .call_id = "a@b",
                           .now = at(row.now),
                           .caller_lists = row.lists,
                           .headers = row.headers,
                           .loads = loads};
    CHECK(rule_of(plans.decide("incoming", facts)) == row.rule);
    // What explains decides alike, without the index.
    const auto verdicts = plans.explain("incoming", facts);
    REQUIRE(!verdicts.empty());
    const RuleVerdict& last = verdicts.back();
    CHECK((last.matches ? last.plan->name + "/" + last.rule->name : "") == row.rule);
  }
}

TEST_CASE("a plan that is not there decides nothing") {
  const DialPlans plans = example();
  CHECK(!plans.decide("nowhere", {.called = "112"}).has_value());
  CHECK(plans.explain("nowhere", {.called = "112"}).empty());
  CHECK(!compiled({}).decide("incoming", {.called = "112"}).has_value());
}

TEST_CASE("a hand on a schedule changes the way of calls") {
  const DialPlans plans = example();
  RouteFacts facts{.called = "300", .now = at(kDay)};
  CHECK(plans.decide("incoming", facts).has_value());
  const ScheduleOverride night[] = {{.kind = ScheduleOverride::Kind::kClosed, .by = "101"}};
  facts.overrides = night;
  CHECK(!plans.decide("incoming", facts).has_value());
}

TEST_CASE("each rule passed over is told with its reason") {
  const DialPlans plans = example();
  const std::optional<std::uint32_t> loads[] = {4, std::nullopt};
  const RouteFacts facts{.called = "8104930123", .caller = "102", .now = at(kDay), .loads = loads};
  const char* const expected[][3] = {
      {"incoming", "emergency", "called 8104930123 is not 112"},
      {"incoming", "black", "caller is not on the list black"},
      {"incoming", "vip", "caller is not on the list vip"},
      {"incoming", "click to call", "no header X-Campaign is web"},
      {"incoming", "tested by", "no header User-Agent contains sipp"},
      {"incoming", "night", "called 8104930123 is not +7495730XXXX"},
      {"incoming", "overflow", "called 8104930123 is not +74957304487"},
      {"incoming", "moscow", "called 8104930123 is not +74957304487"},
      {"incoming", "regions", "called 8104930123 is not +74957304487"},
      {"incoming", "premium", "called 8104930123 is not +7809."},
      {"incoming", "partner", "caller 102 is not +4930!"},
      {"incoming", "inside", "called 8104930123 is not 1XX"},
      {"incoming", "no region", "called 8104930123 is not 2XX"},
      {"incoming", "office hours", "called 8104930123 is not 300"},
      {"incoming", "busy trunk", "calls on trunk a: not known"},
      {"incoming", "outgoing", "plan outgoing"},
      {"outgoing", "mobile", "called 8104930123 is not 89XXXXXXXXX"},
      {"outgoing", "international", "plan international"},
      {"international", "germany", "trunks germany"},
  };
  const auto verdicts = plans.explain("incoming", facts);
  REQUIRE(verdicts.size() == std::size(expected));
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    CHECK(verdicts[i].plan->name == expected[i][0]);
    CHECK(verdicts[i].rule->name == expected[i][1]);
    CHECK(verdicts[i].reason == expected[i][2]);
  }
}

TEST_CASE("the reasons of all other conditions") {
  const DialPlans plans = example();
  const auto reason = [&](const char* rule, RouteFacts facts) {
    for (const RuleVerdict& verdict : plans.explain("incoming", facts))
      if (verdict.rule->name == rule) return verdict.reason;
    return std::string("not looked at");
  };
  const auto now = at(kDay);
  const std::optional<std::uint32_t> loads[] = {4, 30};
  const std::string_view black[] = {"vip", "black"}, known[] = {"known"};
  CHECK(reason("night", {.called = "+74957304487", .now = now}) ==
        "schedule office is open: Monday 08:00-18:00; 2026-11-23 09:00 UTC");
  CHECK(reason("overflow", {.called = "+74957304487", .now = now, .loads = loads}) ==
        "free agents of sales: 4, at most 0 wanted");
  CHECK(reason("busy trunk", {.called = "81", .now = now, .loads = loads}) ==
        "calls on trunk a: 30, at most 20 wanted");
  CHECK(reason("moscow", {.called = "+74957304487", .region = "RU", .now = now}) ==
        "region RU is not RU/Moscow");
  CHECK(reason("no region", {.called = "200", .region = "RU", .now = now}) ==
        "region RU is not unknown or DE");
  CHECK(reason("partner", {.called = "5", .caller = "+49301", .trunk = "x", .now = now}) ==
        "it came from x, not from partner or backup");
  CHECK(reason("partner", {.called = "5", .now = now}) == "caller withheld is not +4930!");
  CHECK(reason("inside", {.called = "101", .trunk = "x", .now = now}) ==
        "it came from x, not from an extension");
  CHECK(reason("black", {.called = "5", .now = now, .caller_lists = black}) ==
        "reject 603 declined");
  CHECK(reason("withheld", {.called = "reception", .now = now, .caller_lists = known}) ==
        "caller is on the list known");
}

TEST_CASE("chance is a matter of the call, spread evenly and drawn anew by each rule") {
  PlanShape plan{"split", {}};
  const unsigned percents[] = {33, 50, 100};
  for (const unsigned percent : percents)
    plan.rules.push_back({.name = "of " + std::to_string(percent),
                          .percent = percent,
                          .action = to(ActionKind::kQueue, "q")});
  const DialPlans plans = compiled({plan}), others = compiled({plan});
  std::map<std::string, int> calls;
  for (int i = 0; i < 30'000; ++i) {
    const std::string id = "call-" + std::to_string(i) + "@host";
    const std::string rule = rule_of(plans.decide("split", {.called = "1", .call_id = id}));
    CHECK(rule == rule_of(others.decide("split", {.called = "1", .call_id = id})));
    ++calls[rule];
  }
  for (const auto& [rule, count] : calls) {
    CAPTURE(rule);
    CHECK(count > 9'500);
    CHECK(count < 10'500);
  }
  CHECK(calls.size() == 3);
}

TEST_CASE("0 percent never matches and says so") {
  const DialPlans plans =
      compiled({{"p", {{.name = "never", .percent = 0, .action = to(ActionKind::kQueue, "q")}}}});
  CHECK(!plans.decide("p", {.called = "1", .call_id = "x"}).has_value());
  CHECK(plans.explain("p", {.called = "1", .call_id = "x"})[0].reason ==
        "the draw of 0 % did not fall on this call");
}

TEST_CASE("the index never changes a decision") {
  core::Random random(7);
  const char* const patterns[] = {"",    "1",   "12",   "12.", "1X", "X.", "NXX",  "+7.",
                                  "123", "+74", "ZX1.", "*2.", "a",  "a.", "1XX.", "22X"};
  const char* const numbers[] = {"",    "1", "12", "123", "1234", "+7",  "+74", "+7495",
                                 "*21", "#", "a",  "ab",  "225",  "12a", "999", "0"};
  for (int round = 0; round < 200; ++round) {
    PlanShape plan{"p", {}};
    for (int i = 0; i < 20; ++i) {
      RuleShape rule{.name = std::to_string(i), .action = to(ActionKind::kQueue, "q")};
      rule.called = number::NumberPattern::of(patterns[random.below(std::size(patterns))]);
      rule.caller = number::NumberPattern::of(patterns[random.below(std::size(patterns))]);
      if (rule.called.kind == number::NumberPattern::Kind::kExact && random.below(2) == 0)
        rule.called = number::NumberPattern::of(rule.called.text + "!");
      if (random.below(4) == 0) rule.trunks = {"t"};
      if (random.below(4) == 0) rule.percent = 50;
      plan.rules.push_back(std::move(rule));
    }
    const DialPlans plans = compiled({plan});
    for (int i = 0; i < 50; ++i) {
      const RouteFacts facts{.called = numbers[random.below(std::size(numbers))],
                             .caller = numbers[random.below(std::size(numbers))],
                             .trunk = random.below(2) == 0 ? "t" : "",
                             .call_id = numbers[random.below(std::size(numbers))]};
      const auto verdicts = plans.explain("p", facts);
      const RuleVerdict& last = verdicts.back();
      CHECK(rule_of(plans.decide("p", facts)) == (last.matches ? "p/" + last.rule->name : ""));
    }
  }
}

TEST_CASE("a decision stays good when the plans are moved") {
  DialPlans first = example();
  const auto route = first.decide("incoming", {.called = "112"});
  const DialPlans second = std::move(first);
  CHECK(rule_of(route) == "incoming/emergency");
  CHECK(rule_of(second.decide("incoming", {.called = "112"})) == "incoming/emergency");
}

}  // namespace pbx::route
