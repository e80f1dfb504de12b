// tests/bench/bare_work.h — the least that a relay and a transcoder can do.
//
// The yardsticks of the media benches: machines differ, the ratio to these in the same run does
// not.  Owner: one thread.

#pragma once

#include <cstddef>
#include <vector>

#include <netinet/in.h>

#include "core/base/fd.h"
#include "core/base/net.h"
#include "core/base/time.h"

namespace pbx::bench {

// epoll, recv and sendto, without a look at a packet.
class BareRelay {
 public:
  // Leg n has the port of `first` + 2 n (IPv4); what it hears goes out at leg n ^ 1, to the address
  // that leg was first heard from.  Ends the program when a port is taken.
  BareRelay(const core::SocketAddress& first, std::size_t legs);

  void run(core::Instant until);

 private:
  struct Leg {
    core::UniqueFd fd;
    sockaddr_in source{};  // port 0: not heard yet
  };
  void pass_on(std::size_t from);

  core::UniqueFd epoll_;
  std::vector<Leg> legs_;
};

// CPU in milliseconds of the codec work of one second of a call between PCMU and G.722, both ways
// and nothing else: decode one, encode the other, at the rate where they meet.
[[nodiscard]] double bare_codec_ms();

// User and system seconds of this process.
[[nodiscard]] double cpu_s();

}  // namespace pbx::bench
