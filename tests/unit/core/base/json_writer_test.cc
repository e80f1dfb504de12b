#include "core/base/json_writer.h"

#include <doctest/doctest.h>

#include <limits>

namespace pbx::core {
namespace {

std::string quoted(std::string_view text) {
  std::string out;
  append_json_text(out, text);
  return out;
}

TEST_CASE("members and elements are separated, nested levels begin afresh") {
  std::string out;
  {
    JsonWriter json(out);
    json.begin_object();
    json.member("a", 1);
    json.begin_array("b");
    json.value("x");
    json.value(true);
    json.null();
    json.begin_object();
    json.end_object();
    json.end_array();
    json.member("c", 2.5);
    json.key("d");
    json.raw("[1]");
    json.end_object();
  }
  CHECK(out == R"({"a":1,"b":["x",true,null,{}],"c":2.5,"d":[1]})");
}

TEST_CASE("text is escaped") {
  CHECK(quoted("plain") == R"("plain")");
  CHECK(quoted("a\"b\\c\n\t\r") == R"("a\"b\\c\n\t\r")");
  CHECK(quoted(std::string_view("\0\x1f\x7f", 3)) == R"("\u0000\u001f\u007f")");
}

TEST_CASE("valid UTF-8 passes, the rest becomes the replacement character") {
  const std::string mark = "\xEF\xBF\xBD";
  const auto in_quotes = [](const std::string& text) { return '"' + text + '"'; };
  for (const char* good : {"Ольга", "é", "€", "😀", "\xED\x9F\xBF", "\xF4\x8F\xBF\xBF"})
    CHECK(quoted(good) == in_quotes(good));
  CHECK(quoted("a\xFFz") == in_quotes("a" + mark + "z"));
  CHECK(quoted("\xC0\xAF") == in_quotes(mark + mark));             // overlong
  CHECK(quoted("\xED\xA0\x80") == in_quotes(mark + mark + mark));  // surrogate
  CHECK(quoted("\xE2\x82") == in_quotes(mark + mark));             // cut short
  CHECK(quoted("\xF5\x80\x80\x80") == in_quotes(mark + mark + mark + mark));
}

TEST_CASE("numbers keep their range; what is not finite is null") {
  std::string out;
  {
    JsonWriter json(out);
    json.begin_array();
    json.value(std::numeric_limits<std::uint64_t>::max());
    json.value(std::numeric_limits<std::int64_t>::min());
    json.value(4.41);
    json.value(std::numeric_limits<double>::quiet_NaN());
    json.value(std::numeric_limits<double>::infinity());
    json.end_array();
  }
  CHECK(out == "[18446744073709551615,-9223372036854775808,4.41,null,null]");
}

}  // namespace
}  // namespace pbx::core
