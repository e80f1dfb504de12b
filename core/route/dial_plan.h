// core/route/dial_plan.h — where a call goes: ordered rules, compiled once, asked for each call.
//
// Pure and immutable after compile(); safe from any thread.  The same plans and facts give the same
// decision on every server.  Within a plan the first rule that matches counts.  An action kPlan
// goes on in another plan and does not come back: if no rule there matches, no rule matches.
//
// Chance (`percent`) is drawn by a hash of the Call-ID, the plan and the rule: a call that is asked
// about twice goes the same way, and rules do not share their draw: 33, 50, 100 on three rules in
// order is a third each.
//
// Cost: a rule is looked at when the number begins with the literal beginning of its pattern: of
// `called`, or where that has none, of `caller`.  Rules with neither are looked at one by one.
//
// Bounds: kPlansMax plans, kRulesMax rules in all, kConditionsMax entries in a list of a rule,
// kSchedulesMax schedules, kJumpsMax jumps in a row; more is a flaw, and so are plans that lead
// back to themselves.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/flaw.h"
#include "core/route/route_rule.h"
#include "core/route/rule_index.h"
#include "core/route/schedule.h"

namespace pbx::route {

inline constexpr std::size_t kPlansMax = 1000;
inline constexpr std::size_t kRulesMax = 100'000;
inline constexpr std::size_t kConditionsMax = 100;
inline constexpr std::size_t kSchedulesMax = 256;
inline constexpr std::size_t kJumpsMax = 8;

// What rules may name.  A rule that names another schedule has a flaw.
struct RouteWorld {
  std::vector<std::shared_ptr<const Schedule>> schedules;  // none is null, names are unique
};

// Both live as long as the DialPlans.
struct Route {
  const PlanShape* plan = nullptr;
  const RuleShape* rule = nullptr;  // its action is what happens; never kPlan

  [[nodiscard]] const RouteAction& action() const { return rule->action; }
};

// What was found out about one rule; both live as long as the DialPlans.
struct RuleVerdict {
  const PlanShape* plan = nullptr;
  const RuleShape* rule = nullptr;
  bool matches = false;
  std::string reason;  // why not, or what it does: "caller is not on the list vip"
};

class DialPlans {
 public:
  // Flaws: two plans or two rules of a plan of one name, a wrong pattern, an unknown plan or
  // schedule, a percentage above 100, an action without its target or cause, plans that lead back
  // to themselves or further than kJumpsMax, more than the bounds.
  // Paths: "plans.incoming.rules[3].called".
  [[nodiscard]] static core::Checked<DialPlans> compile(std::vector<PlanShape> plans,
                                                        RouteWorld world);

  // The plan to start in is named by where the call came from.  No plan of that name, or no rule
  // that matches: nullopt.  5 µs with 10 000 rules is the aim: tests/bench/route_bench.cc.
  [[nodiscard]] std::optional<Route> decide(std::string_view plan, const RouteFacts& facts) const;

  // Each rule passed over with the reason, and last the one that decides, if there is one.  Looks
  // at every rule, without the index: for people.
  [[nodiscard]] std::vector<RuleVerdict> explain(std::string_view plan,
                                                 const RouteFacts& facts) const;

  // What the positions in RouteFacts::overrides and RouteFacts::loads mean.
  [[nodiscard]] const std::vector<std::shared_ptr<const Schedule>>& schedules() const {
    return world_.schedules;
  }
  [[nodiscard]] const std::vector<LoadSubject>& loads() const { return loads_; }
  // Whether any rule asks for the region of a number: to find it costs more than all else.
  [[nodiscard]] bool asks_region() const { return asks_region_; }

 private:
  // What a rule refers to, by position.
  struct Links {
    std::uint32_t schedule = 0;
    std::uint32_t load = 0;
    std::uint32_t plan = 0;
  };
  struct Plan {
    PlanShape shape;
    std::vector<Links> links;  // by rule
    RuleIndex by_called;
    RuleIndex by_caller;
  };
  // The first condition of a rule that does not hold.
  enum class Failing : std::uint8_t {
    kNone,
    kCalled,
    kCaller,
    kTrunk,
    kRegion,
    kList,
    kHeader,
    kSchedule,
    kLoad,
    kPercent,
  };
  struct Question;

  DialPlans() = default;
  void link(std::vector<PlanShape> plans);
  [[nodiscard]] Links links_of(const RuleShape& rule);
  [[nodiscard]] std::optional<std::uint32_t> first_match(const Plan& plan,
                                                         Question& question) const;
  [[nodiscard]] Failing failing(const Plan& plan, std::uint32_t rule, Question& question) const;
  [[nodiscard]] bool is_open(std::uint32_t schedule, Question& question) const;
  [[nodiscard]] std::string reason(const Plan& plan, std::uint32_t rule, Question& question) const;

  RouteWorld world_;
  std::vector<LoadSubject> loads_;
  bool asks_region_ = false;
  std::vector<Plan> plans_;
  std::map<std::string, std::uint32_t, std::less<>> by_name_;
};

}  // namespace pbx::route
