#include "sip/reason.h"

#include <doctest/doctest.h>

namespace pbx::sip {

TEST_CASE("reasons are read in order") {
  const auto it = parse_reasons(
      "SIP ;cause=200 ;text=\"Call completed elsewhere, \\\"really\\\"\", "
      "q.850;cause=16;x-more=1;text=normal, Preemption");
  REQUIRE(it.size() == 3);
  CHECK(it[0] == Reason{"SIP", 200, "Call completed elsewhere, \"really\""});
  CHECK(it[1] == Reason{"q.850", 16, "normal"});
  CHECK(it[2] == Reason{"Preemption", 0, ""});
  CHECK(q850_cause(it) == 16);
  CHECK(is_completed_elsewhere(it));
}

TEST_CASE("what cannot be read is passed over") {
  CHECK(parse_reasons("").empty());
  CHECK(parse_reasons(";cause=1").empty());
  CHECK(parse_reasons("SIP;text=\"open").empty());
  const auto it = parse_reasons("SIP cause=1, Q.850;cause=x;lr, Q.850;cause=17");
  REQUIRE(it.size() == 2);
  CHECK(it[0].cause == 0);
  CHECK(q850_cause(it) == 17);
}

TEST_CASE("only real causes count") {
  CHECK(q850_cause(parse_reasons("Q.850;cause=128")) == 0);
  CHECK(q850_cause(parse_reasons("Q.850;cause=99999")) == 0);
  CHECK(q850_cause(parse_reasons("SIP;cause=16")) == 0);
  CHECK_FALSE(is_completed_elsewhere(parse_reasons("Q.850;cause=200")));
  CHECK_FALSE(is_completed_elsewhere(parse_reasons("SIP;cause=486")));
}

TEST_CASE("the number of reasons is bounded") {
  std::string many = "SIP;cause=1";
  for (std::size_t i = 0; i < 2 * kReasonsMax; ++i) many += ",SIP;cause=1";
  CHECK(parse_reasons(many).size() == kReasonsMax);
}

TEST_CASE("a written reason reads back") {
  const Reason reason{"Q.850", 17, "User \"busy\""};
  CHECK(text(reason) == "Q.850;cause=17;text=\"User \\\"busy\\\"\"");
  CHECK(parse_reasons(text(reason)) == std::vector{reason});
  CHECK(text(Reason{"SIP", 200, ""}) == "SIP;cause=200");
}

}  // namespace pbx::sip
