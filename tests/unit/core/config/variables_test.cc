#include "core/config/variables.h"

#include <doctest/doctest.h>

using namespace pbx::config;

namespace {

std::optional<std::string> lookup(std::string_view name) {
  if (name == "HOST") return "pbx";
  if (name == "NESTED") return "${env:HOST}";
  if (name == "EMPTY") return "";
  if (name == "LONG") return std::string(kExpandedMax, 'x');
  if (name == "LINE") return "a\nb";
  return std::nullopt;
}

}  // namespace

TEST_CASE("variables are replaced wherever they stand") {
  CHECK(expand_variables("plain", lookup).value() == "plain");
  CHECK(expand_variables("${env:HOST}", lookup).value() == "pbx");
  CHECK(expand_variables("a-${env:HOST}.${env:HOST}-z", lookup).value() == "a-pbx.pbx-z");
  CHECK(expand_variables("<${env:EMPTY}>", lookup).value() == "<>");
  CHECK(expand_variables("$HOST ${HOST}", lookup).value() == "$HOST ${HOST}");
}

TEST_CASE("what a variable holds is not searched again") {
  CHECK(expand_variables("${env:NESTED}", lookup).value() == "${env:HOST}");
}

TEST_CASE("a variable that is unknown or badly written is refused") {
  CHECK(expand_variables("${env:GONE}", lookup).error() ==
        "names the environment variable GONE, which is not set");
  CHECK(expand_variables("${env:HOST}", {}).has_value() == false);
  for (const char* bad : {"${env:", "${env:HOST", "${env:}", "${env:A B}"}) {
    CAPTURE(bad);
    CHECK(expand_variables(bad, lookup).error() ==
          "has a variable that is not written ${env:NAME}");
  }
}

TEST_CASE("control characters and endless texts do not come in through a variable") {
  CHECK(expand_variables("${env:LINE}", lookup).error().ends_with("holds control characters"));
  CHECK(expand_variables("${env:LONG}${env:LONG}", lookup).error() == "becomes too long");
}
