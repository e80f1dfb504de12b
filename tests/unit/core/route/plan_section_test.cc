#include "core/route/plan_section.h"

#include "section_samples.h"

namespace pbx::route {
namespace {

struct Read {
  std::vector<PlanShape> plans;
  std::string flaws;
};

Read read(const std::string& text) {
  const auto config = testing::config_of(text);
  const auto numbers = number::NumberPlan::open({});
  std::vector<core::Flaw> flaws;
  Read result;
  result.plans = read_plans(*config, {&*numbers}, flaws);
  result.flaws = testing::text_of(flaws);
  return result;
}

}  // namespace

TEST_CASE("every condition of a rule is read") {
  const Read result = read(
      "trunks: {mts: {servers: [192.0.2.1]}}\n"
      "schedules: {office: {zone: UTC}}\n"
      "caller_lists: {vip: , black: }\n"
      "plans:\n"
      "  incoming:\n"
      "    rules:\n"
      "      - to: trunk mts\n"
      "        name: all of it\n"
      "        called: +74957304487\n"
      "        caller: +7495!\n"
      "        trunks: [mts, none]\n"
      "        regions: [RU/Moscow, unknown]\n"
      "        lists: [vip, not black]\n"
      "        headers: ['X-A: b']\n"
      "        schedule: not office\n"
      "        load: trunk_calls mts < 30\n"
      "        percent: 50\n"
      "      - {to: extension}\n");
  CHECK(result.flaws.empty());
  REQUIRE(result.plans.size() == 1);
  CHECK(result.plans[0].name == "incoming");
  REQUIRE(result.plans[0].rules.size() == 2);
  const RuleShape& rule = result.plans[0].rules[0];
  CHECK(rule.name == "all of it");
  CHECK(rule.called.matches("+74957304487"));
  CHECK(rule.caller.matches("+74951112233"));
  CHECK(rule.trunks == std::vector<std::string>{"mts", ""});
  CHECK(rule.regions == std::vector<std::string>{"RU/Moscow", ""});
  CHECK(rule.lists == std::vector<ListCondition>{{"vip", true}, {"black", false}});
  CHECK(rule.headers == std::vector<HeaderCondition>{{"X-A", HeaderCondition::Kind::kEquals, "b"}});
  CHECK(rule.schedule == ScheduleCondition{"office", false});
  CHECK(rule.load == LoadCondition{{LoadSubject::Kind::kTrunkCalls, "mts"}, 0, 29});
  CHECK(rule.percent == 50);
  CHECK(rule.action == RouteAction{RouteAction::Kind::kTrunk, "mts", {}});
  CHECK(result.plans[0].rules[1].name == "rule 2");
  CHECK(result.plans[0].rules[1].called.matches("whatever"));
}

TEST_CASE("what is wrong in a rule is told at its option") {
  struct Row {
    const char* rule;
    const char* flaw;  // after "plans.p.rules[0]"
  };
  const Row rows[] = {
      {"to: qeue sales", ".to: `qeue` is not known, did you mean `queue`?"},
      {"to: extension 300", ".to: there is no extension `300`"},
      {"to: voicemail 200", ".to: `voicemail 200`: this exchange has no such thing yet; allowed"},
      {"to: queue sales", ".to: `queue sales`: this exchange has no such thing yet; allowed"},
      {"to: trunk mtt", ".to: there is no trunk `mtt`, did you mean `mts`?; allowed: mts\n"},
      {"to: trunks all", ".to: there is no trunk group `all`; none is configured\n"},
      {"to: plan q", ".to: there is no plan `q`"},
      {"to: extension, called: 1.X", ".called: character 3"},
      {"to: extension, caller: 1_2", ".caller: character 2"},
      {"to: extension, called: 84957304487",
       ".called: `84957304487` is stored as +74957304487; allowed: the stored form\n"},
      {"to: extension, trunks: [none, mtt]", ".trunks[1]: there is no trunk `mtt`"},
      {"to: extension, lists: [a b]", ".lists[0]: `a b` is no name"},
      {"to: extension, lists: [vip]", ".lists[0]: there is no caller list `vip`"},
      {"to: extension, headers: [X-A, 'X B']", ".headers[1]: `X B` is no name of a header"},
      {"to: extension, schedule: not office", ".schedule: there is no schedule `office`"},
      {"to: extension, load: sales < 5", ".load: `sales` is not known"},
      {"to: extension, load: free_agents sales > 0", ".load: this exchange has no queues"},
      {"to: extension, load: trunk_calls a < 5", ".load: there is no trunk `a`"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.rule);
    const Read result =
        read(std::string("trunks: {mts: {servers: [192.0.2.1]}}\nplans: {p: {rules: [{") +
             row.rule + "}]}}\n");
    CAPTURE(result.flaws);
    CHECK(result.flaws.starts_with(std::string("plans.p.rules[0]") + row.flaw));
    CHECK(result.flaws.find('\n') == result.flaws.size() - 1);
  }
}

TEST_CASE("numbers that are stored as they are written need no other form") {
  CHECK(read("plans: {p: {rules: [{called: '112', to: extension}, {called: '+74957304487', to: "
             "extension}, {called: '*21', to: extension}, {called: reception, to: extension}]}}\n")
            .flaws.empty());
}

}  // namespace pbx::route
