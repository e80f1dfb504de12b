// core/base/sha256.h — the SHA-256 of a text (FIPS 180-4).
//
// Pure.

#pragma once

#include <string>
#include <string_view>

namespace pbx::core {

// 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256_hex(std::string_view text);

}  // namespace pbx::core
