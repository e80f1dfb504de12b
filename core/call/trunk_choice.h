// core/call/trunk_choice.h — in which order the trunks of a group are tried.
//
// Pure.  Priorities go before all else; among trunks of one priority the order of the group counts.
// Chance is drawn by `draw`, a number that differs from call to call: the same draw gives the same
// order.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/call/trunk_lines.h"
#include "core/config/route.h"
#include "core/route/routing.h"

namespace pbx::call {

struct TrunkQuestion {
  std::string_view number;  // in its stored form, for prices
  std::uint64_t draw = 0;   // for kWeight; for kRoundRobin it counts the calls of the group
};

[[nodiscard]] std::vector<std::string> order_trunks(const config::TrunkGroup& group,
                                                    const TrunkLines& lines,
                                                    const route::Routing& routing,
                                                    const TrunkQuestion& question);

// True: the trunk could not do it, where another one may.  Never what a person did (busy,
// declined), never a number that does not exist.
[[nodiscard]] bool is_trunk_failure(const core::Cause& cause);

}  // namespace pbx::call
