#include "core/route/dial_plan_check.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace pbx::route {
namespace {

class Checker {
 public:
  Checker(const std::vector<PlanShape>& plans, const RouteWorld& world)
      : plans_(plans), world_(world), lengths_(plans.size(), kUnknown) {}

  std::vector<core::Flaw> run() && {
    check_bounds();
    if (!flaws_.empty()) return std::move(flaws_);
    for (std::uint32_t i = 0; i < plans_.size(); ++i)
      if (!by_name_.emplace(plans_[i].name, i).second)
        add("plans." + plans_[i].name, "a second plan of this name");
    for (const PlanShape& plan : plans_) check_plan(plan);
    for (std::uint32_t i = 0; i < plans_.size(); ++i) measure(i);
    return std::move(flaws_);
  }

 private:
  static constexpr int kUnknown = -1;
  static constexpr int kOnPath = -2;

  void add(std::string path, std::string text) {
    core::add_flaw(flaws_, std::move(path), std::move(text));
  }

  void check_bounds() {
    std::size_t rules = 0;
    for (const PlanShape& plan : plans_) rules += plan.rules.size();
    if (plans_.size() > kPlansMax) add("plans", fmt::format("more than {} plans", kPlansMax));
    if (rules > kRulesMax) add("plans", fmt::format("more than {} rules", kRulesMax));
    if (world_.schedules.size() > kSchedulesMax)
      add("schedules", fmt::format("more than {} schedules", kSchedulesMax));
  }

  void check_plan(const PlanShape& plan) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < plan.rules.size(); ++i) {
      const RuleShape& rule = plan.rules[i];
      const std::string path = path_of(plan, i);
      if (rule.name.empty()) add(path, "a rule needs a name");
      if (!names.insert(rule.name).second)
        add(path, fmt::format("a second rule with the name {}", rule.name));
      check_conditions(rule, path);
      check_action(rule.action, path + ".to");
    }
  }

  void check_conditions(const RuleShape& rule, const std::string& path) {
    if (!rule.called.fault.empty()) add(path + ".called", rule.called.fault);
    if (!rule.caller.fault.empty()) add(path + ".caller", rule.caller.fault);
    check_size(rule.trunks.size(), path + ".trunks");
    check_size(rule.regions.size(), path + ".regions");
    check_size(rule.lists.size(), path + ".lists");
    check_size(rule.headers.size(), path + ".headers");
    for (const HeaderCondition& header : rule.headers)
      if (header.name.empty()) add(path + ".headers", "a header needs a name");
    if (rule.schedule && !has_schedule(rule.schedule->schedule))
      add(path + ".schedule", fmt::format("there is no schedule {}", rule.schedule->schedule));
    if (rule.load && rule.load->subject.target.empty())
      add(path + ".load", "a load needs a queue or a trunk");
    if (rule.load && rule.load->at_most < rule.load->at_least)
      add(path + ".load", fmt::format("at most {} and at least {} can never be", rule.load->at_most,
                                      rule.load->at_least));
    if (rule.percent > 100) add(path + ".percent", "a percentage is 0 to 100");
  }

  void check_size(std::size_t size, const std::string& path) {
    if (size > kConditionsMax) add(path, fmt::format("more than {} entries", kConditionsMax));
  }

  [[nodiscard]] bool has_schedule(const std::string& name) const {
    return std::any_of(world_.schedules.begin(), world_.schedules.end(),
                       [&](const auto& schedule) { return schedule->name() == name; });
  }

  void check_action(const RouteAction& action, const std::string& path) {
    const bool rejects = action.kind == RouteAction::Kind::kReject;
    if (rejects && (action.cause.sip_status < 400 || action.cause.sip_status > 699))
      add(path, "reject needs a SIP status of 400 to 699");
    const bool may_be_empty = rejects || action.kind == RouteAction::Kind::kExtension ||
                              action.kind == RouteAction::Kind::kDomain;
    if (!may_be_empty && action.target.empty()) add(path, "the action needs a target");
    if (action.kind == RouteAction::Kind::kPlan && !by_name_.contains(action.target))
      add(path, fmt::format("there is no plan {}", action.target));
  }

  // The longest way by jumps from `plan` on; each plan is looked at once.  A loop is told at the
  // jump that closes it.
  int measure(std::uint32_t plan) {
    if (lengths_[plan] != kUnknown) return lengths_[plan];
    lengths_[plan] = kOnPath;
    path_.push_back(plan);
    int longest = 0;
    const auto& rules = plans_[plan].rules;
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const auto next = next_of(rules[i].action);
      if (next == by_name_.end()) continue;
      const std::string place = path_of(plans_[plan], i) + ".to";
      const int length = measure(next->second);
      if (length == kOnPath) {
        add(place, "plans lead back to themselves: " + loop_text(next->second));
      } else if (length + 1 == static_cast<int>(kJumpsMax) + 1) {
        add(place, fmt::format("more than {} jumps in a row", kJumpsMax));
      }
      longest = std::max(longest, length + 1);
    }
    path_.pop_back();
    return lengths_[plan] = longest;
  }

  using Names = std::map<std::string, std::uint32_t, std::less<>>;
  [[nodiscard]] Names::const_iterator next_of(const RouteAction& action) const {
    return action.kind == RouteAction::Kind::kPlan ? by_name_.find(action.target) : by_name_.end();
  }

  [[nodiscard]] std::string loop_text(std::uint32_t first) const {
    std::string text;
    for (auto at = std::find(path_.begin(), path_.end(), first); at != path_.end(); ++at)
      text += plans_[*at].name + " -> ";
    return text + plans_[first].name;
  }

  static std::string path_of(const PlanShape& plan, std::size_t rule) {
    return fmt::format("plans.{}.rules[{}]", plan.name, rule);
  }

  const std::vector<PlanShape>& plans_;
  const RouteWorld& world_;
  Names by_name_;
  std::vector<int> lengths_;         // by plan: jumps, or one of the two marks
  std::vector<std::uint32_t> path_;  // the plans that measure() is in
  std::vector<core::Flaw> flaws_;
};

}  // namespace

std::vector<core::Flaw> check_plans(const std::vector<PlanShape>& plans, const RouteWorld& world) {
  return Checker(plans, world).run();
}

}  // namespace pbx::route
