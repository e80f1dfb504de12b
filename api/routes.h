// api/routes.h — every path of the API in one table: what it matches, what it does, who serves it.
//
// Pure, but for the handlers it names.  The OpenAPI text is made from the same table, so that it
// cannot say anything else.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/http.h"

namespace pbx::api {

class Service;

// One request on its way: what it asked, the value of {...} in its path, and how to answer.
struct Exchange {
  Request request;
  std::string parameter;
  Respond respond;
};
using Handler = void (*)(Service& service, Exchange&& exchange);

struct QueryParameter {
  std::string_view name;
  std::string_view summary;
};
struct Route {
  std::string_view method;
  std::string_view pattern;  // at most one {parameter}, filling a whole part between slashes
  std::string_view summary;
  Handler handler;
  std::span<const QueryParameter> query;
};

[[nodiscard]] std::span<const Route> routes();

struct RouteMatch {
  const Route* route = nullptr;  // null: none
  std::string parameter;
  std::string allowed_methods;  // of the path, when only the method is wrong; "GET, DELETE"
};
[[nodiscard]] RouteMatch match(std::span<const Route> table, std::string_view method,
                               std::string_view path);

[[nodiscard]] std::string openapi_text(std::span<const Route> table, std::string_view version);

}  // namespace pbx::api
