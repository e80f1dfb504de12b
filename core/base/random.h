// core/base/random.h — chance as a value: the same seed gives the same numbers on every machine.
//
// Pure.  xoshiro256** seeded by splitmix64 (Blackman and Vigna, https://prng.di.unimi.it).
// One owner; each actor of a simulation has its own stream by split().  Not for secrets: nonces,
// passwords, tokens and SRTP keys come from random_device.h.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace pbx::core {

class Random {
 public:
  explicit Random(std::uint64_t seed);

  std::uint64_t next();
  // Uniform in [0, bound), without bias.  REQUIRES: bound > 0.
  std::uint64_t below(std::uint64_t bound);
  // Uniform in [0, 1) with 53 random bits.
  double unit();
  void fill(std::span<std::byte> out);
  // Lower-case hex digits, for tags, branches and Call-IDs.
  std::string hex(std::size_t digits);

  // A stream of its own for `name`.  It depends on the seed and the name only, not on how many
  // numbers were drawn, so that a new actor never shifts the chances of another.
  [[nodiscard]] Random split(std::string_view name) const;

 private:
  std::uint64_t seed_;
  std::array<std::uint64_t, 4> state_;
};

}  // namespace pbx::core
