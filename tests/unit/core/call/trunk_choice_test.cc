#include "core/call/trunk_choice.h"

#include <doctest/doctest.h>

#include <map>

#include "tests/support/routing.h"

namespace pbx::call {
namespace {

using config::TrunkOrder;
using Names = std::vector<std::string>;

config::TrunkGroup group(TrunkOrder order) {
  config::TrunkGroup made{"all", {}, order};
  made.members = {{"c", 2, 1, ""}, {"a", 1, 1, ""}, {"b", 1, 3, ""}, {"d", 2, 1, ""}};
  return made;
}

Names order(TrunkOrder by, std::uint64_t draw = 0, const TrunkLines& lines = {}) {
  static const auto routing = test::routing_of({});
  return order_trunks(group(by), lines, *routing, {"+74957304487", draw});
}

}  // namespace

TEST_CASE("priorities go before all else, the list decides among equals") {
  CHECK(order(TrunkOrder::kPriority) == Names{"a", "b", "c", "d"});
}

TEST_CASE("the least used trunk of a priority goes first") {
  TrunkLines lines;
  lines.begin_out("a");
  lines.begin_out("c");
  lines.begin_in("b");  // an incoming call does not count
  CHECK(order(TrunkOrder::kLeastUsed, 0, lines) == Names{"b", "a", "d", "c"});
}

TEST_CASE("round robin begins with the next one at each call") {
  CHECK(order(TrunkOrder::kRoundRobin, 0) == Names{"a", "b", "c", "d"});
  CHECK(order(TrunkOrder::kRoundRobin, 1) == Names{"b", "a", "d", "c"});
  CHECK(order(TrunkOrder::kRoundRobin, 2) == Names{"a", "b", "c", "d"});
}

TEST_CASE("weights share the calls in their proportion") {
  std::map<std::string, int> first;
  for (std::uint64_t draw = 0; draw < 4000; ++draw) ++first[order(TrunkOrder::kWeight, draw)[0]];
  CHECK(first["b"] > 2800);  // three in four of 4000
  CHECK(first["b"] < 3200);
  CHECK(first["a"] + first["b"] == 4000);
  CHECK(order(TrunkOrder::kWeight, 7) == order(TrunkOrder::kWeight, 7));
}

TEST_CASE("without prices the cheapest order is that of the list") {
  CHECK(order(TrunkOrder::kCheapest) == Names{"a", "b", "c", "d"});
}

TEST_CASE("what the trunk could not do goes to the next, what a person did not") {
  struct Row {
    int status;
    int q850;
    bool next;
  };
  for (const Row& row : {
           Row{408, 0, true},   Row{401, 0, true},
           Row{407, 0, true},   Row{500, 0, true},
           Row{502, 0, true},   Row{503, 0, true},
           Row{504, 0, true},   Row{480, 34, true},  // congestion in whatever status
           Row{403, 42, true},  Row{486, 0, false},
           Row{486, 34, false},  // busy, whatever its gateway adds
           Row{603, 0, false},  Row{600, 0, false},
           Row{604, 0, false},  Row{404, 1, false},
           Row{484, 28, false}, Row{480, 19, false},
           Row{403, 21, false}, Row{487, 0, false},
       }) {
    CAPTURE(row.status);
    CAPTURE(row.q850);
    core::Cause cause;
    cause.sip_status = static_cast<std::uint16_t>(row.status);
    cause.q850 = static_cast<std::uint8_t>(row.q850);
    CHECK(is_trunk_failure(cause) == row.next);
  }
}

}  // namespace pbx::call
