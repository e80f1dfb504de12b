#include "tools/call_load/receive_counter.h"

#include <doctest/doctest.h>

#include <vector>

using namespace pbx::call_load;

TEST_CASE("sequences as they arrive") {
  struct Row {
    std::vector<std::uint32_t> sequences;
    std::uint64_t unique, reordered, duplicated, missing;
  };
  for (const Row& row : {
           Row{{}, 0, 0, 0, 0},
           Row{{0, 1, 2, 3}, 4, 0, 0, 0},
           Row{{5, 6, 9}, 3, 0, 0, 2},
           Row{{0, 2, 1, 3}, 4, 1, 0, 0},
           Row{{0, 1, 1, 2, 0}, 3, 0, 2, 0},
           Row{{3, 2, 4}, 3, 1, 0, 0},       // older than the first
           Row{{0, 64, 1, 1}, 3, 1, 1, 62},  // just inside the window
           Row{{0, 65, 1, 1}, 4, 2, 0, 62},  // too old to tell it came twice
           Row{{0, 1000, 1000, 999}, 3, 1, 1, 998},
       }) {
    ReceiveCounter counter;
    for (const std::uint32_t sequence : row.sequences) counter.add(sequence);
    CHECK(counter.unique() == row.unique);
    CHECK(counter.reordered() == row.reordered);
    CHECK(counter.duplicated() == row.duplicated);
    CHECK(counter.missing() == row.missing);
  }
}

TEST_CASE("only the direct successor is successive") {
  ReceiveCounter counter;
  CHECK_FALSE(counter.add(10));
  CHECK(counter.add(11));
  CHECK_FALSE(counter.add(11));
  CHECK_FALSE(counter.add(13));
  CHECK_FALSE(counter.add(12));
  CHECK(counter.add(14));
  CHECK(counter.first() == 10);
  CHECK(counter.highest() == 14);
}

TEST_CASE("an RTP sequence counts on over its wrap") {
  SequenceExtender extender;
  ReceiveCounter counter;
  bool is_new = false;
  for (int i = 0; i < 200'000; ++i) {
    const std::uint32_t extended =
        extender.extend(static_cast<std::uint16_t>(65'000 + i), 1, is_new);
    CHECK(is_new == (i == 0));
    if (i % 100 != 50) counter.add(extended);
  }
  CHECK(counter.missing() == 2000);
}

TEST_CASE("late packets around the wrap find their place") {
  SequenceExtender extender;
  bool is_new = false;
  const std::uint32_t before = extender.extend(65'535, 1, is_new);
  const std::uint32_t after = extender.extend(1, 1, is_new);
  const std::uint32_t between = extender.extend(0, 1, is_new);
  CHECK(after == before + 2);
  CHECK(between == before + 1);
  CHECK(extender.extend(65'534, 1, is_new) == before - 1);
  CHECK_FALSE(is_new);
}

TEST_CASE("another source or a jump is a new stream") {
  SequenceExtender extender;
  bool is_new = false;
  extender.extend(100, 1, is_new);
  extender.extend(101, 2, is_new);
  CHECK(is_new);
  extender.extend(102, 2, is_new);
  CHECK_FALSE(is_new);
  extender.extend(102 + SequenceExtender::kJump + 1, 2, is_new);
  CHECK(is_new);
}
