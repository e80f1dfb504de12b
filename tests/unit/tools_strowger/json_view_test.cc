#include "tools/strowger/json_view.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>

namespace pbx::tools {
namespace {

TEST_CASE("members are found by path and shown as text") {
  const auto value = boost::json::parse(
      R"({"a":{"b":"x","n":7,"r":4.41,"yes":true,"empty":"","none":null},"l":[1,2]})");
  CHECK(text(value, "a.b") == "x");
  CHECK(text(value, "a.n") == "7");
  CHECK(text(value, "a.r") == "4.41");
  CHECK(text(value, "a.yes") == "yes");
  CHECK(number(value, "a.n") == 7);
  CHECK(is_true(value, "a.yes"));
  CHECK(list(value, "l").size() == 2);
}

TEST_CASE("what is missing or of another type is nothing, not an error") {
  const auto value = boost::json::parse(R"({"a":{"empty":"","none":null},"t":"x"})");
  for (const char* path : {"x", "a.x", "a.empty", "a.none", "t.u.v"})
    CHECK(text(value, path) == "-");
  CHECK(number(value, "t") == 0);
  CHECK_FALSE(is_true(value, "t"));
  CHECK(list(value, "t").empty());
}

}  // namespace
}  // namespace pbx::tools
