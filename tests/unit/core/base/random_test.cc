#include "core/base/random.h"

#include <doctest/doctest.h>

#include <array>
#include <set>
#include <vector>

using namespace pbx::core;

TEST_CASE("the first numbers of a seed are those of the published algorithm") {
  // The values that rand_xoshiro (Rust) gives for Xoshiro256StarStar::seed_from_u64(0).
  Random random(0);
  CHECK(random.next() == 0x99ec5f36cb75f2b4u);
  CHECK(random.next() == 0xbf6e1f784956452au);
  CHECK(random.next() == 0x1a5f849d4933e6e0u);
}

TEST_CASE("the same seed repeats, another differs") {
  Random a(7), b(7), c(8);
  for (int i = 0; i < 100; ++i) CHECK(a.next() == b.next());
  CHECK(Random(7).next() != c.next());
}

TEST_CASE("below stays below and reaches every value") {
  Random random(1);
  std::array<int, 7> seen{};
  for (int i = 0; i < 7000; ++i) ++seen.at(random.below(7));
  for (const int count : seen) {
    CHECK(count > 800);
    CHECK(count < 1200);
  }
  CHECK(random.below(1) == 0);
  const std::uint64_t huge = ~std::uint64_t{0};
  for (int i = 0; i < 100; ++i) CHECK(random.below(huge) < huge);
}

TEST_CASE("unit lies in [0, 1) around one half") {
  Random random(2);
  double sum = 0;
  for (int i = 0; i < 10000; ++i) {
    const double value = random.unit();
    CHECK(value >= 0.0);
    CHECK(value < 1.0);
    sum += value;
  }
  CHECK(sum / 10000 == doctest::Approx(0.5).epsilon(0.02));
}

TEST_CASE("fill writes every byte it was given and no other") {
  Random random(3);
  std::array<std::byte, 16> bytes{};
  random.fill(std::span(bytes).first(13));
  CHECK(bytes[13] == std::byte{0});
  CHECK(bytes[15] == std::byte{0});
  std::set<std::byte> different(bytes.begin(), bytes.begin() + 13);
  CHECK(different.size() > 6);
}

TEST_CASE("hex has the wanted length and alphabet") {
  Random random(4);
  CHECK(random.hex(0).empty());
  const std::string text = random.hex(33);
  CHECK(text.size() == 33);
  CHECK(text.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(random.hex(33) != text);
}

TEST_CASE("a split stream depends on seed and name, not on what was drawn before") {
  Random drawn(5);
  for (int i = 0; i < 10; ++i) drawn.next();
  CHECK(drawn.split("agent 1").next() == Random(5).split("agent 1").next());
  CHECK(Random(5).split("agent 1").next() != Random(5).split("agent 2").next());
  CHECK(Random(5).split("agent 1").next() != Random(6).split("agent 1").next());
  CHECK(Random(5).split("").next() != Random(5).next());
}
