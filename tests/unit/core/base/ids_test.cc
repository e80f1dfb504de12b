#include "core/base/ids.h"

#include <doctest/doctest.h>

#include <type_traits>
#include <unordered_set>

using namespace pbx::core;

TEST_CASE("an id is written as short hex, the same in text and in a format") {
  CHECK(CallId{0x7f3a91}.text() == "7f3a91");
  CHECK(ProfileId{2}.text() == "2");
  CHECK(CallId{~std::uint64_t{0}}.text() == "ffffffffffffffff");
  CHECK(fmt::format("call={} leg={}", CallId{0x7f3a91}, LegId{2}) == "call=7f3a91 leg=2");
}

TEST_CASE("an id is read back, nothing else is") {
  CHECK(CallId::parse("7f3a91").value() == CallId{0x7f3a91});
  CHECK(CallId::parse("7F3A91").value() == CallId{0x7f3a91});
  CHECK(CallId::parse("ffffffffffffffff").value() == CallId{~std::uint64_t{0}});
  for (const char* text : {"", "0", "0x1", "g", "1 ", "-1", "10000000000000000"})
    CHECK_FALSE(CallId::parse(text));
  CHECK_FALSE(WorkerId::parse("10000"));
}

TEST_CASE("kinds do not mix, zero is none") {
  static_assert(!std::is_convertible_v<CallId, LegId>);
  static_assert(sizeof(ProfileId) == 2);
  CHECK_FALSE(CallId{});
  CHECK(CallId{1});
  CHECK(CallId{1} < CallId{2});
  std::unordered_set<CallId> set{CallId{1}, CallId{1}, CallId{2}};
  CHECK(set.size() == 2);
}

TEST_CASE("a source counts up under its origin") {
  IdSource source(3, 0x10);
  const auto call = source.make<CallId>();
  const auto leg = source.make<LegId>();
  CHECK(call.value == 0x0300000000000010u);
  CHECK(leg.value == 0x0300000000000011u);
  CHECK(origin_of(call) == 3);
  CHECK(IdSource().make<CallId>() == CallId{1});
}
