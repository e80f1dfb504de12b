// sip/keepalive.h — keeps the NAT open in front of telephones that registered over UDP from an
// address that is not the one in their Contact: an OPTIONS every nat.keepalive.
//
// SIP thread.  TCP and TLS telephones send their own CRLF, which is answered (RFC 5626 3.5.1).

#pragma once

#include <map>
#include <optional>

#include "sip/context.h"

namespace pbx::sip {

class Keepalive {
 public:
  void on_binding(Context& context, const call::BindingChanged& change);
  void run(Context& context, core::Instant now);
  [[nodiscard]] std::optional<core::Instant> next_deadline() const {
    return timers_.next_deadline();
  }

 private:
  struct Target {
    call::Binding binding;
    core::TimerId timer;
    Outgoing sent;
  };
  static void send(Context& context, Target& target);

  std::map<core::BindingId, Target> targets_;
  core::Timers<core::BindingId> timers_;
};

// True if `binding` was registered from behind a NAT.
[[nodiscard]] bool is_behind_nat(const call::Binding& binding);

}  // namespace pbx::sip
