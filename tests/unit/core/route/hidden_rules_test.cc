#include "core/route/hidden_rules.h"

#include <doctest/doctest.h>

namespace pbx::route {
namespace {

using number::NumberPattern;

RuleShape rule(const char* called) {
  return {.called = NumberPattern::of(called), .action = {RouteAction::Kind::kQueue, "q", {}}};
}

std::vector<core::Flaw> hidden_in(std::vector<RuleShape> rules) {
  PlanShape plan{"p", std::move(rules)};
  for (std::size_t i = 0; i < plan.rules.size(); ++i) plan.rules[i].name = std::to_string(i);
  return find_hidden_rules(plan);
}

bool hides(RuleShape first, RuleShape second) {
  return !hidden_in({std::move(first), std::move(second)}).empty();
}

template <class Change>
RuleShape with(RuleShape rule, Change change) {
  change(rule);
  return rule;
}

}  // namespace

TEST_CASE("overlapping DIDs are told with the rule that takes them") {
  const auto flaws =
      hidden_in({rule("+74957304487"), rule("+74957304488"), rule("+74957304487"), rule("")});
  REQUIRE(flaws.size() == 1);
  CHECK(flaws[0].path == "plans.p.rules[2]");
  CHECK(flaws[0].text.starts_with("no call comes here: `0` (rules[0]) takes all of them"));
}

TEST_CASE("a wide number hides a narrow one, not the other way round") {
  CHECK(hides(rule(""), rule("112")));
  CHECK(hides(rule("+7495!"), rule("+74957304487")));
  CHECK(hides(rule("/\\+7\\d+/"), rule("+74957304487")));
  CHECK(hides(rule("1XX"), rule("1XX")));
  CHECK(hides(rule("reception"), rule("reception")));
  CHECK_FALSE(hides(rule("+74957304487"), rule("+7495!")));
  CHECK_FALSE(hides(rule("+7495!"), rule("+7496!")));
  CHECK_FALSE(hides(rule("112"), rule("")));
  CHECK_FALSE(hides(rule("112"), rule("1121")));
}

TEST_CASE("a condition of the first rule that the second lacks lets calls through") {
  const RuleShape plain = rule("112");
  const auto narrow = [&](auto change) {
    const RuleShape changed = with(plain, change);
    CHECK_FALSE(hides(changed, plain));
    CHECK(hides(plain, changed));
    if (changed.percent == 100) CHECK(hides(changed, changed));
  };
  narrow([](RuleShape& r) { r.caller = NumberPattern::of("+7495!"); });
  narrow([](RuleShape& r) { r.trunks = {"a"}; });
  narrow([](RuleShape& r) { r.regions = {"RU"}; });
  narrow([](RuleShape& r) { r.lists = {{"vip", true}}; });
  narrow([](RuleShape& r) { r.headers = {{"X-A"}}; });
  narrow([](RuleShape& r) { r.schedule = ScheduleCondition{"office", true}; });
  narrow([](RuleShape& r) { r.load = LoadCondition{{LoadSubject::Kind::kFreeAgents, "q"}, 1, 2}; });
  narrow([](RuleShape& r) { r.percent = 50; });
}

TEST_CASE("conditions of one kind are compared by what they take") {
  using R = RuleShape;
  const RuleShape plain = rule("112");
  const auto set = [&](auto change) { return with(plain, change); };
  const R a = set([](R& r) { r.trunks = {"a"}; });
  const R a_or_b = set([](R& r) { r.trunks = {"b", "a"}; });
  CHECK(hides(a_or_b, a));
  CHECK_FALSE(hides(a, a_or_b));
  const R russia = set([](R& r) { r.regions = {"RU"}; });
  const R moscow = set([](R& r) { r.regions = {"RU/Moscow"}; });
  CHECK(hides(russia, moscow));
  CHECK_FALSE(hides(moscow, russia));
  const R vip = set([](R& r) { r.lists = {{"vip", true}}; });
  const R vip_not_black = set([](R& r) { r.lists = {{"vip", true}, {"black", false}}; });
  CHECK(hides(vip, vip_not_black));
  CHECK_FALSE(hides(vip_not_black, vip));
  const R open = set([](R& r) { r.schedule = ScheduleCondition{"office", true}; });
  const R closed = set([](R& r) { r.schedule = ScheduleCondition{"office", false}; });
  CHECK_FALSE(hides(open, closed));
  const auto load = [&](std::uint32_t at_least, std::uint32_t at_most) {
    return set([&](R& r) {
      r.load = LoadCondition{{LoadSubject::Kind::kFreeAgents, "q"}, at_least, at_most};
    });
  };
  CHECK(hides(load(1, 9), load(2, 9)));
  CHECK_FALSE(hides(load(1, 9), load(0, 9)));
}

TEST_CASE("a rule that is found by its caller is hidden by callers alone") {
  RuleShape by_caller;
  by_caller.caller = NumberPattern::of("+7495!");
  RuleShape exact = by_caller;
  exact.caller = NumberPattern::of("+74957304487");
  CHECK(hides(by_caller, exact));
  CHECK_FALSE(hides(exact, by_caller));
  CHECK(hides(by_caller, with(exact, [](RuleShape& r) { r.called = NumberPattern::of("112"); })));
}

}  // namespace pbx::route
