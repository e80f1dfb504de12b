#include "core/route/dial_plan.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/route/dial_plan_check.h"
#include "core/route/route_condition.h"
#include "core/route/rule_text.h"

namespace pbx::route {
namespace {

template <typename Range, typename Holds>
bool any_or_none(const Range& wanted, Holds holds) {
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), holds);
}

std::optional<std::uint32_t> load_at(std::uint32_t index, const RouteFacts& facts) {
  return index < facts.loads.size() ? facts.loads[index] : std::nullopt;
}

const ScheduleOverride& hand_on(std::uint32_t schedule, const RouteFacts& facts) {
  static const ScheduleOverride kNone;
  return schedule < facts.overrides.size() ? facts.overrides[schedule] : kNone;
}

}  // namespace

// One call to decide(): the facts, and what was already found out about schedules.
struct DialPlans::Question {
  explicit Question(const RouteFacts& of) : facts(of) {}
  enum class Known : std::uint8_t { kNot, kOpen, kClosed };
  const RouteFacts& facts;
  std::array<Known, kSchedulesMax> schedules{};
};

core::Checked<DialPlans> DialPlans::compile(std::vector<PlanShape> plans, RouteWorld world) {
  std::vector<core::Flaw> flaws = check_plans(plans, world);
  if (!flaws.empty()) return tl::unexpected(std::move(flaws));
  DialPlans compiled;
  compiled.world_ = std::move(world);
  compiled.link(std::move(plans));
  return compiled;
}

void DialPlans::link(std::vector<PlanShape> plans) {
  for (std::uint32_t i = 0; i < plans.size(); ++i) by_name_.emplace(plans[i].name, i);
  plans_.reserve(plans.size());
  for (PlanShape& shape : plans) {
    Plan& plan = plans_.emplace_back();
    plan.shape = std::move(shape);
    for (std::uint32_t i = 0; i < plan.shape.rules.size(); ++i) {
      const RuleShape& rule = plan.shape.rules[i];
      plan.links.push_back(links_of(rule));
      // A rule is in one index only.  Without any literal it is at the root of by_called.
      const bool by_caller = rule.called.literal().empty() && !rule.caller.literal().empty();
      (by_caller ? plan.by_caller : plan.by_called)
          .add(by_caller ? rule.caller.literal() : rule.called.literal(), i);
    }
  }
}

DialPlans::Links DialPlans::links_of(const RuleShape& rule) {
  Links links;
  asks_region_ = asks_region_ || !rule.regions.empty();
  if (rule.schedule) {
    const auto found = std::find_if(
        world_.schedules.begin(), world_.schedules.end(),
        [&](const auto& schedule) { return schedule->name() == rule.schedule->schedule; });
    links.schedule = static_cast<std::uint32_t>(found - world_.schedules.begin());
  }
  if (rule.load) {
    const auto found = std::find(loads_.begin(), loads_.end(), rule.load->subject);
    links.load = static_cast<std::uint32_t>(found - loads_.begin());
    if (found == loads_.end()) loads_.push_back(rule.load->subject);
  }
  if (rule.action.kind == RouteAction::Kind::kPlan)
    links.plan = by_name_.find(rule.action.target)->second;
  return links;
}

std::optional<Route> DialPlans::decide(std::string_view plan, const RouteFacts& facts) const {
  const auto start = by_name_.find(plan);
  if (start == by_name_.end()) return std::nullopt;
  Question question(facts);
  std::uint32_t at = start->second;
  for (std::size_t jumps = 0; jumps <= kJumpsMax; ++jumps) {
    const Plan& current = plans_[at];
    const auto rule = first_match(current, question);
    if (!rule) return std::nullopt;
    const Route route{&current.shape, &current.shape.rules[*rule]};
    if (route.action().kind != RouteAction::Kind::kPlan) return route;
    at = current.links[*rule].plan;
  }
  return std::nullopt;  // compile() has refused plans that come here
}

std::optional<std::uint32_t> DialPlans::first_match(const Plan& plan, Question& question) const {
  RuleIndex::Lists lists;
  plan.by_called.find(question.facts.called, lists);
  plan.by_caller.find(question.facts.caller, lists);
  const auto items = lists.items();
  std::size_t left = 0;
  for (const auto& list : items) left += list.size();
  for (; left > 0; --left) {
    const std::uint32_t rule = take_first(items);
    if (failing(plan, rule, question) == Failing::kNone) return rule;
  }
  return std::nullopt;
}

DialPlans::Failing DialPlans::failing(const Plan& plan, std::uint32_t index,
                                      Question& question) const {
  const RuleShape& rule = plan.shape.rules[index];
  const RouteFacts& facts = question.facts;
  const auto is_trunk = [&](const std::string& name) { return name == facts.trunk; };
  const auto is_region = [&](const std::string& name) { return region_fits(name, facts.region); };
  const auto is_list = [&](const ListCondition& list) {
    return list_fits(list, facts.caller_lists);
  };
  const auto is_header = [&](const HeaderCondition& header) {
    return header_fits(header, facts.headers);
  };
  if (!rule.called.matches(facts.called)) return Failing::kCalled;
  if (!rule.caller.matches(facts.caller)) return Failing::kCaller;
  if (!any_or_none(rule.trunks, is_trunk)) return Failing::kTrunk;
  if (!any_or_none(rule.regions, is_region)) return Failing::kRegion;
  if (!std::all_of(rule.lists.begin(), rule.lists.end(), is_list)) return Failing::kList;
  if (!std::all_of(rule.headers.begin(), rule.headers.end(), is_header)) return Failing::kHeader;
  if (rule.schedule && is_open(plan.links[index].schedule, question) != rule.schedule->open)
    return Failing::kSchedule;
  if (rule.load) {
    const auto load = load_at(plan.links[index].load, facts);
    if (!load || *load < rule.load->at_least || *load > rule.load->at_most) return Failing::kLoad;
  }
  if (rule.percent < 100 && draw_percent(facts.call_id, plan.shape.name, rule.name) >= rule.percent)
    return Failing::kPercent;
  return Failing::kNone;
}

bool DialPlans::is_open(std::uint32_t schedule, Question& question) const {
  auto& known = question.schedules[schedule];
  if (known == Question::Known::kNot) {
    const RouteFacts& facts = question.facts;
    const bool open = world_.schedules[schedule]->is_open(facts.now, hand_on(schedule, facts));
    known = open ? Question::Known::kOpen : Question::Known::kClosed;
  }
  return known == Question::Known::kOpen;
}

std::vector<RuleVerdict> DialPlans::explain(std::string_view plan, const RouteFacts& facts) const {
  std::vector<RuleVerdict> verdicts;
  const auto start = by_name_.find(plan);
  if (start == by_name_.end()) return verdicts;
  Question question(facts);
  std::uint32_t at = start->second;
  for (std::size_t jumps = 0; jumps <= kJumpsMax; ++jumps) {
    const Plan& current = plans_[at];
    const RuleShape* chosen = nullptr;
    for (std::uint32_t i = 0; i < current.shape.rules.size() && chosen == nullptr; ++i) {
      const RuleShape& rule = current.shape.rules[i];
      const bool matches = failing(current, i, question) == Failing::kNone;
      verdicts.push_back({&current.shape, &rule, matches, reason(current, i, question)});
      if (matches) chosen = &rule;
      if (matches) at = current.links[i].plan;
    }
    if (chosen == nullptr || chosen->action.kind != RouteAction::Kind::kPlan) break;
  }
  return verdicts;
}

std::string DialPlans::reason(const Plan& plan, std::uint32_t index, Question& question) const {
  const RuleShape& rule = plan.shape.rules[index];
  const RouteFacts& facts = question.facts;
  switch (failing(plan, index, question)) {
    case Failing::kNone:
      return to_text(rule.action);
    case Failing::kCalled:
      return fmt::format("called {} is not {}", facts.called, to_text(rule.called));
    case Failing::kCaller:
      return fmt::format("caller {} is not {}", facts.caller.empty() ? "withheld" : facts.caller,
                         to_text(rule.caller));
    case Failing::kTrunk:
      return trunk_reason(rule, facts);
    case Failing::kRegion:
      return region_reason(rule, facts);
    case Failing::kList:
      return list_reason(rule, facts);
    case Failing::kHeader:
      return header_reason(rule, facts);
    case Failing::kSchedule: {
      const std::uint32_t schedule = plan.links[index].schedule;
      return fmt::format("schedule {} is {}", rule.schedule->schedule,
                         world_.schedules[schedule]->explain(facts.now, hand_on(schedule, facts)));
    }
    case Failing::kLoad:
      return load_reason(*rule.load, load_at(plan.links[index].load, facts));
    case Failing::kPercent:
      return fmt::format("the draw of {} % did not fall on this call", rule.percent);
  }
  return {};
}

}  // namespace pbx::route
