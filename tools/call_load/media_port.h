// tools/call_load/media_port.h — what the call logic asks of RTP, and what it is told at the end.
//
// A leg opens a local port before its SDP is written, connects when the other SDP is known, starts
// and pauses, and closes.  Some time after close() the MediaReport of the leg arrives; a leg index
// is not opened again before that.

#pragma once

#include <cstdint>

#include "core/base/net.h"
#include "core/base/result.h"
#include "tools/call_load/sdp.h"

namespace pbx::call_load {

enum class Side : std::uint8_t { kCaller = 0, kCallee = 1 };

// A leg as RTP knows it: index = 2 * call slot + side; serial is the call's.
struct MediaLeg {
  std::uint32_t index = 0;
  std::uint32_t serial = 0;
};

struct MediaReport {
  MediaLeg leg;
  std::uint64_t sent = 0;
  std::uint64_t marked = 0;  // unique packets with the mark of this call
  std::uint32_t first = 0;   // lowest and highest sequence of those
  std::uint32_t highest = 0;
  std::uint64_t reordered = 0, duplicated = 0, crossed = 0;
  std::uint64_t unmarked = 0;
  std::uint64_t unmarked_lost = 0;  // gaps in the RTP sequence numbers of unmarked packets
};

class MediaPort {
 public:
  virtual ~MediaPort() = default;
  // Errors: kLimitReached: no port left.
  [[nodiscard]] virtual core::Result<core::SocketAddress> open(const MediaLeg& leg) = 0;
  virtual void connect(std::uint32_t leg, const core::SocketAddress& remote, Codec codec) = 0;
  virtual void start(std::uint32_t leg) = 0;
  virtual void pause(std::uint32_t leg) = 0;
  virtual void close(std::uint32_t leg) = 0;
};

}  // namespace pbx::call_load
