// storage/keys.h — the byte layout of LMDB keys (docs/storage.md).
//
// Pure.  Numbers are 8 bytes big-endian, so that byte order is number order and a range of time is
// one scan.  Times are milliseconds since 1970 UTC, negative ones count as 0.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/wall_time.h"

namespace pbx::storage::keys {

inline constexpr std::size_t kTimedBytes = 16;
inline constexpr std::size_t kNumberBytesMax = 64;  // the rest of a longer number is not indexed

[[nodiscard]] inline std::string u64(std::uint64_t value) {
  std::string key(8, '\0');
  for (int i = 7; i >= 0; --i, value >>= 8)
    key[static_cast<std::size_t>(i)] = static_cast<char>(value & 0xFF);
  return key;
}
[[nodiscard]] inline std::uint64_t read_u64(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8 && i < bytes.size(); ++i)
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

[[nodiscard]] inline std::uint64_t milliseconds(core::WallTime time) {
  const auto since = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
  return since < 0 ? 0 : static_cast<std::uint64_t>(since);
}

// Time, then id: the primary key of a CDR and of the recordings in order of time.
[[nodiscard]] inline std::string timed(core::WallTime time, std::uint64_t id) {
  return u64(milliseconds(time)) + u64(id);
}

// What index entries of `number` begin with: the number, then a zero byte.
[[nodiscard]] inline std::string number_prefix(std::string_view number) {
  std::string key(number.substr(0, std::min(number.find('\0'), kNumberBytesMax)));
  key += '\0';
  return key;
}

// The first key after all that begin with `prefix`; "" if there is none.
[[nodiscard]] inline std::string after_prefix(std::string prefix) {
  while (!prefix.empty()) {
    const auto last = static_cast<unsigned char>(prefix.back());
    if (last != 0xFF) {
      prefix.back() = static_cast<char>(last + 1);
      return prefix;
    }
    prefix.pop_back();
  }
  return prefix;
}

}  // namespace pbx::storage::keys
