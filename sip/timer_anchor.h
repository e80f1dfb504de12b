// sip/timer_anchor.h — keeps nta's timer from stopping the process.
//
// SIP thread.  nta 1.12.11 sets its next timer by the heads of its queues, all but the one of
// INVITE server transactions that were acknowledged over UDP (timer I); when only such are left,
// an assertion that is on in Debian's build ends the process: a lone answered call is enough.
// While one may be in that queue, the anchor keeps a younger transaction in another queue (timer
// J, which is longer than timer I): an OPTIONS to ourselves that is answered with 408, which nta
// never puts on the wire (RFC 4320).

#pragma once

#include <optional>

#include "core/base/time.h"
#include "sip/sofia.h"

namespace pbx::sip {

class TimerAnchor {
 public:
  // `life` is timer J, `acknowledged` is timer I.  REQUIRES: acknowledged <= life / 2.
  void set_times(core::Duration life, core::Duration acknowledged) {
    life_ = life;
    acknowledged_ = acknowledged;
  }
  // A server INVITE over UDP was taken or answered.
  void on_invite(core::Instant now) { needed_until_ = now + 2 * life_ + acknowledged_; }
  void run(core::Instant now, nta_agent_t* agent);
  [[nodiscard]] std::optional<core::Instant> next_deadline() const;

 private:
  [[nodiscard]] core::Duration period() const { return (life_ - acknowledged_) / 2; }
  core::Duration life_{}, acknowledged_{};
  core::Instant needed_until_{}, last_{};
  std::uint32_t count_ = 0;
};

}  // namespace pbx::sip
