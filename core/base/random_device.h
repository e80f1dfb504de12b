// core/base/random_device.h — chance from the kernel (getrandom); only thread shells call it.
//
// Pure code takes a core::Random or ready bytes instead.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace pbx::core {

// A seed for core::Random that differs at every start.
[[nodiscard]] std::uint64_t entropy_seed();

// Bytes fit for keys, nonces and passwords.  Ends the process if the kernel has none to give.
void secure_bytes(std::span<std::byte> out);
[[nodiscard]] std::string secure_bytes(std::size_t count);

}  // namespace pbx::core
