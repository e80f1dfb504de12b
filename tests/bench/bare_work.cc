#include "tests/bench/bare_work.h"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

#include "core/base/clock.h"
#include "media/codec.h"

namespace pbx::bench {
namespace {

constexpr int kTurnMs = 20;
constexpr int kEventsMax = 256;

core::UniqueFd bound_socket(const core::SocketAddress& address) {
  core::UniqueFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_storage raw{};
  const socklen_t size = core::to_sockaddr(address, raw);
  if (!fd || ::bind(fd.get(), reinterpret_cast<sockaddr*>(&raw), size) != 0) {
    std::perror(address.text().c_str());
    std::exit(1);
  }
  return fd;
}

}  // namespace

BareRelay::BareRelay(const core::SocketAddress& first, std::size_t legs)
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  for (std::size_t i = 0; i < legs; ++i) {
    const auto port = static_cast<std::uint16_t>(first.port + 2 * i);
    legs_.push_back({bound_socket({first.ip, port}), {}});
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, legs_.back().fd.get(), &event);
  }
}

void BareRelay::run(core::Instant until) {
  std::array<epoll_event, kEventsMax> events;
  while (core::monotonic_now() < until) {
    const int count = ::epoll_wait(epoll_.get(), events.data(), kEventsMax, kTurnMs);
    for (int e = 0; e < count; ++e) pass_on(events[static_cast<std::size_t>(e)].data.u64);
  }
}

void BareRelay::pass_on(std::size_t from) {
  Leg& leg = legs_[from];
  const Leg& other = legs_[from ^ 1];
  std::array<char, 2048> buffer;
  ssize_t size = 0;
  if (leg.source.sin_port == 0) {
    socklen_t length = sizeof leg.source;
    size = ::recvfrom(leg.fd.get(), buffer.data(), buffer.size(), 0,
                      reinterpret_cast<sockaddr*>(&leg.source), &length);
  } else {
    size = ::recv(leg.fd.get(), buffer.data(), buffer.size(), 0);
  }
  if (size <= 0 || other.source.sin_port == 0) return;
  (void)::sendto(other.fd.get(), buffer.data(), static_cast<std::size_t>(size), 0,
                 reinterpret_cast<const sockaddr*>(&other.source), sizeof other.source);
}

double bare_codec_ms() {
  const call::Format pcmu{};
  const call::Format g722{call::Codec::kG722, 9, 8000, ""};
  const media::CodecOptions options{.sample_hz = media::common_sample_hz(pcmu, g722)};
  auto from_pcmu = std::move(*media::make_decoder(pcmu, options));
  auto to_pcmu = std::move(*media::make_encoder(pcmu, options));
  auto from_g722 = std::move(*media::make_decoder(g722, options));
  auto to_g722 = std::move(*media::make_encoder(g722, options));
  std::vector<std::int16_t> samples(media::kFrameSamplesMax);
  std::vector<std::uint8_t> in(160), out(1500);
  constexpr int kCallSeconds = 200;
  const double before = cpu_s();
  for (int i = 0; i < kCallSeconds * 50; ++i) {
    for (std::uint8_t& octet : in) octet = static_cast<std::uint8_t>(octet * 5 + i);
    auto count = from_pcmu->decode(in, samples);
    (void)to_g722->encode(std::span(samples).first(count), out);
    count = from_g722->decode(in, samples);
    (void)to_pcmu->encode(std::span(samples).first(count), out);
  }
  return (cpu_s() - before) * 1000 / kCallSeconds;
}

double cpu_s() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace pbx::bench
