// sip/glare.h — when to repeat an offer that met the other side's (491, RFC 3261 14.1).
//
// Pure; chance comes in.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "core/base/random.h"
#include "core/base/time.h"

namespace pbx::sip {

// 2.10 to 4.00 s for the side that made the Call-ID, 0 to 2.00 s for the other, in steps of 10 ms.
[[nodiscard]] inline std::chrono::milliseconds glare_delay(bool owns_call_id,
                                                           core::Random& random) {
  const auto steps = owns_call_id ? 210 + random.below(191) : random.below(201);
  return std::chrono::milliseconds(10 * steps);
}

// The repetitions of one offer.
class GlareRetry {
 public:
  static constexpr unsigned kTriesMax = 5;  // then the offer has failed

  // A 491 came.  False: tried often enough.
  bool on_glare(core::Instant now, bool owns_call_id, core::Random& random) {
    if (tries_ == kTriesMax) return false;
    ++tries_;
    deadline_ = now + glare_delay(owns_call_id, random);
    return true;
  }
  // True once when the time has come to send the offer again.
  bool take_due(core::Instant now) {
    if (!deadline_ || now < *deadline_) return false;
    deadline_.reset();
    return true;
  }
  // The offer was answered, refused for another reason, or is no longer wanted.
  void stop() { *this = {}; }

  [[nodiscard]] std::optional<core::Instant> next_deadline() const { return deadline_; }

 private:
  unsigned tries_ = 0;
  std::optional<core::Instant> deadline_;
};

}  // namespace pbx::sip
