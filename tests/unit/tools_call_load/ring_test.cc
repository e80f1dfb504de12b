#include "tools/call_load/ring.h"

#include <doctest/doctest.h>

#include <thread>

using pbx::call_load::Ring;

TEST_CASE("values come out in order, also when the ring was full") {
  Ring<int> ring;
  CHECK_FALSE(ring.pop().has_value());
  const int count = static_cast<int>(Ring<int>::kRingSize) + 100;
  for (int i = 0; i < count; ++i) ring.push(i);
  for (int i = 0; i < count; ++i) {
    auto value = ring.pop();
    if (!value) {
      ring.flush();
      value = ring.pop();
    }
    REQUIRE(value == i);
  }
  CHECK_FALSE(ring.pop().has_value());
}

TEST_CASE("one thread pushes while another pops") {
  Ring<int> ring;
  constexpr int kCount = 200'000;
  std::thread pusher([&] {
    for (int i = 0; i < kCount; ++i) ring.push(i);
    for (int i = 0; i < 1'000'000; ++i) {
      ring.flush();
      std::this_thread::yield();
      if (i > 1000) break;
    }
  });
  int expected = 0;
  int idle = 0;
  while (expected < kCount && idle < 1'000'000) {
    const auto value = ring.pop();
    if (!value) {
      ++idle;
      std::this_thread::yield();
      continue;
    }
    REQUIRE(*value == expected);
    ++expected;
  }
  pusher.join();
  ring.flush();
  while (const auto value = ring.pop()) {
    REQUIRE(*value == expected);
    ++expected;
    ring.flush();
  }
  CHECK(expected == kCount);
}
