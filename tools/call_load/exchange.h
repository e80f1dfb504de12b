// tools/call_load/exchange.h — one message that is repeated until the other side reacts.
//
// Pure.  The retransmission half of an RFC 3261 transaction over UDP: an INVITE (17.1.1, timers A
// and B), any other request (17.1.2, E and F), a final or reliable answer to an INVITE (13.3.1.4,
// RFC 3262 3).  Who owns it arms a timer with the Instants returned here and sends `bytes` then.

#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/time.h"
#include "tools/call_load/sip_message.h"

namespace pbx::call_load {

inline constexpr core::Duration kT1 = std::chrono::milliseconds(500);
inline constexpr core::Duration kT2 = std::chrono::seconds(4);
inline constexpr core::Duration kTransactionTime = 64 * kT1;  // timers B, F and H

struct Exchange {
  std::string bytes;
  Method method = Method::kOther;
  std::uint32_t cseq = 0;
  std::uint8_t logins = 0;  // how many times credentials were added to this request
  bool is_open = false;     // nothing final has come back
  bool is_proceeding = false;
  core::Instant started{};
  core::Duration interval{};

  // Opens it; returns when to repeat.  `bytes`, `method` and `cseq` are the owner's to set.
  core::Instant open(core::Instant now) {
    is_open = true;
    is_proceeding = false;
    started = now;
    interval = kT1;
    return now + interval;
  }

  // The repeat timer fired.  Returns when to repeat after this time; nullopt: given up, closed.
  std::optional<core::Instant> repeat(core::Instant now) {
    if (now - started >= kTransactionTime) {
      is_open = false;
      return std::nullopt;
    }
    interval = is_proceeding ? kT2 : interval * 2;
    if (method != Method::kInvite) interval = std::min(interval, kT2);
    return std::min(now + interval, started + kTransactionTime);
  }

  // A provisional response came: an INVITE is not repeated any more, other requests are slowly.
  // Returns when to look again; nullopt: never.
  std::optional<core::Instant> proceed(core::Instant now) {
    is_proceeding = true;
    if (method == Method::kInvite) return std::nullopt;
    return std::min(now + kT2, started + kTransactionTime);
  }

  void close() { is_open = false; }
};

}  // namespace pbx::call_load
