// core/route/hidden_rules.h — rules that no call can come to, because an earlier rule of the plan
// takes all of theirs: overlapping DIDs.
//
// Pure.  A rule is told only if that is certain: regular expressions and letters are compared as
// texts, so one that is hidden by a wider pattern of its kind is not found.
//
// Bound: kComparisonsMax pairs of rules of a plan; beyond it no more are looked for.

#pragma once

#include <cstddef>
#include <vector>

#include "core/base/flaw.h"
#include "core/route/route_rule.h"

namespace pbx::route {

inline constexpr std::size_t kComparisonsMax = 10'000'000;

// Paths: "plans.incoming.rules[3]".  REQUIRES: patterns without fault.
[[nodiscard]] std::vector<core::Flaw> find_hidden_rules(const PlanShape& plan);

}  // namespace pbx::route
