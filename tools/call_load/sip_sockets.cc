#include "tools/call_load/sip_sockets.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace pbx::call_load {

SipSockets::SipSockets(const Options& options, SipCounters& counters, core::Random random)
    : options_(options),
      counters_(counters),
      random_(random),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      reader_(kDatagramMax) {}

core::Result<> SipSockets::open(unsigned count) {
  for (unsigned i = 0; i < count; ++i) {
    const unsigned port = options_.sip_port_base == 0 ? 0 : options_.sip_port_base + i;
    if (port > UINT16_MAX)
      return core::fail(core::ErrorCode::kInvalidArgument, "--sip-port-base is too high");
    auto fd = open_udp({options_.bind, static_cast<std::uint16_t>(port)});
    if (!fd) return core::forward_error(fd);
    set_buffers(fd->get());
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u32 = i;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd->get(), &event) != 0)
      return core::fail(core::ErrorCode::kUnavailable, std::strerror(errno));
    const core::SocketAddress address = local_address(fd->get());
    sockets_.push_back({std::move(*fd), address, address.text()});
  }
  return {};
}

core::SocketAddress SipSockets::local(unsigned socket) const { return sockets_[socket].address; }
std::string_view SipSockets::local_text(unsigned socket) const { return sockets_[socket].text; }

void SipSockets::send(unsigned socket, const core::SocketAddress& to, std::string_view datagram) {
  if (options_.drop_percent > 0 && random_.unit() * 100 < options_.drop_percent) {
    ++counters_.dropped;
    return;
  }
  if (queued_ == kQueueMax) flush();
  Queued& next = queue_[queued_++];
  next.socket = socket;
  next.to = to;
  next.bytes = datagram;
}

void SipSockets::flush() {
  for (std::size_t i = 0; i < queued_; ++i) {
    const unsigned socket = queue_[i].socket;
    const auto before = queue_.begin() + static_cast<std::ptrdiff_t>(i);
    const bool is_done = std::any_of(queue_.begin(), before,
                                     [&](const Queued& one) { return one.socket == socket; });
    if (!is_done) flush_socket(socket);
  }
  queued_ = 0;
}

void SipSockets::flush_socket(unsigned socket) {
  std::array<mmsghdr, kQueueMax> headers;
  std::array<iovec, kQueueMax> vectors;
  std::array<sockaddr_storage, kQueueMax> to;
  unsigned count = 0;
  for (std::size_t i = 0; i < queued_; ++i) {
    Queued& one = queue_[i];
    if (one.socket != socket) continue;
    vectors[count] = {one.bytes.data(), one.bytes.size()};
    headers[count] = {};
    headers[count].msg_hdr.msg_name = &to[count];
    headers[count].msg_hdr.msg_namelen = core::to_sockaddr(one.to, to[count]);
    headers[count].msg_hdr.msg_iov = &vectors[count];
    headers[count].msg_hdr.msg_iovlen = 1;
    ++count;
  }
  const int sent = ::sendmmsg(sockets_[socket].fd.get(), headers.data(), count, 0);
  const auto good = static_cast<unsigned>(std::max(sent, 0));
  counters_.sent += good;
  counters_.send_errors += count - good;
}

void SipSockets::receive(core::Duration timeout,
                         const std::function<void(const Incoming&)>& receive) {
  std::array<epoll_event, 64> events;
  const timespec wait{static_cast<time_t>(timeout.count() / 1'000'000'000),
                      static_cast<long>(timeout.count() % 1'000'000'000)};
  const int count =
      ::epoll_pwait2(epoll_.get(), events.data(), static_cast<int>(events.size()), &wait, nullptr);
  for (int i = 0; i < count; ++i) read(events[static_cast<std::size_t>(i)].data.u32, receive);
}

// One batch: level-triggered epoll brings the rest, after the other sockets had their turn.
void SipSockets::read(unsigned socket, const std::function<void(const Incoming&)>& receive) {
  const std::size_t count = reader_.read(sockets_[socket].fd.get());
  counters_.received += count;
  for (std::size_t i = 0; i < count; ++i) {
    const UdpReader::Datagram datagram = reader_[i];
    if (datagram.is_cut) {
      ++counters_.malformed;
      continue;
    }
    const auto* text = reinterpret_cast<const char*>(datagram.bytes.data());
    receive({socket, datagram.from, {text, datagram.bytes.size()}});
  }
}

}  // namespace pbx::call_load
