// core/route/plan_section.h — section `plans` of a configuration as the shapes that DialPlans
// compiles.
//
// Pure.  Words, names and numbers of rules are read here, so that what is wrong is told in the
// words of the file and with what was probably meant.

#pragma once

#include <string_view>
#include <vector>

#include "core/base/flaw.h"
#include "core/config/config.h"
#include "core/number/number.h"
#include "core/route/route_rule.h"

namespace pbx::route {

// In `trunks` of a rule: the call came from an extension.  No trunk may have this name.
inline constexpr std::string_view kInsideWord = "none";

// Of the house and of every domain.
using NumberPlans = std::vector<const number::NumberPlan*>;

// In the order of names.  Paths of flaws: "plans.incoming.rules[3].to".  With a flaw the shapes are
// not to be compiled.
[[nodiscard]] std::vector<PlanShape> read_plans(const config::Config& config,
                                                const NumberPlans& numbers,
                                                std::vector<core::Flaw>& flaws);

}  // namespace pbx::route
