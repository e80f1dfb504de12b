#include "core/route/hidden_rules.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "core/route/route_condition.h"
#include "core/route/rule_index.h"

namespace pbx::route {
namespace {

using number::NumberPattern;

// Whether each number of `inner` is one of `outer` for certain.
bool covers(const NumberPattern& outer, const NumberPattern& inner) {
  if (outer.kind == NumberPattern::Kind::kAny) return true;
  if (inner.kind == NumberPattern::Kind::kExact) return outer.matches(inner.text);
  return outer.kind == inner.kind && outer.text == inner.text;
}

// Of conditions of which any may hold.
template <typename Fits>
bool covers_any(const std::vector<std::string>& outer, const std::vector<std::string>& inner,
                Fits fits) {
  if (outer.empty()) return true;
  if (inner.empty()) return false;
  return std::all_of(inner.begin(), inner.end(), [&](const std::string& one) {
    return std::any_of(outer.begin(), outer.end(),
                       [&](const std::string& other) { return fits(other, one); });
  });
}

// Of conditions that must all hold: the fewer, the wider.
template <typename T>
bool covers_all(const std::vector<T>& outer, const std::vector<T>& inner) {
  return std::all_of(outer.begin(), outer.end(), [&](const T& one) {
    return std::find(inner.begin(), inner.end(), one) != inner.end();
  });
}

bool covers(const std::optional<LoadCondition>& outer, const std::optional<LoadCondition>& inner) {
  if (!outer) return true;
  return inner && outer->subject == inner->subject && outer->at_least <= inner->at_least &&
         outer->at_most >= inner->at_most;
}

bool covers(const RuleShape& outer, const RuleShape& inner) {
  return outer.percent == 100 && covers(outer.called, inner.called) &&
         covers(outer.caller, inner.caller) &&
         covers_any(outer.trunks, inner.trunks, std::equal_to<>()) &&
         covers_any(outer.regions, inner.regions, region_fits) &&
         covers_all(outer.lists, inner.lists) && covers_all(outer.headers, inner.headers) &&
         (!outer.schedule || outer.schedule == inner.schedule) && covers(outer.load, inner.load);
}

// What covers a rule has a literal beginning that the rule's own begins with.
class Search {
 public:
  explicit Search(const PlanShape& plan) : plan_(plan) {}

  std::vector<core::Flaw> run() && {
    for (std::uint32_t i = 0; i < plan_.rules.size() && compared_ < kComparisonsMax; ++i) {
      const RuleShape& rule = plan_.rules[i];
      if (const auto by = hiding(rule)) add(i, *by);
      const bool by_caller = rule.called.literal().empty() && !rule.caller.literal().empty();
      (by_caller ? by_caller_ : by_called_)
          .add(by_caller ? rule.caller.literal() : rule.called.literal(), i);
    }
    return std::move(flaws_);
  }

 private:
  [[nodiscard]] std::optional<std::uint32_t> hiding(const RuleShape& rule) {
    RuleIndex::Lists lists;
    by_called_.find(rule.called.literal(), lists);
    by_caller_.find(rule.caller.literal(), lists);
    std::optional<std::uint32_t> first;
    for (const auto& list : lists.items()) {
      compared_ += list.size();
      const auto found = std::find_if(list.begin(), list.end(), [&](std::uint32_t other) {
        return covers(plan_.rules[other], rule);
      });
      if (found != list.end()) first = std::min(first.value_or(*found), *found);
    }
    return first;
  }

  void add(std::uint32_t rule, std::uint32_t by) {
    core::add_flaw(flaws_, fmt::format("plans.{}.rules[{}]", plan_.name, rule),
                   fmt::format("no call comes here: `{}` (rules[{}]) takes all of them; allowed: a "
                               "narrow rule before a wide one",
                               plan_.rules[by].name, by));
  }

  const PlanShape& plan_;
  RuleIndex by_called_;
  RuleIndex by_caller_;
  std::size_t compared_ = 0;
  std::vector<core::Flaw> flaws_;
};

}  // namespace

std::vector<core::Flaw> find_hidden_rules(const PlanShape& plan) { return Search(plan).run(); }

}  // namespace pbx::route
