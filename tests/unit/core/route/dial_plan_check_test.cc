#include "core/route/dial_plan_check.h"

#include <doctest/doctest.h>

namespace pbx::route {
namespace {

using ActionKind = RouteAction::Kind;

RuleShape jump(const char* plan) { return {.name = plan, .action = {ActionKind::kPlan, plan, {}}}; }

RuleShape good() { return {.name = "good", .action = {ActionKind::kQueue, "sales", {}}}; }

PlanShape plan(const char* name, std::vector<RuleShape> rules) { return {name, std::move(rules)}; }

std::vector<core::Flaw> flaws_of(RuleShape rule) {
  return check_plans({plan("p", {std::move(rule)})}, {});
}

}  // namespace

TEST_CASE("each mistake of a rule is told at its place") {
  const auto only = [](auto change, const char* path, const char* part) {
    RuleShape rule = good();
    change(rule);
    const auto flaws = flaws_of(rule);
    CAPTURE(path);
    REQUIRE(flaws.size() == 1);
    CHECK(flaws[0].path == path);
    CHECK_MESSAGE(flaws[0].text.find(part) != std::string::npos, flaws[0].text);
  };
  using R = RuleShape;
  only([](R& r) { r.name = ""; }, "plans.p.rules[0]", "needs a name");
  only([](R& r) { r.called = number::NumberPattern::of("1.X"); }, "plans.p.rules[0].called",
       "can follow");
  only([](R& r) { r.caller = number::NumberPattern::of("1_2"); }, "plans.p.rules[0].caller",
       "character 2");
  only(
      [](R& r) {
        r.schedule = {"office", true};
      },
      "plans.p.rules[0].schedule", "there is no schedule office");
  only([](R& r) { r.load = LoadCondition{}; }, "plans.p.rules[0].load", "a queue or a trunk");
  only(
      [](R& r) {
        r.load = LoadCondition{{LoadSubject::Kind::kFreeAgents, "q"}, 3, 2};
      },
      "plans.p.rules[0].load", "at most 2 and at least 3");
  only([](R& r) { r.percent = 101; }, "plans.p.rules[0].percent", "0 to 100");
  only([](R& r) { r.headers = {{}}; }, "plans.p.rules[0].headers", "needs a name");
  only([](R& r) { r.trunks.assign(kConditionsMax + 1, "t"); }, "plans.p.rules[0].trunks", "100");
  only([](R& r) { r.regions.assign(kConditionsMax + 1, "t"); }, "plans.p.rules[0].regions", "100");
  only(
      [](R& r) {
        r.lists.assign(kConditionsMax + 1, {"l", true});
      },
      "plans.p.rules[0].lists", "100");
  only([](R& r) { r.headers.assign(kConditionsMax + 1, {"h"}); }, "plans.p.rules[0].headers",
       "100");
  only([](R& r) { r.action.target = ""; }, "plans.p.rules[0].to", "needs a target");
  only(
      [](R& r) {
        r.action = {ActionKind::kReject, "", core::Cause{200, 16, ""}};
      },
      "plans.p.rules[0].to", "400 to 699");
  only(
      [](R& r) {
        r.action = {ActionKind::kReject, "", core::Cause{}};
      },
      "plans.p.rules[0].to", "400 to 699");
  only([](R& r) { r = jump("nowhere"); }, "plans.p.rules[0].to", "there is no plan nowhere");
  CHECK(flaws_of(good()).empty());
}

TEST_CASE("names are unique") {
  auto flaws = check_plans({plan("p", {good(), good()})}, {});
  REQUIRE(flaws.size() == 1);
  CHECK(flaws[0].path == "plans.p.rules[1]");
  flaws = check_plans({plan("p", {good()}), plan("p", {})}, {});
  REQUIRE(flaws.size() == 1);
  CHECK(flaws[0].path == "plans.p");
}

TEST_CASE("all mistakes are told at once") {
  RuleShape bad = good();
  bad.percent = 300;
  bad.called = number::NumberPattern::of("..");
  bad.action.target = "";
  CHECK(flaws_of(bad).size() == 3);
  const std::vector<RuleShape> many(300, bad);
  CHECK(check_plans({plan("p", many)}, {}).size() == core::kFlawsMax);
}

TEST_CASE("plans that lead back to themselves are refused at the jump that closes the circle") {
  struct Row {
    std::vector<PlanShape> plans;
    const char* path;
    const char* loop;
  };
  const Row rows[] = {
      {{plan("a", {jump("a")})}, "plans.a.rules[0].to", "a -> a"},
      {{plan("a", {jump("b")}), plan("b", {good(), jump("a")})},
       "plans.b.rules[1].to",
       "a -> b -> a"},
      {{plan("x", {jump("a")}), plan("a", {jump("b")}), plan("b", {jump("c")}),
        plan("c", {jump("a")})},
       "plans.c.rules[0].to",
       "a -> b -> c -> a"},
  };
  for (const Row& row : rows) {
    const auto flaws = check_plans(row.plans, {});
    REQUIRE(flaws.size() == 1);
    CHECK(flaws[0].path == row.path);
    CHECK_MESSAGE(flaws[0].text.ends_with(row.loop), flaws[0].text);
  }
  // Two ways to one plan are no circle.
  CHECK(check_plans({plan("a", {jump("b"), jump("c")}), plan("b", {jump("d")}),
                     plan("c", {jump("d")}), plan("d", {good()})},
                    {})
            .empty());
}

TEST_CASE("jumps in a row are bounded") {
  const auto chain = [](std::size_t jumps) {
    std::vector<PlanShape> plans;
    for (std::size_t i = 0; i < jumps; ++i)
      plans.push_back(plan(std::to_string(i).c_str(), {jump(std::to_string(i + 1).c_str())}));
    plans.push_back(plan(std::to_string(jumps).c_str(), {good()}));
    return plans;
  };
  CHECK(check_plans(chain(kJumpsMax), {}).empty());
  const auto flaws = check_plans(chain(kJumpsMax + 1), {});
  REQUIRE(flaws.size() == 1);
  CHECK(flaws[0].path == "plans.0.rules[0].to");
  const auto longest = DialPlans::compile(chain(kJumpsMax), {});
  REQUIRE(longest.has_value());
  CHECK(longest->decide("0", {.called = "1"})->rule->name == "good");
}

TEST_CASE("the bounds of plans, rules and schedules") {
  CHECK(check_plans(std::vector<PlanShape>(kPlansMax + 1), {}).front().path == "plans");
  std::vector<RuleShape> rules(kRulesMax + 1);
  CHECK(check_plans({plan("p", std::move(rules))}, {}).front().text.starts_with("more than"));
}

}  // namespace pbx::route
