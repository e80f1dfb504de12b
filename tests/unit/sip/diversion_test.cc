#include "sip/diversion.h"

#include <doctest/doctest.h>

namespace pbx::sip {
namespace {

std::string told(const std::vector<call::Diversion>& list) {
  std::string out;
  for (const auto& diversion : list) out += diversion.number + ":" + diversion.reason + " ";
  return out;
}

}  // namespace

TEST_CASE("diversions are read with the latest first") {
  CHECK(told(parse_diversions("\"Bob, jr\" <sip:1002@a>;reason=user-busy;counter=1;privacy=off, "
                              "<tel:+15551234>;reason=\"no-answer\",sip:1003@a")) ==
        "1002:user-busy +15551234:no-answer 1003:unknown ");
}

TEST_CASE("what is no diversion is passed over") {
  CHECK(parse_diversions("").empty());
  CHECK(told(parse_diversions("<sip:a>, <mailto:b@c>, <sip:1@c")).empty());
  CHECK(told(parse_diversions(",,<sip:1@a>;reason=x,")) == "1:x ");
}

TEST_CASE("the number of diversions is bounded") {
  std::string many;
  for (std::size_t i = 0; i < 2 * call::kDiversionsMax; ++i) many += "<sip:1@a>,";
  CHECK(parse_diversions(many).size() == call::kDiversionsMax);
}

TEST_CASE("written diversions read back") {
  const std::vector<call::Diversion> list{{"1002", "user-busy"}, {"#9", ""}};
  const auto header = format_diversions(list, "pbx.example.com");
  CHECK(header ==
        "<sip:1002@pbx.example.com>;reason=user-busy, <sip:%239@pbx.example.com>;reason=unknown");
  CHECK(told(parse_diversions(header)) == "1002:user-busy #9:unknown ");
  CHECK(format_diversions({}, "x").empty());
}

TEST_CASE("a history is read entry by entry") {
  const auto it = parse_history(
      "<sip:1001@a?Reason=SIP%3Bcause%3D302%3Btext%3D%22Moved%22&Privacy=none>;index=1, "
      "<sip:1002@a;cause=486>;index=1.1;mp=1, <sip:1003@a>, <sip:1004@a>;index=1.2");
  REQUIRE(it.size() == 3);
  CHECK(it[0] == HistoryEntry{"1001", "1", 0, 302});
  CHECK(it[1] == HistoryEntry{"1002", "1.1", 486, 0});
  CHECK(it[2] == HistoryEntry{"1004", "1.2", 0, 0});
}

TEST_CASE("a history tells who diverted and why") {
  struct Row {
    std::string_view history, diversions;
  };
  const Row rows[] = {
      {"<sip:1001@a>;index=1", ""},
      {"<sip:1001@a>;index=1, <sip:1002@a>;index=1.1", ""},  // plain routing
      {"<sip:1001@a>;index=1, <sip:1002@a;cause=302>;index=1.1", "1001:unconditional "},
      {"<sip:1001@a?Reason=SIP%3Bcause%3D486>;index=1, <sip:1002@a>;index=1.1", "1001:user-busy "},
      {"<sip:1001@a>;index=1, <sip:1002@a;cause=408>;index=1.1, <sip:1003@a;cause=487>;index=1.1.1",
       "1002:deflection 1001:no-answer "},
      {"<sip:1001@a>;index=1, <sip:1002@a;cause=404>;index=1.1", "1001:unknown "},
      {"<sip:1001@a>;index=1, <sip:1002@a;cause=999>;index=1.1", "1001:unknown "},
  };
  for (const auto& row : rows) {
    CAPTURE(row.history);
    CHECK(told(diversions_of(parse_history(row.history))) == row.diversions);
  }
}

TEST_CASE("histories are bounded") {
  std::string many;
  for (std::size_t i = 0; i < 2 * kHistoryMax; ++i) many += "<sip:1@a;cause=302>;index=1,";
  const auto it = parse_history(many);
  CHECK(it.size() == kHistoryMax);
  CHECK(diversions_of(it).size() == call::kDiversionsMax);
}

TEST_CASE("a written history tells the same diversions") {
  const std::vector<call::Diversion> list{{"1002", "no-answer"}, {"1001", "unconditional"}};
  const auto header = format_history(list, "1003", "a");
  CHECK(header ==
        "<sip:1001@a>;index=1, <sip:1002@a;cause=302>;index=1.1, "
        "<sip:1003@a;cause=408>;index=1.1.1");
  CHECK(told(diversions_of(parse_history(header))) == told(list));
}

}  // namespace pbx::sip
