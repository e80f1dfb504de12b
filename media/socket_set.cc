#include "media/socket_set.h"

#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

#include <fmt/format.h>

#include "core/base/assert.h"
#include "core/base/clock.h"

namespace pbx::media {
namespace {

// What epoll gives back: generation (upper 32 bits), slot and port.
constexpr std::uint64_t kWatched = ~std::uint64_t{0};
constexpr Slot kSlotMax = 1u << 30;

std::uint64_t make_tag(Slot slot, Port port, std::uint32_t generation) {
  return std::uint64_t{generation} << 32 | std::uint64_t{slot} << 1 |
         static_cast<std::uint64_t>(port);
}
Slot slot_of(std::uint64_t tag) { return static_cast<std::uint32_t>(tag) >> 1; }
Port port_of(std::uint64_t tag) { return static_cast<Port>(tag & 1); }
std::uint32_t generation_of(std::uint64_t tag) { return static_cast<std::uint32_t>(tag >> 32); }

core::Error last_error(const core::SocketAddress& address) {
  const int error = errno;
  const auto code =
      error == EADDRINUSE ? core::ErrorCode::kAlreadyExists : core::ErrorCode::kUnavailable;
  return {code, fmt::format("{}: {}", address.text(), std::strerror(error))};
}

void set_option(int fd, int level, int name, int value) {
  // Refusal is not an error: the packets then go out unmarked.
  (void)::setsockopt(fd, level, name, &value, sizeof value);
}

timespec time_left(core::Instant deadline) {
  const core::Duration left = std::max(deadline - core::monotonic_now(), core::Duration::zero());
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
  return {static_cast<time_t>(seconds.count()), static_cast<long>((left - seconds).count())};
}

}  // namespace

SocketSet::SocketSet(const SocketSetOptions& options)
    : options_(options), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  PBX_ASSERT(epoll_);
}

SocketSet::~SocketSet() = default;

core::Result<core::UniqueFd> SocketSet::bind(const core::SocketAddress& address,
                                             std::uint8_t dscp) const {
  sockaddr_storage raw{};
  const socklen_t size = core::to_sockaddr(address, raw);
  core::UniqueFd fd(::socket(raw.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return tl::unexpected(last_error(address));
  if (raw.ss_family == AF_INET6) {
    set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
    set_option(fd.get(), IPPROTO_IPV6, IPV6_TCLASS, dscp << 2);
  } else {
    set_option(fd.get(), IPPROTO_IP, IP_TOS, dscp << 2);
  }
  if (options_.receive_buffer_bytes > 0)
    set_option(fd.get(), SOL_SOCKET, SO_RCVBUF, options_.receive_buffer_bytes);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&raw), size) != 0)
    return tl::unexpected(last_error(address));
  return fd;
}

core::Result<> SocketSet::add(int fd, std::uint64_t tag) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = tag;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0) return {};
  return core::fail(core::ErrorCode::kUnavailable, std::strerror(errno));
}

core::Result<> SocketSet::watch(int fd) { return add(fd, kWatched); }

core::Result<> SocketSet::open(Slot slot, const core::SocketAddress& rtp, std::uint8_t dscp) {
  PBX_ASSERT(slot < kSlotMax);
  if (pairs_.size() <= slot) pairs_.resize(slot + 1u);
  Pair& pair = pairs_[slot];
  PBX_ASSERT(!pair.rtp);
  core::SocketAddress rtcp = rtp;
  if (rtcp.port != 0) ++rtcp.port;
  auto rtp_fd = bind(rtp, dscp);
  if (!rtp_fd) return tl::unexpected(rtp_fd.error());
  auto rtcp_fd = bind(rtcp, dscp);
  if (!rtcp_fd) return tl::unexpected(rtcp_fd.error());
  ++pair.generation;
  auto added = add(rtp_fd->get(), make_tag(slot, Port::kRtp, pair.generation));
  if (added) added = add(rtcp_fd->get(), make_tag(slot, Port::kRtcp, pair.generation));
  if (!added) return added;
  pair.rtp = std::move(*rtp_fd);
  pair.rtcp = std::move(*rtcp_fd);
  ++open_pairs_;
  return {};
}

void SocketSet::close(Slot slot) {
  Pair& pair = pairs_.at(slot);
  if (!pair.rtp) return;
  pair.rtp.reset();  // epoll forgets a descriptor when it is closed
  pair.rtcp.reset();
  --open_pairs_;
}

core::SocketAddress SocketSet::local(Slot slot, Port port) const {
  if (slot >= pairs_.size()) return {};
  const core::UniqueFd& fd = port == Port::kRtp ? pairs_[slot].rtp : pairs_[slot].rtcp;
  sockaddr_storage raw{};
  socklen_t size = sizeof raw;
  if (!fd || ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&raw), &size) != 0) return {};
  return core::from_sockaddr(raw);
}

void SocketSet::send(Slot slot, Port port, const core::SocketAddress& to,
                     std::span<const std::uint8_t> datagram) {
  const Pair& pair = pairs_[slot];
  const int fd = port == Port::kRtp ? pair.rtp.get() : pair.rtcp.get();
  sockaddr_storage raw;
  const socklen_t size = core::to_sockaddr(to, raw);
  const auto* address = reinterpret_cast<const sockaddr*>(&raw);
  ssize_t sent = ::sendto(fd, datagram.data(), datagram.size(), MSG_DONTWAIT, address, size);
  // An ICMP answer to an earlier packet is reported here once and keeps this one from going out.
  if (sent < 0 && errno == ECONNREFUSED)
    sent = ::sendto(fd, datagram.data(), datagram.size(), MSG_DONTWAIT, address, size);
  if (sent >= 0 || errno == ECONNREFUSED) return;
  if (errno == EAGAIN || errno == ENOBUFS)
    ++counters_.send_full;
  else
    ++counters_.send_errors;
}

int SocketSet::fetch(std::optional<core::Instant> deadline, epoll_event* events) {
  if (!deadline) return ::epoll_wait(epoll_.get(), events, kEventsMax, -1);
  const timespec left = time_left(*deadline);
  const int count = ::epoll_pwait2(epoll_.get(), events, kEventsMax, &left, nullptr);
  if (count >= 0 || errno != ENOSYS) return count;
  // Before Linux 5.11: milliseconds, rounded up so as not to spin before the deadline.
  const long ms = left.tv_sec * 1000 + (left.tv_nsec + 999'999) / 1'000'000;
  return ::epoll_wait(epoll_.get(), events, kEventsMax, static_cast<int>(ms));
}

bool SocketSet::wait(std::optional<core::Instant> deadline, PacketPool& pool,
                     const Handler& handler) {
  std::array<epoll_event, kEventsMax> events;
  const int count = fetch(deadline, events.data());
  if (count <= 0) return false;
  ++counters_.wakes;
  bool watched = false;
  const core::Instant now = core::monotonic_now();
  for (int i = 0; i < count; ++i) {
    const std::uint64_t tag = events[static_cast<std::size_t>(i)].data.u64;
    if (tag == kWatched)
      watched = true;
    else
      receive(now, tag, pool, handler);
  }
  if (options_.coalesce > core::Duration::zero()) {
    const timespec pause{0, static_cast<long>(options_.coalesce.count())};
    ::nanosleep(&pause, nullptr);
  }
  return watched;
}

void SocketSet::receive(core::Instant now, std::uint64_t tag, PacketPool& pool,
                        const Handler& handler) {
  const Pair& pair = pairs_[slot_of(tag)];
  if (pair.generation != generation_of(tag) || !pair.rtp) return;
  const int fd = port_of(tag) == Port::kRtp ? pair.rtp.get() : pair.rtcp.get();
  RtpPacket packet = pool.acquire();
  if (!packet) {
    ++counters_.no_buffer;
    std::uint8_t nothing;
    (void)::recv(fd, &nothing, sizeof nothing, MSG_DONTWAIT);  // else epoll reports it for ever
    return;
  }
  sockaddr_storage raw;
  socklen_t size = sizeof raw;
  // Room for the trailer of SRTP stays behind; MSG_TRUNC tells the true size.
  const std::span<std::uint8_t> buffer = packet.buffer();
  const ssize_t got = ::recvfrom(fd, buffer.data(), buffer.size(), MSG_DONTWAIT | MSG_TRUNC,
                                 reinterpret_cast<sockaddr*>(&raw), &size);
  if (got < 0) {
    if (errno != EAGAIN && errno != ECONNREFUSED) ++counters_.receive_errors;
    return;
  }
  if (static_cast<std::size_t>(got) > buffer.size()) {
    ++counters_.truncated;
    return;
  }
  packet.set_size(static_cast<std::size_t>(got));
  packet.set_arrival(now);
  handler(now, {slot_of(tag), port_of(tag), core::from_sockaddr(raw), std::move(packet)});
}

}  // namespace pbx::media
