#include "core/route/route_explanation.h"

#include "section_samples.h"

namespace pbx::route {
namespace {

constexpr const char* kCompany =
    "rewrites: {in: {rules: [{match: '8(XXXXXXXXXX)', replace: '+7$1'}]}}\n"
    "trunks: {mts: {servers: [192.0.2.1]}}\n"
    "schedules: {office: {zone: UTC, week: {monday: [09:00-18:00]}}}\n"
    "caller_lists: {vip: {numbers: ['+79104032212']}}\n"
    "plans:\n"
    "  incoming:\n"
    "    rules:\n"
    "      - {lists: [vip], to: extension 201}\n"
    "      - {headers: ['X-A: b'], to: extension 202}\n"
    "      - {schedule: not office, to: plan night}\n"
    "  night: {rules: [{regions: [DE], to: reject busy}, {trunks: [mts], to: extension 299}]}\n";

Routing company() {
  auto made = Routing::make(*testing::config_of(kCompany), {});
  REQUIRE(made.has_value());
  return std::move(*made);
}

RouteQuestion call() {
  RouteQuestion question;
  question.plan = "incoming";
  question.called = "84957304487";
  question.caller = "84951112233";
  question.trunk = "mts";
  question.called_rewrites = {"in"};
  question.now = core::parse_iso8601("2026-11-23T20:00:00Z").value();  // a Monday
  return question;
}

}  // namespace

TEST_CASE("the facts of a call and each rule are told, through jumps to other plans") {
  const Routing routing = company();
  const RouteExplanation told = explain_route(routing, call());
  CHECK(told.called.sets.size() == 1);
  CHECK(told.caller.sets.empty());
  CHECK(told.numbers.called.text == "+74957304487");
  CHECK(told.numbers.caller.text == "+74951112233");
  CHECK(told.numbers.region == "RU/Moscow");
  REQUIRE(told.schedules.size() == 1);
  CHECK(told.schedules[0].first == "office");
  CHECK(told.schedules[0].second.starts_with("closed: outside of Monday 09:00-18:00"));
  std::vector<std::string> reasons;
  for (const RuleVerdict& verdict : told.verdicts) reasons.push_back(verdict.reason);
  CHECK(reasons == std::vector<std::string>{"caller is not on the list vip", "no header X-A is b",
                                            "plan night", "region RU/Moscow is not DE",
                                            "extension 299"});
  CHECK(told.is_decided());
}

TEST_CASE("lists and headers of the question count") {
  const Routing routing = company();
  RouteQuestion vip = call();
  vip.caller = "8(910)4032212";
  CHECK(explain_route(routing, vip).verdicts.back().reason == "extension 201");
  RouteQuestion with_header = call();
  with_header.headers = {{"x-a", "b"}};
  CHECK(explain_route(routing, with_header).verdicts.back().reason == "extension 202");
}

TEST_CASE("a call for which no rule holds is not decided") {
  const Routing routing = company();
  RouteQuestion inside = call();
  inside.trunk = "";
  CHECK_FALSE(explain_route(routing, inside).is_decided());
  inside.plan = "nowhere";
  CHECK_FALSE(explain_route(routing, inside).is_decided());
}

}  // namespace pbx::route
