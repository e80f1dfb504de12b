#include "tests/bench/rtp_load.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "core/base/assert.h"
#include "core/base/clock.h"
#include "media/rtp_packet.h"

namespace pbx::bench {
namespace {

constexpr std::size_t kSlices = 20;  // of 1 ms

void sleep_until(core::Instant when) {
  const auto ns = when.time_since_epoch().count();
  const timespec at{static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
  ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr);
}

}  // namespace

RtpLoad::RtpLoad(std::size_t calls) {
  for (std::size_t i = 0; i < 2 * calls; ++i) {
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    sockaddr_storage any{};
    const socklen_t size = core::to_sockaddr({*core::parse_ip("127.0.0.1"), 0}, any);
    PBX_ASSERT(fd >= 0 && ::bind(fd, reinterpret_cast<sockaddr*>(&any), size) == 0);
    sockets_.push_back(fd);
  }
}

RtpLoad::~RtpLoad() {
  for (const int fd : sockets_) ::close(fd);
}

core::SocketAddress RtpLoad::address(std::size_t phone) const {
  sockaddr_storage raw{};
  socklen_t size = sizeof raw;
  ::getsockname(sockets_[phone], reinterpret_cast<sockaddr*>(&raw), &size);
  return core::from_sockaddr(raw);
}

void RtpLoad::start(const std::vector<core::SocketAddress>& targets, double seconds) {
  std::array<int, 2> ends{};
  PBX_ASSERT(::pipe(ends.data()) == 0);
  std::fflush(stdout);
  child_ = ::fork();
  PBX_ASSERT(child_ >= 0);
  if (child_ == 0) {
    const LoadResult result = run(targets, seconds);
    (void)!::write(ends[1], &result, sizeof result);
    ::_exit(0);
  }
  ::close(ends[1]);
  pipe_ = ends[0];
}

LoadResult RtpLoad::join() {
  LoadResult result;
  (void)!::read(pipe_, &result, sizeof result);
  ::close(pipe_);
  ::waitpid(child_, nullptr, 0);
  return result;
}

LoadResult RtpLoad::run(const std::vector<core::SocketAddress>& targets, double seconds) const {
  LoadResult result;
  std::vector<sockaddr_storage> to(targets.size());
  for (std::size_t i = 0; i < to.size(); ++i) core::to_sockaddr(targets[i], to[i]);
  std::array<std::uint8_t, 172> packet{};
  std::array<std::uint8_t, 2048> in;
  const std::vector<std::uint8_t> voice(160, 0x7e);
  const core::Instant start = core::monotonic_now();
  const auto slices = static_cast<std::size_t>(seconds * 1000);
  for (std::size_t slice = 0; slice < slices; ++slice) {
    sleep_until(start + std::chrono::milliseconds(slice));
    const auto number = static_cast<std::uint16_t>(slice / kSlices);
    for (std::size_t i = slice % kSlices; i < sockets_.size(); i += kSlices) {
      while (::recv(sockets_[i], in.data(), in.size(), 0) > 0) ++result.received;
      media::write_rtp({0, false, number, number * 160u, static_cast<std::uint32_t>(i + 1)}, voice,
                       packet);
      if (::sendto(sockets_[i], packet.data(), packet.size(), 0,
                   reinterpret_cast<const sockaddr*>(&to[i]), sizeof(sockaddr_in)) > 0)
        ++result.sent;
    }
  }
  sleep_until(core::monotonic_now() + std::chrono::milliseconds(100));
  for (const int fd : sockets_)
    while (::recv(fd, in.data(), in.size(), 0) > 0) ++result.received;
  return result;
}

}  // namespace pbx::bench
