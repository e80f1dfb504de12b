// tools/call_load/rtp_sockets.h — the local RTP ports, lent to legs one after another.
//
// Owner: the SIP thread; the RTP thread reads and writes the descriptors while they are lent.
// By default each leg has a port of its own, because servers latch on source addresses; a port
// rests for kRest before another leg gets it.  With --rtp-sockets all legs share that many.

#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "core/base/fd.h"
#include "core/base/net.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "tools/call_load/options.h"

namespace pbx::call_load {

struct RtpSocket {
  core::UniqueFd fd;
  core::SocketAddress address;
  core::Instant free_at{};
};

class RtpSockets {
 public:
  static constexpr core::Duration kRest = std::chrono::seconds(1);

  explicit RtpSockets(const Options& options);

  // Opens the shared ones at once.  Errors: kUnavailable.
  core::Result<> open_shared();
  [[nodiscard]] bool are_shared() const { return !shared_fds_.empty(); }
  [[nodiscard]] const std::vector<int>& shared_fds() const { return shared_fds_; }

  // Errors: kLimitReached: no port of the range can be had.
  core::Result<std::uint32_t> lend(core::Instant now);
  void give_back(std::uint32_t socket, core::Instant now);
  [[nodiscard]] const RtpSocket& operator[](std::uint32_t socket) const { return sockets_[socket]; }

 private:
  core::Result<std::uint32_t> open_next();

  const Options& options_;
  std::uint32_t next_port_;
  std::deque<RtpSocket> sockets_;
  std::deque<std::uint32_t> free_;  // the longest unused first
  std::vector<int> shared_fds_;
  std::uint32_t next_shared_ = 0;
};

}  // namespace pbx::call_load
