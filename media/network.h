// media/network.h — what the engine asks of the outside: sockets, without seeing one.
//
// The production implementation is SocketSet; tests put a simulated network here.  Owner: the
// media worker; nothing here is thread-safe.

#pragma once

#include <cstdint>
#include <span>

#include "core/base/net.h"
#include "core/base/result.h"

namespace pbx::media {

// The place of a session in its engine; also the name of its sockets.  Reused after close.
using Slot = std::uint32_t;

enum class Port : std::uint8_t { kRtp, kRtcp };

class Network {
 public:
  virtual ~Network() = default;

  // Makes a pair of sockets: RTP on `rtp`, RTCP on the port after it; what they send is marked with
  // `dscp` (RFC 2474).
  // Errors: kAlreadyExists if a port is taken, kUnavailable for anything else.
  virtual core::Result<> open(Slot slot, const core::SocketAddress& rtp, std::uint8_t dscp) = 0;
  virtual void close(Slot slot) = 0;

  // Never blocks; a datagram that the kernel does not take is lost and counted.
  virtual void send(Slot slot, Port port, const core::SocketAddress& to,
                    std::span<const std::uint8_t> datagram) = 0;
};

}  // namespace pbx::media
