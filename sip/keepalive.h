// sip/keepalive.h — keeps the NAT open in front of telephones that registered from an address that
// is not the one in their Contact: an OPTIONS every nat.keepalive, the first one after half of it
// to the whole, so that those of many telephones spread.  Over TCP and TLS it also finds out that
// the connection is dead.
//
// SIP thread.  CRLF that telephones send themselves is answered by nta (RFC 5626 3.5.1).

#pragma once

#include <map>
#include <optional>
#include <vector>

#include "sip/context.h"

namespace pbx::sip {

class Keepalive {
 public:
  explicit Keepalive(core::Duration period) : period_(period) {}
  void on_binding(Context& context, const call::BindingChanged& change);
  // The configuration may have another period now.
  void apply(Context& context, const std::vector<call::Binding>& bindings);
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
  void add(Context& context, const call::Binding& binding);
  void remove(core::BindingId id);
  static void send(Context& context, Target& target);

  core::Duration period_;  // of the timers that run; 0: none
  std::map<core::BindingId, Target> targets_;
  core::Timers<core::BindingId> timers_;
};

// True if `binding` was registered from behind a NAT.  The port tells over UDP only.
[[nodiscard]] bool is_behind_nat(const call::Binding& binding);

}  // namespace pbx::sip
