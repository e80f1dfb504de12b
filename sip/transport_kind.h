// sip/transport_kind.h — the transports as the configuration names them and as calls do.
//
// Pure.

#pragma once

#include "core/call/binding.h"
#include "core/config/profile.h"

namespace pbx::sip {

[[nodiscard]] constexpr call::Transport to_call(config::Transport transport) {
  return transport == config::Transport::kUdp   ? call::Transport::kUdp
         : transport == config::Transport::kTcp ? call::Transport::kTcp
                                                : call::Transport::kTls;
}

[[nodiscard]] constexpr config::Transport to_config(call::Transport transport) {
  return transport == call::Transport::kUdp   ? config::Transport::kUdp
         : transport == call::Transport::kTcp ? config::Transport::kTcp
                                              : config::Transport::kTls;
}

}  // namespace pbx::sip
