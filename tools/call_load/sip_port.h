// tools/call_load/sip_port.h — what the call logic needs of the network: to send a datagram.
//
// Implemented by sip_sockets.h in the program and by a simulated network in the tests.

#pragma once

#include <string_view>

#include "core/base/net.h"

namespace pbx::call_load {

class SipPort {
 public:
  virtual ~SipPort() = default;
  // Copies the datagram; what cannot be sent is lost, as on a network.
  virtual void send(unsigned socket, const core::SocketAddress& to, std::string_view datagram) = 0;
  [[nodiscard]] virtual core::SocketAddress local(unsigned socket) const = 0;
  [[nodiscard]] virtual std::string_view local_text(unsigned socket) const = 0;  // "ip:port"
};

// A datagram as it came.
struct Incoming {
  unsigned socket = 0;
  core::SocketAddress from;
  std::string_view bytes;
};

}  // namespace pbx::call_load
