// core/route/route_condition.h — the conditions of a rule one by one, and in words.
//
// Pure.  dial_plan.cc asks them in order; what only compares two texts is there.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/route/route_rule.h"

namespace pbx::route {

// "RU" holds for "RU" and "RU/Moscow", not for "RUX"; "" only for an unknown region.
[[nodiscard]] bool region_fits(std::string_view wanted, std::string_view region);
[[nodiscard]] bool header_fits(const HeaderCondition& wanted, std::span<const HeaderField> headers);
[[nodiscard]] bool list_fits(const ListCondition& wanted, std::span<const std::string_view> lists);

// 0 to 99, evenly over calls, and independent from rule to rule.
[[nodiscard]] unsigned draw_percent(std::string_view call_id, std::string_view plan,
                                    std::string_view rule);

// Why the condition of `rule` does not hold.  REQUIRES: it does not.
[[nodiscard]] std::string trunk_reason(const RuleShape& rule, const RouteFacts& facts);
[[nodiscard]] std::string region_reason(const RuleShape& rule, const RouteFacts& facts);
[[nodiscard]] std::string list_reason(const RuleShape& rule, const RouteFacts& facts);
[[nodiscard]] std::string header_reason(const RuleShape& rule, const RouteFacts& facts);
[[nodiscard]] std::string load_reason(const LoadCondition& wanted,
                                      std::optional<std::uint32_t> load);

}  // namespace pbx::route
