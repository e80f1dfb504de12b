// tools/call_load/sip_sockets.h — the SIP sockets of all phones, read and written in batches.
//
// Owner: the SIP thread.  Sockets 0 to n-1 are the callers', n to 2n-1 the callees'.

#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/base/fd.h"
#include "core/base/random.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "tools/call_load/call_stats.h"
#include "tools/call_load/options.h"
#include "tools/call_load/sip_port.h"
#include "tools/call_load/udp.h"

namespace pbx::call_load {

class SipSockets final : public SipPort {
 public:
  static constexpr std::size_t kDatagramMax = 8192;  // longer ones are cut and refused
  static constexpr std::size_t kQueueMax = 64;       // sent at once when reached

  SipSockets(const Options& options, SipCounters& counters, core::Random random);

  // Errors: kUnavailable: a port of --sip-port-base is taken, or no descriptor left.
  core::Result<> open(unsigned count);

  void send(unsigned socket, const core::SocketAddress& to, std::string_view datagram) override;
  [[nodiscard]] core::SocketAddress local(unsigned socket) const override;
  [[nodiscard]] std::string_view local_text(unsigned socket) const override;

  // Sends what is queued.
  void flush();
  // Waits for datagrams at most `timeout` and hands each to `receive`.
  void receive(core::Duration timeout, const std::function<void(const Incoming&)>& receive);

 private:
  struct Socket {
    core::UniqueFd fd;
    core::SocketAddress address;
    std::string text;
  };
  struct Queued {
    unsigned socket = 0;
    core::SocketAddress to;
    std::string bytes;
  };
  void read(unsigned socket, const std::function<void(const Incoming&)>& receive);
  void flush_socket(unsigned socket);

  const Options& options_;
  SipCounters& counters_;
  core::Random random_;
  core::UniqueFd epoll_;
  std::vector<Socket> sockets_;
  std::array<Queued, kQueueMax> queue_;
  std::size_t queued_ = 0;
  UdpReader reader_;
};

}  // namespace pbx::call_load
