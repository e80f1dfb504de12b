// tests/bench/rtp_load.h — telephones for media benches: a process of its own that sends G.711
// both ways of many calls and counts what comes back.
//
// Each call has two sockets here.  Every packet is sent at its time, spread over the 20 ms.

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "core/base/net.h"

namespace pbx::bench {

struct LoadResult {
  std::uint64_t sent = 0, received = 0;
};

class RtpLoad {
 public:
  // Opens 2 * `calls` sockets on loopback in this process.
  explicit RtpLoad(std::size_t calls);
  ~RtpLoad();
  RtpLoad(const RtpLoad&) = delete;
  RtpLoad& operator=(const RtpLoad&) = delete;

  // The address of one telephone; 2n and 2n + 1 belong to call n.
  [[nodiscard]] core::SocketAddress address(std::size_t phone) const;

  // Starts a child process in which phone i sends to targets[i] for `seconds`.
  void start(const std::vector<core::SocketAddress>& targets, double seconds);
  // Waits for its end.
  LoadResult join();

 private:
  LoadResult run(const std::vector<core::SocketAddress>& targets, double seconds) const;
  std::vector<int> sockets_;
  pid_t child_ = -1;
  int pipe_ = -1;
};

}  // namespace pbx::bench
