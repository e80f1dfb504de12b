#include "tools/strowger/json_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

namespace pbx::tools {

const boost::json::value* find(const boost::json::value& value, std::string_view path) {
  const boost::json::value* at = &value;
  while (at != nullptr && !path.empty()) {
    const auto dot = std::min(path.find('.'), path.size());
    const auto* object = at->if_object();
    at = object == nullptr ? nullptr : object->if_contains({path.data(), dot});
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return at;
}

std::string text(const boost::json::value& value, std::string_view path) {
  const auto* found = find(value, path);
  if (found == nullptr || found->is_null()) return "-";
  if (const auto* yes = found->if_bool()) return *yes ? "yes" : "no";
  if (const auto* string = found->if_string())
    return string->empty() ? "-" : std::string(string->data(), string->size());
  if (const auto* real = found->if_double()) return fmt::format("{:.6g}", *real);
  return boost::json::serialize(*found);
}

std::int64_t number(const boost::json::value& value, std::string_view path) {
  const auto* found = find(value, path);
  if (found == nullptr) return 0;
  boost::json::error_code error;
  const auto result = found->to_number<std::int64_t>(error);
  return error ? 0 : result;
}

bool is_true(const boost::json::value& value, std::string_view path) {
  const auto* found = find(value, path);
  return found != nullptr && found->is_bool() && found->get_bool();
}

const boost::json::array& list(const boost::json::value& value, std::string_view path) {
  static const boost::json::array kNone;
  const auto* found = find(value, path);
  const auto* array = found == nullptr ? nullptr : found->if_array();
  return array == nullptr ? kNone : *array;
}

}  // namespace pbx::tools
