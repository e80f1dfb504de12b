// media/sequence.h — arithmetic on numbers that wrap: RTP sequence numbers and timestamps.
//
// Pure.  Two numbers compare by the shorter way around the circle (RFC 1982 3.2, RFC 3550 A.1).
// At exactly half a circle RFC 1982 leaves the order undefined; here the distance is then the most
// negative number, so that neither of the two is newer.

#pragma once

#include <cstdint>
#include <type_traits>

namespace pbx::media {

// How far `to` is ahead of `from`; negative if it is behind.
template <typename Number>
[[nodiscard]] constexpr std::make_signed_t<Number> distance(Number from, Number to) {
  static_assert(std::is_unsigned_v<Number> && sizeof(Number) >= 2);
  return static_cast<std::make_signed_t<Number>>(static_cast<Number>(to - from));
}

// Is `a` later than `b`?
template <typename Number>
[[nodiscard]] constexpr bool is_newer(Number a, Number b) {
  return distance(b, a) > 0;
}

// Continues a wrapping number into 64 bits: each value is placed next to the one before it.
template <typename Number>
class Unwrapper {
 public:
  // The first call sets the origin: it returns `number` itself.
  std::int64_t unwrap(Number number) {
    last_ = peek(number);
    begun_ = true;
    return last_;
  }
  // What unwrap() would return, without moving the origin.
  [[nodiscard]] std::int64_t peek(Number number) const {
    if (!begun_) return number;
    return last_ + distance(static_cast<Number>(last_), number);
  }
  // Sets the origin in 64 bits.
  void unwrap_from(std::int64_t origin) {
    last_ = origin;
    begun_ = true;
  }
  void reset() { *this = {}; }
  [[nodiscard]] bool has_begun() const { return begun_; }
  [[nodiscard]] std::int64_t last() const { return last_; }

 private:
  std::int64_t last_ = 0;
  bool begun_ = false;
};

}  // namespace pbx::media
