#include "media/sequence.h"

#include <doctest/doctest.h>

#include <initializer_list>

namespace pbx::media {

TEST_CASE("every 16-bit distance is the shorter way around, whatever the start") {
  for (const std::uint32_t start : {0u, 1u, 0x7fffu, 0x8000u, 0xfffeu, 0xffffu}) {
    for (std::uint32_t step = 0; step <= 0xffff; ++step) {
      const auto from = static_cast<std::uint16_t>(start);
      const auto to = static_cast<std::uint16_t>(start + step);
      const int expected =
          step < 0x8000 ? static_cast<int>(step) : static_cast<int>(step) - 0x10000;
      REQUIRE(distance(from, to) == expected);
      REQUIRE(is_newer(to, from) == (step > 0 && step < 0x8000));
    }
  }
}

TEST_CASE("32-bit numbers wrap the same way") {
  struct Row {
    std::uint32_t from, to;
    std::int32_t distance;
  };
  for (const Row& row : {Row{0, 0, 0}, Row{0, 1, 1}, Row{1, 0, -1}, Row{0xffffffff, 0, 1},
                         Row{0, 0xffffffff, -1}, Row{0xffffff60, 0x60, 0x100},
                         Row{0, 0x7fffffff, 0x7fffffff}, Row{0, 0x80000001, -0x7fffffff}}) {
    CHECK(distance(row.from, row.to) == row.distance);
    CHECK(is_newer(row.to, row.from) == (row.distance > 0));
  }
}

TEST_CASE("at half a circle neither number is newer") {
  CHECK_FALSE(is_newer<std::uint16_t>(0x8000, 0));
  CHECK_FALSE(is_newer<std::uint16_t>(0, 0x8000));
  CHECK_FALSE(is_newer<std::uint32_t>(0x80000000, 0));
  CHECK_FALSE(is_newer<std::uint32_t>(0, 0x80000000));
}

TEST_CASE("an unwrapped number counts on over many turns, forward and back") {
  Unwrapper<std::uint16_t> unwrapper;
  std::int64_t expected = 65000;
  REQUIRE(unwrapper.unwrap(65000) == 65000);
  for (int step = 0; step < 100'000; ++step) {
    expected += step % 3 == 0 ? -7 : 11;  // reordering around the wraps
    REQUIRE(unwrapper.unwrap(static_cast<std::uint16_t>(expected)) == expected);
  }
  CHECK(expected > 5 * 65536);
}

TEST_CASE("peeking at a number does not move the origin") {
  Unwrapper<std::uint32_t> unwrapper;
  CHECK(unwrapper.peek(7) == 7);
  CHECK_FALSE(unwrapper.has_begun());
  unwrapper.unwrap(0xfffffff0);
  CHECK(unwrapper.peek(0x10) == 0x100000010);
  CHECK(unwrapper.last() == 0xfffffff0);
  unwrapper.reset();
  CHECK(unwrapper.unwrap(3) == 3);
}

TEST_CASE("a number older than the origin goes below zero, not up a turn") {
  Unwrapper<std::uint16_t> unwrapper;
  unwrapper.unwrap(2);
  CHECK(unwrapper.unwrap(65535) == -1);
  CHECK(unwrapper.unwrap(1) == 1);
}

}  // namespace pbx::media
