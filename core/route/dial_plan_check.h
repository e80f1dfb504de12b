// core/route/dial_plan_check.h — all that is wrong with plans, before they are compiled.  Pure.

#pragma once

#include <vector>

#include "core/route/dial_plan.h"

namespace pbx::route {

// Empty: DialPlans may rely on every reference, pattern and bound.  See DialPlans::compile().
[[nodiscard]] std::vector<core::Flaw> check_plans(const std::vector<PlanShape>& plans,
                                                  const RouteWorld& world);

}  // namespace pbx::route
