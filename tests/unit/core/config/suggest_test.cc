#include "core/config/suggest.h"

#include <doctest/doctest.h>

#include <vector>

using namespace pbx::config;

TEST_CASE("distance counts letters to insert, remove, replace or swap") {
  struct Row {
    const char* a;
    const char* b;
    int distance;
  };
  for (const Row& row :
       {Row{"", "", 0}, Row{"abc", "abc", 0}, Row{"abc", "", 3}, Row{"codec", "codecs", 1},
        Row{"codecs", "codec", 1}, Row{"realm", "reelm", 1}, Row{"regsitration", "registration", 1},
        Row{"kitten", "sitting", 3}, Row{"ca", "abc", 3}}) {
    CAPTURE(row.a);
    CAPTURE(row.b);
    CHECK(distance(row.a, row.b) == row.distance);
  }
}

TEST_CASE("distance is bounded for long texts") {
  CHECK(distance(std::string(10'000, 'a'), std::string(10'000, 'b')) == 64);
}

TEST_CASE("the nearest name is suggested only if it is near") {
  const std::vector<std::string> names{"codecs", "ptime", "dscp", "srtp"};
  CHECK(nearest("codec", names) == "codecs");
  CHECK(nearest("dcsp", names) == "dscp");
  CHECK(nearest("ptimes", names) == "ptime");
  CHECK(nearest("colour", names).empty());
  CHECK(nearest("x", names).empty());
  CHECK(nearest("x", {}).empty());
}

TEST_CASE("of two names equally near the first is suggested") {
  const std::vector<std::string> names{"pcmu", "pcma"};
  CHECK(nearest("pcmx", names) == "pcmu");
}

TEST_CASE("a name that is nowhere is told with those that are") {
  const std::vector<std::string> names{"night", "office"};
  CHECK(not_there("schedule", "offic", names) ==
        "there is no schedule `offic`, did you mean `office`?; allowed: night, office");
  CHECK(not_there("schedule", "x", {}) == "there is no schedule `x`; none is configured");
  CHECK(not_there("plan", "far away", std::vector<std::string>(kNamesShown + 1, "a"))
            .ends_with("a, a and others"));
}
