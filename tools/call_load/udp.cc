#include "tools/call_load/udp.h"

#include <sys/resource.h>
#include <time.h>

#include <cerrno>
#include <cstring>

namespace pbx::call_load {

core::Result<core::UniqueFd> open_udp(const core::SocketAddress& address) {
  const int family = address.ip.family == core::IpFamily::kV6 ? AF_INET6 : AF_INET;
  core::UniqueFd fd(::socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_storage bound;
  const socklen_t size = core::to_sockaddr(address, bound);
  if (!fd || ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&bound), size) != 0)
    return core::fail(core::ErrorCode::kUnavailable, address.text() + ": " + std::strerror(errno));
  return fd;
}

core::SocketAddress local_address(int fd) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size);
  return core::from_sockaddr(bound);
}

void set_buffers(int fd) {
  constexpr int kSize = 8 << 20;
  // FORCE works for root only and goes past the system's limit.
  if (::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &kSize, sizeof kSize) != 0)
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kSize, sizeof kSize);
  if (::setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &kSize, sizeof kSize) != 0)
    ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &kSize, sizeof kSize);
}

void stamp_arrivals(int fd) {
  constexpr int kOn = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &kOn, sizeof kOn);
}

void allow_descriptors(std::size_t count) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= count) return;
  rlimit wanted{count, std::max<rlim_t>(limit.rlim_max, count)};
  if (::setrlimit(RLIMIT_NOFILE, &wanted) == 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

UdpReader::UdpReader(std::size_t datagram_max)
    : datagram_max_(datagram_max),
      batch_(std::make_unique<Batch>()),
      memory_(std::make_unique<std::uint8_t[]>(datagram_max * kBatch)) {
  for (std::size_t i = 0; i < kBatch; ++i) {
    batch_->vectors[i] = {&memory_[i * datagram_max], datagram_max};
    msghdr& header = batch_->headers[i].msg_hdr;
    header = {};
    header.msg_iov = &batch_->vectors[i];
    header.msg_iovlen = 1;
    header.msg_name = &batch_->from[i];
    header.msg_control = batch_->control[i].data();
  }
}

std::size_t UdpReader::read(int fd) {
  for (std::size_t i = 0; i < used_; ++i) {
    batch_->headers[i].msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    batch_->headers[i].msg_hdr.msg_controllen = kControlSize;
  }
  const int count = ::recvmmsg(fd, batch_->headers.data(), kBatch, MSG_DONTWAIT, nullptr);
  used_ = count > 0 ? static_cast<std::size_t>(count) : 0;
  return used_;
}

UdpReader::Datagram UdpReader::operator[](std::size_t i) const {
  const mmsghdr& message = batch_->headers[i];
  Datagram datagram;
  datagram.bytes = {&memory_[i * datagram_max_], message.msg_len};
  datagram.from = core::from_sockaddr(batch_->from[i]);
  datagram.is_cut = (message.msg_hdr.msg_flags & MSG_TRUNC) != 0;
  const cmsghdr* control = CMSG_FIRSTHDR(&message.msg_hdr);
  if (control != nullptr && control->cmsg_level == SOL_SOCKET &&
      control->cmsg_type == SO_TIMESTAMPNS) {
    timespec arrived;
    std::memcpy(&arrived, CMSG_DATA(control), sizeof arrived);
    datagram.arrived_ns = std::int64_t{arrived.tv_sec} * 1'000'000'000 + arrived.tv_nsec;
  }
  return datagram;
}

}  // namespace pbx::call_load
