#include "core/base/log_text.h"

#include <doctest/doctest.h>

using namespace pbx::core;

TEST_CASE("a value is quoted only if it must be") {
  const struct {
    const char* value;
    const char* text;
  } table[] = {
      {"sales", "sales"},
      {"sip:100@192.0.2.1:5060", "sip:100@192.0.2.1:5060"},
      {"Иван", "Иван"},
      {"", "\"\""},
      {"two words", "\"two words\""},
      {"say \"hi\"", "\"say \\\"hi\\\"\""},
      {"a=b", "\"a=b\""},
      {"back\\slash", "\"back\\\\slash\""},
      {"line\r\nbreak\t\x01\x7f", "\"line\\r\\nbreak\\t\\x01\\x7f\""},
  };
  for (const auto& row : table) CHECK(quote_value(row.value) == row.text);
}

TEST_CASE("the middle of a number is hidden, an extension is not") {
  const struct {
    const char* number;
    const char* text;
  } table[] = {
      {"+79101232212", "+7910***2212"},
      {"89101232212", "8910***2212"},
      {"+441632960961", "+4416***0961"},
      {"123456", "1***56"},
      {"2121234", "21***34"},
      {"12345678901234567890", "1234***7890"},
      {"12345", "12345"},
      {"100", "100"},
      {"", ""},
      {"+", "+"},
      {"+12345", "+12345"},
      {"anonymous", "ano***ous"},
  };
  for (const auto& row : table) CHECK(mask_number(row.number) == row.text);
}

TEST_CASE("control characters are made visible") {
  CHECK_FALSE(has_controls("plain, привет"));
  CHECK(has_controls("a\nb"));
  CHECK(has_controls(std::string_view("\0", 1)));
  CHECK(escape_controls("a\nb\x1b[0m") == "a\\nb\\x1b[0m");
}
