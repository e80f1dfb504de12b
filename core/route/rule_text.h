// core/route/rule_text.h — the words of a rule: from what people write to conditions and actions,
// and back.
//
// Pure.  What is refused is a phrase that says what is wrong and what is allowed; whether the names
// exist is not known here.

#pragma once

#include <string>
#include <string_view>

#include "core/config/forms.h"
#include "core/route/route_rule.h"

namespace pbx::route {

// "queue sales", "extension" (the one dialled), "trunks providers", "reject busy", "reject 403",
// "reject 503 congestion".
[[nodiscard]] config::Parsed<RouteAction> parse_action(std::string_view text);
// In the same words; a cause by its SIP status and text.
[[nodiscard]] std::string to_text(const RouteAction& action);

// "waiting_calls sales < 5"; < <= = >= >.
[[nodiscard]] config::Parsed<LoadCondition> parse_load(std::string_view text);
// "X-Campaign" present, "X-Campaign: web" equal, "X-Campaign ~ we" contained.
[[nodiscard]] config::Parsed<HeaderCondition> parse_header(std::string_view text);
// "vip", "not black".
[[nodiscard]] config::Parsed<ListCondition> parse_list(std::string_view text);
// "office", "not office".
[[nodiscard]] config::Parsed<ScheduleCondition> parse_schedule(std::string_view text);

}  // namespace pbx::route
