#include "tools/call_load/rtp_sockets.h"

#include "tools/call_load/udp.h"

namespace pbx::call_load {

RtpSockets::RtpSockets(const Options& options)
    : options_(options), next_port_((options.rtp_ports.low + 1u) & ~1u) {}

core::Result<> RtpSockets::open_shared() {
  for (unsigned i = 0; i < options_.rtp_sockets; ++i) {
    const auto socket = open_next();
    if (!socket) return core::forward_error(socket);
    shared_fds_.push_back(sockets_[*socket].fd.get());
    set_buffers(shared_fds_.back());
  }
  return {};
}

core::Result<std::uint32_t> RtpSockets::open_next() {
  while (next_port_ <= options_.rtp_ports.high) {
    const core::SocketAddress address{options_.bind, static_cast<std::uint16_t>(next_port_)};
    next_port_ += 2;
    auto fd = open_udp(address);
    if (!fd) continue;  // somebody else has the port
    stamp_arrivals(fd->get());
    sockets_.push_back({std::move(*fd), address, {}});
    return static_cast<std::uint32_t>(sockets_.size() - 1);
  }
  return core::fail(core::ErrorCode::kLimitReached, "no free port in --rtp-ports");
}

core::Result<std::uint32_t> RtpSockets::lend(core::Instant now) {
  if (are_shared()) return next_shared_++ % static_cast<std::uint32_t>(shared_fds_.size());
  const bool is_rested = !free_.empty() && sockets_[free_.front()].free_at + kRest <= now;
  if (!is_rested) {
    auto opened = open_next();
    if (opened || free_.empty()) return opened;
  }
  const std::uint32_t socket = free_.front();
  free_.pop_front();
  return socket;
}

void RtpSockets::give_back(std::uint32_t socket, core::Instant now) {
  if (are_shared()) return;
  sockets_[socket].free_at = now;
  free_.push_back(socket);
}

}  // namespace pbx::call_load
