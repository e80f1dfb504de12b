// tools/strowger/format.h — answers of the API as text that can be read at 3 a.m.
//
// Pure.  The argument is the JSON of the route named beside (docs/api.md); members that are
// missing show as "-", so that an older or newer daemon is still readable.
#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <string>
#include <string_view>

namespace pbx::tools {

// How a moment of the API (RFC 3339, UTC) is shown.
using ShowTime = std::function<std::string(std::string_view iso)>;

[[nodiscard]] std::string format_status(const boost::json::value& answer, const ShowTime& time);
[[nodiscard]] std::string format_calls(const boost::json::value& answer, const ShowTime& time);
[[nodiscard]] std::string format_call(const boost::json::value& answer, const ShowTime& time);
[[nodiscard]] std::string format_registrations(const boost::json::value& answer,
                                               const ShowTime& time);
[[nodiscard]] std::string format_trunks(const boost::json::value& answer, const ShowTime& time);
[[nodiscard]] std::string format_schedules(const boost::json::value& answer);
[[nodiscard]] std::string format_blocks(const boost::json::value& answer, const ShowTime& time);
[[nodiscard]] std::string format_accounts(const boost::json::value& answer);
[[nodiscard]] std::string format_cdrs(const boost::json::value& answer, const ShowTime& time);
[[nodiscard]] std::string format_cdr(const boost::json::value& record, const ShowTime& time);
[[nodiscard]] std::string format_recordings(const boost::json::value& answer, const ShowTime& time);
[[nodiscard]] std::string format_recording(const boost::json::value& row, const ShowTime& time);
[[nodiscard]] std::string format_trace(const boost::json::value& answer, const ShowTime& time);
[[nodiscard]] std::string format_reload(const boost::json::value& answer);
[[nodiscard]] std::string format_log_levels(const boost::json::value& answer);
[[nodiscard]] std::string format_guard(const boost::json::value& answer, const ShowTime& time);
[[nodiscard]] std::string format_health(const boost::json::value& answer);

}  // namespace pbx::tools
