// core/call/ports.h — what control needs of the world besides events; the rest are effects.

#pragma once

#include <cstddef>
#include <span>

namespace pbx::call {

// Bytes nobody can guess, for SRTP keys and recording links.  Production reads the kernel's
// generator; the simulator gives a seeded stream, so that runs repeat.
class SecretSource {
 public:
  virtual ~SecretSource() = default;
  virtual void fill(std::span<std::byte> out) = 0;
};

}  // namespace pbx::call
