#include "core/base/random_device.h"

#include <doctest/doctest.h>

#include <array>

using namespace pbx::core;

TEST_CASE("two draws from the kernel differ") {
  CHECK(entropy_seed() != entropy_seed());
  CHECK(secure_bytes(32) != secure_bytes(32));
}

TEST_CASE("secure_bytes fills the whole span and nothing beyond") {
  CHECK(secure_bytes(0).empty());
  CHECK(secure_bytes(1000).size() == 1000);
  std::array<std::byte, 4096> bytes{};
  secure_bytes(std::span(bytes).first(4000));
  std::size_t zeros = 0;
  for (std::size_t i = 0; i < 4000; ++i) zeros += bytes[i] == std::byte{0} ? 1u : 0u;
  CHECK(zeros < 200);  // 16 expected
  CHECK(bytes[4000] == std::byte{0});
}
