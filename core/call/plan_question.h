// core/call/plan_question.h — asks a plan where a call goes: gathers the facts that rules look at.
//
// Pure.  Owner: control.

#pragma once

#include <optional>
#include <string>

#include "core/call/switchboard.h"
#include "core/route/dial_plan.h"

namespace pbx::call {

// By what is in `call.outside`.  Nullopt: no rule matches, or there is no such plan.
[[nodiscard]] std::optional<route::Route> ask_plan(const Switchboard& board, const Turn& turn,
                                                   const Call& call, const std::string& plan);

}  // namespace pbx::call
