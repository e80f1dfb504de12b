// tools/strowger/json_view.h — members of a JSON answer by path, never failing.
//
// Pure.  Views live as long as the value they point into.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

namespace pbx::tools {

// The member at "caller.number", or null.
[[nodiscard]] const boost::json::value* find(const boost::json::value& value,
                                             std::string_view path);
// Text, number or yes/no at `path` as text; "-" if it is missing or empty.
[[nodiscard]] std::string text(const boost::json::value& value, std::string_view path);
[[nodiscard]] std::int64_t number(const boost::json::value& value, std::string_view path);
[[nodiscard]] bool is_true(const boost::json::value& value, std::string_view path);
// The elements at `path`; an empty array if it is missing.
[[nodiscard]] const boost::json::array& list(const boost::json::value& value,
                                             std::string_view path);

}  // namespace pbx::tools
