// sip/nonce.h — the nonces of a digest server: made without memory, spent with a bounded one.
//
// Pure.  A nonce is its time of birth, a number, and an HMAC over both, so that a flood of requests
// without credentials costs no memory.  Only a nonce that was used with a right password is
// remembered, to refuse a nonce count that was seen before (RFC 7616 3.4.5 and 5.12).
//
// When that memory is full the oldest remembered nonce is forgotten and, with all nonces made
// before it, counts as stale from then on: its owner is asked again, nobody can replay it.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/time.h"
#include "sip/hash.h"

namespace pbx::sip {

struct NonceOptions {
  std::chrono::milliseconds life{300'000};
  std::size_t remembered_max = 65'536;  // about 100 bytes each
};

class NonceBook {
 public:
  // `key` is secret and random, of at least 16 octets.
  NonceBook(NonceOptions options, std::string_view key);

  [[nodiscard]] std::string issue(core::Instant now);

  // Whether `nonce` is ours, young enough, and `count` new for it; if so the count is spent.
  // Counts may come out of order within kCountWindow.  A count of 0 means the client does not
  // count: then the nonce is good for one request.
  [[nodiscard]] bool spend(core::Instant now, std::string_view nonce, std::uint32_t count);

  [[nodiscard]] std::size_t remembered() const { return used_.size(); }

  static constexpr std::uint32_t kCountWindow = 64;

 private:
  struct Birth {
    std::int64_t time_ms;
    std::uint64_t number;
  };
  struct Use {
    std::int64_t time_ms;  // of birth
    std::uint32_t last = 0;
    std::uint64_t seen = 0;  // bit n: count `last - n`
  };
  [[nodiscard]] std::string text(const Birth& birth);
  [[nodiscard]] std::optional<Birth> read(std::string_view nonce);
  [[nodiscard]] static bool spend(Use& use, std::uint32_t count);
  [[nodiscard]] bool make_room(std::uint64_t number);  // false: `number` is itself forgotten
  void forget_old(std::int64_t now_ms);

  NonceOptions options_;
  Hmac hmac_;
  std::uint64_t next_ = 1;
  std::uint64_t forgotten_ = 0;        // all numbers up to this one are stale
  std::map<std::uint64_t, Use> used_;  // by number, which grows with time
};

}  // namespace pbx::sip
