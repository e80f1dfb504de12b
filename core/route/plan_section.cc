#include "core/route/plan_section.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/base/text.h"
#include "core/config/suggest.h"
#include "core/route/rule_text.h"

namespace pbx::route {
namespace {

constexpr std::string_view kUnknown = "unknown";  // in `regions`

// The words of one rule; what is wrong goes to `flaws` with its place.
class RuleReader {
 public:
  RuleReader(const config::Config& config, const NumberPlans& numbers, std::string path,
             std::vector<core::Flaw>& flaws)
      : config_(config), numbers_(numbers), path_(std::move(path)), flaws_(flaws) {}

  RuleShape read(const config::PlanRule& from, std::size_t index) {
    RuleShape rule;
    rule.name = from.name.empty() ? fmt::format("rule {}", index + 1) : from.name;
    rule.called = pattern(from.called, ".called");
    rule.caller = pattern(from.caller, ".caller");
    for (const std::string& name : from.trunks)
      rule.trunks.push_back(name == kInsideWord ? std::string() : name);
    for (const std::string& name : from.regions)
      rule.regions.push_back(name == kUnknown ? std::string() : name);
    rule.lists = read_all<ListCondition>(from.lists, ".lists", parse_list);
    rule.headers = read_all<HeaderCondition>(from.headers, ".headers", parse_header);
    if (!from.schedule.empty()) rule.schedule = taken(parse_schedule(from.schedule), ".schedule");
    if (!from.load.empty()) rule.load = taken(parse_load(from.load), ".load");
    rule.percent = from.percent;
    if (auto action = taken(parse_action(from.to), ".to")) rule.action = std::move(*action);
    check_names(rule);
    return rule;
  }

 private:
  void add(const std::string& option, std::string text) {
    core::add_flaw(flaws_, path_ + option, std::move(text));
  }

  template <class T>
  std::optional<T> taken(config::Parsed<T> parsed, const std::string& option) {
    if (parsed) return std::move(*parsed);
    add(option, std::move(parsed.error()));
    return std::nullopt;
  }

  template <class T>
  std::vector<T> read_all(const std::vector<std::string>& texts, std::string_view option,
                          config::Parsed<T> (*parse)(std::string_view)) {
    std::vector<T> all;
    for (std::size_t i = 0; i < texts.size(); ++i)
      if (auto one = taken(parse(texts[i]), fmt::format("{}[{}]", option, i)))
        all.push_back(std::move(*one));
    return all;
  }

  // A number that every domain stores in another form would never match.
  number::NumberPattern pattern(const std::string& text, const std::string& option) {
    auto pattern = number::NumberPattern::of(text);
    if (!pattern.fault.empty()) add(option, pattern.fault);
    if (pattern.kind != number::NumberPattern::Kind::kExact) return pattern;
    if (const std::string stored = stored_otherwise(text); !stored.empty())
      add(option, fmt::format("`{}` is stored as {}; allowed: the stored form", text, stored));
    return pattern;
  }

  // "": there is a domain that stores it as it is, or it is no number.
  [[nodiscard]] std::string stored_otherwise(const std::string& text) const {
    std::string other;
    for (const number::NumberPlan* plan : numbers_) {
      const auto number = number::normalise(text, *plan);
      if (!number || number->text == text) return {};
      if (other.empty()) other = number->text;
    }
    return other;
  }

  void check_names(const RuleShape& rule) {
    for (std::size_t i = 0; i < rule.trunks.size(); ++i)
      if (!rule.trunks[i].empty())
        check_name(config_.trunks, "trunk", rule.trunks[i], fmt::format(".trunks[{}]", i));
    for (std::size_t i = 0; i < rule.lists.size(); ++i)
      check_name(config_.caller_lists, "caller list", rule.lists[i].list,
                 fmt::format(".lists[{}]", i));
    if (rule.schedule)
      check_name(config_.schedules, "schedule", rule.schedule->schedule, ".schedule");
    if (rule.load) check_load(rule.load->subject);
    check_target(rule.action);
  }

  // There are no queues yet: such a load would never hold.
  void check_load(const LoadSubject& subject) {
    if (subject.kind == LoadSubject::Kind::kTrunkCalls)
      return check_name(config_.trunks, "trunk", subject.target, ".load");
    add(".load", "this exchange has no queues; allowed: trunk_calls");
  }

  void check_target(const RouteAction& action) {
    switch (action.kind) {
      case RouteAction::Kind::kExtension:
        if (action.target.empty()) return;
        return check_name(config_.extensions, "extension", action.target, ".to");
      case RouteAction::Kind::kTrunk:
        return check_name(config_.trunks, "trunk", action.target, ".to");
      case RouteAction::Kind::kTrunkGroup:
        return check_name(config_.trunk_groups, "trunk group", action.target, ".to");
      case RouteAction::Kind::kPlan:
        return check_name(config_.plans, "plan", action.target, ".to");
      case RouteAction::Kind::kDomain:
        return check_domain(action.target);
      case RouteAction::Kind::kReject:
      case RouteAction::Kind::kAnnouncement:  // a file of the data directory, which may come later
        return;
      case RouteAction::Kind::kGroup:
      case RouteAction::Kind::kQueue:
      case RouteAction::Kind::kFlow:
      case RouteAction::Kind::kVoicemail:
        return add(".to",
                   fmt::format("`{}`: this exchange has no such thing yet; allowed: "
                               "extension, domain, trunk, trunks, plan, announcement, reject",
                               to_text(action)));
    }
  }

  void check_domain(const std::string& name) {
    if (!name.empty() && !config_.domains.contains(name))
      return check_name(config_.domains, "domain", name, ".to");
    const bool has_way =
        std::any_of(config_.passages.begin(), config_.passages.end(),
                    [&name](const config::Passage& way) { return way.to == name; });
    if (!has_way) add(".to", "no passage leads there; needed: one in `passages`");
  }

  template <class Map>
  void check_name(const Map& known, std::string_view what, const std::string& name,
                  const std::string& option) {
    if (!known.contains(name)) add(option, config::not_there(what, name, config::keys_of(known)));
  }

  const config::Config& config_;
  const NumberPlans& numbers_;
  std::string path_;
  std::vector<core::Flaw>& flaws_;
};

}  // namespace

std::vector<PlanShape> read_plans(const config::Config& config, const NumberPlans& numbers,
                                  std::vector<core::Flaw>& flaws) {
  std::vector<PlanShape> plans;
  for (const auto& [name, from] : config.plans) {
    PlanShape& plan = plans.emplace_back();
    plan.name = name;
    for (std::size_t i = 0; i < from.rules.size(); ++i) {
      RuleReader reader(config, numbers, fmt::format("plans.{}.rules[{}]", name, i), flaws);
      plan.rules.push_back(reader.read(from.rules[i], i));
    }
  }
  return plans;
}

}  // namespace pbx::route
