#include "tools/call_load/json_line.h"

#include <doctest/doctest.h>

#include <limits>

using pbx::call_load::JsonLine;

TEST_CASE("an object with all kinds of values") {
  JsonLine json;
  json.add("n", std::uint64_t{18446744073709551615u});
  json.begin("inner");
  json.end();
  json.begin("more");
  json.add("x", 1.5);
  json.end();
  json.add_bool("yes", true);
  json.add_null("none");
  json.add("text", std::string_view("a\"b\\c\n\x01"));
  CHECK(json.take() ==
        "{\"n\":18446744073709551615,\"inner\":{},\"more\":{\"x\":1.5},\"yes\":true,\"none\":null,"
        "\"text\":\"a\\\"b\\\\c\\u000a\\u0001\"}");
}

TEST_CASE("numbers have at most three decimals and never an exponent") {
  struct Row {
    double value;
    const char* text;
  };
  for (const Row& row :
       {Row{0, "0"}, Row{1, "1"}, Row{100, "100"}, Row{0.1, "0.1"}, Row{2.0 / 3, "0.667"},
        Row{1e12, "1000000000000"}, Row{1e-9, "0"}, Row{-1e-9, "0"}, Row{-2.25, "-2.25"},
        Row{std::numeric_limits<double>::infinity(), "null"},
        Row{std::numeric_limits<double>::quiet_NaN(), "null"}}) {
    JsonLine json;
    json.add("v", row.value);
    CHECK(json.take() == std::string("{\"v\":") + row.text + "}");
  }
}

TEST_CASE("what was left open is closed") {
  JsonLine json;
  json.begin("a");
  json.begin("b");
  CHECK(json.take() == "{\"a\":{\"b\":{}}}");
}
