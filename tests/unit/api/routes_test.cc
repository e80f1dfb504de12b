#include "api/routes.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>

namespace pbx::api {
namespace {

TEST_CASE("paths are matched part by part") {
  CHECK(match(routes(), "GET", "/api/v1/calls").route->pattern == "/api/v1/calls");
  const auto call = match(routes(), "GET", "/api/v1/calls/7f");
  CHECK(call.route->pattern == "/api/v1/calls/{call}");
  CHECK(call.parameter == "7f");
  CHECK(match(routes(), "GET", "/api/v1/calls/7f/trace").route->pattern ==
        "/api/v1/calls/{call}/trace");
  CHECK(match(routes(), "GET", "/r/AbC-_").parameter == "AbC-_");
}

TEST_CASE("paths that are not in the table match nothing") {
  for (const char* path : {"/", "//", "/api", "/api/v1/calls/", "/api/v1/calls//trace",
                           "/api/v1/calls/7f/trace/more", "/r", "/r/", "/health/x", "/Health"}) {
    CAPTURE(path);
    const auto found = match(routes(), "GET", path);
    CHECK(found.route == nullptr);
    CHECK(found.allowed_methods.empty());
  }
}

TEST_CASE("a wrong method is told which ones are right") {
  const auto found = match(routes(), "PATCH", "/api/v1/calls/7f");
  CHECK(found.route == nullptr);
  CHECK(found.allowed_methods == "GET, DELETE");
}

TEST_CASE("the OpenAPI text has every route of the table") {
  const auto document = boost::json::parse(openapi_text(routes(), "1.2.3"));
  CHECK(document.at("info").at("version").as_string() == "1.2.3");
  const auto& paths = document.at("paths").as_object();
  for (const auto& route : routes()) {
    CAPTURE(route.pattern);
    const auto* path = paths.if_contains({route.pattern.data(), route.pattern.size()});
    REQUIRE(path != nullptr);
    std::string method(route.method);
    for (char& c : method) c = static_cast<char>(c + ('a' - 'A'));
    const auto& operation = path->at(method);
    CHECK(operation.at("summary").as_string() == std::string(route.summary));
    const bool has_parameter = route.pattern.find('{') != std::string_view::npos;
    CHECK(operation.at("parameters").as_array().size() ==
          route.query.size() + (has_parameter ? 1 : 0));
  }
}

}  // namespace
}  // namespace pbx::api
