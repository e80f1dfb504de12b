// The worker with real sockets on loopback.

#include "media/worker.h"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <condition_variable>
#include <mutex>
#include <vector>

#include "core/base/clock.h"
#include "media/rtp_packet.h"

using namespace pbx;
using namespace std::chrono_literals;

namespace {

// Collects events across threads.
class Events {
 public:
  media::EventSink sink() {
    return [this](call::MediaEvent event) {
      const std::lock_guard lock(mutex_);
      events_.push_back(std::move(event));
      changed_.notify_all();
    };
  }
  template <typename Event>
  std::optional<Event> wait_for() {
    std::unique_lock lock(mutex_);
    std::optional<Event> found;
    changed_.wait_for(lock, 10s, [&] {
      for (auto it = events_.begin(); it != events_.end(); ++it) {
        if (!std::holds_alternative<Event>(*it)) continue;
        found = std::get<Event>(*it);
        events_.erase(it);
        return true;
      }
      return false;
    });
    return found;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<call::MediaEvent> events_;
};

// A pair of sockets of a telephone, made of the same class.
class TestPhone : public media::Network {
 public:
  explicit TestPhone(const char* ip) : pool_(64), sockets_(media::SocketSetOptions{}) {
    pool_.reserve(64);
    const auto bound = sockets_.open(0, {*core::parse_ip(ip), 0}, 0);
    REQUIRE(bound.has_value());
  }
  core::Result<> open(media::Slot, const core::SocketAddress&, std::uint8_t) override { return {}; }
  void close(media::Slot) override {}
  void send(media::Slot, media::Port port, const core::SocketAddress& to,
            std::span<const std::uint8_t> datagram) override {
    sockets_.send(0, port, to, datagram);
  }
  core::SocketAddress rtp() const { return sockets_.local(0, media::Port::kRtp); }
  void say(const core::SocketAddress& to, std::uint16_t sequence) {
    std::array<std::uint8_t, 172> bytes{};
    media::write_rtp({0, false, sequence, sequence * 160u, 5}, std::vector<std::uint8_t>(160, 1),
                     bytes);
    send(0, media::Port::kRtp, to, bytes);
  }
  // Datagrams that came until `wanted` or the end of patience.
  int hear(int wanted) {
    int heard = 0;
    const core::Instant until = core::monotonic_now() + 10s;
    while (heard < wanted && core::monotonic_now() < until)
      sockets_.wait(until, pool_, [&](core::Instant, media::SocketSet::Datagram) { ++heard; });
    return heard;
  }

 private:
  media::PacketPool pool_;
  media::SocketSet sockets_;
};

// A pair of neighbouring ports that are free now.
core::SocketAddress free_pair(const char* ip) {
  media::SocketSet probe{media::SocketSetOptions{}};
  for (std::uint16_t port = 34000; port < 60000; port = static_cast<std::uint16_t>(port + 38)) {
    const core::SocketAddress address{*core::parse_ip(ip), port};
    if (probe.open(0, address, 0)) return address;
  }
  return {};
}

call::MediaParams params_to(const core::SocketAddress& remote) {
  call::MediaParams params;
  params.remote_rtp = remote;
  params.send = call::Format{};
  params.receive = {call::Format{}};
  return params;
}

void relay_between(const char* ip) {
  CAPTURE(ip);
  Events events;
  media::Worker worker({}, events.sink());
  TestPhone a(ip), b(ip);
  const auto to_a = free_pair(ip);
  CHECK(worker.post(call::MediaOpen{{1}, {1}, to_a, params_to(a.rtp())}));
  worker.post(call::MediaQuery{{1}, {}});
  REQUIRE(events.wait_for<call::MediaStatus>());  // the ports are bound now
  const auto to_b = free_pair(ip);
  worker.post(call::MediaOpen{{2}, {1}, to_b, params_to(b.rtp())});
  worker.post(call::MediaConnect{{1}, {2}});
  worker.post(call::MediaQuery{{2}, {}});
  REQUIRE(events.wait_for<call::MediaStatus>());
  for (std::uint16_t i = 0; i < 20; ++i) a.say(to_a, i);
  CHECK(b.hear(20) == 20);
  for (std::uint16_t i = 0; i < 20; ++i) b.say(to_b, i);
  CHECK(a.hear(20) == 20);
  worker.post(call::MediaClose{{1}});
  const auto closed = events.wait_for<call::MediaClosed>();
  REQUIRE(closed);
  CHECK(closed->report.received.packets == 20);
  CHECK(closed->report.sent.packets == 20);
  worker.stop();
  CHECK(events.wait_for<call::MediaClosed>());  // stopping closes what is open
}

// The traffic class of a datagram that a socket of `dscp` sends to `ip`.
int class_seen(const char* ip, std::uint8_t dscp) {
  media::SocketSet sockets{media::SocketSetOptions{}};
  REQUIRE(sockets.open(0, {*core::parse_ip(ip), 0}, dscp));
  const bool is_v6 = std::string_view(ip).find(':') != std::string_view::npos;
  const core::UniqueFd ear(::socket(is_v6 ? AF_INET6 : AF_INET, SOCK_DGRAM, 0));
  const int yes = 1;
  ::setsockopt(ear.get(), is_v6 ? int(IPPROTO_IPV6) : int(IPPROTO_IP),
               is_v6 ? IPV6_RECVTCLASS : IP_RECVTOS, &yes, sizeof yes);
  sockaddr_storage raw{};
  socklen_t size = core::to_sockaddr({*core::parse_ip(ip), 0}, raw);
  REQUIRE(::bind(ear.get(), reinterpret_cast<const sockaddr*>(&raw), size) == 0);
  size = sizeof raw;
  ::getsockname(ear.get(), reinterpret_cast<sockaddr*>(&raw), &size);
  const std::array<std::uint8_t, 1> byte{7};
  sockets.send(0, media::Port::kRtp, core::from_sockaddr(raw), byte);
  char data[8];
  iovec part{data, sizeof data};
  alignas(cmsghdr) char control[64];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  REQUIRE(::recvmsg(ear.get(), &message, 0) == 1);
  const cmsghdr* said = CMSG_FIRSTHDR(&message);
  REQUIRE(said != nullptr);
  return is_v6 ? *reinterpret_cast<const int*>(CMSG_DATA(said)) : *CMSG_DATA(said);
}

}  // namespace

TEST_CASE("packets are marked as their leg wants it") {
  for (const char* ip : {"127.0.0.1", "::1"}) {
    CAPTURE(ip);
    CHECK(class_seen(ip, 46) == 46 << 2);
    CHECK(class_seen(ip, 0) == 0);
    CHECK(class_seen(ip, 34) == 34 << 2);
  }
}

TEST_CASE("a worker relays over loopback, IPv4 and IPv6") {
  relay_between("127.0.0.1");
  relay_between("::1");
}

TEST_CASE("a port that is taken is told, and the worker goes on") {
  Events events;
  media::Worker worker({}, events.sink());
  TestPhone holder("127.0.0.1");
  worker.post(call::MediaOpen{{1}, {1}, holder.rtp(), params_to(holder.rtp())});
  const auto failed = events.wait_for<call::MediaFailed>();
  REQUIRE(failed);
  CHECK(failed->leg == core::LegId{1});
  CHECK(failed->detail.find(holder.rtp().text()) != std::string::npos);
}

TEST_CASE("the metrics of a worker are published") {
  core::MetricsRegistry registry;
  Events events;
  media::WorkerOptions options;
  options.metrics = &registry;
  media::Worker worker(options, events.sink());
  TestPhone phone("127.0.0.1");
  worker.post(call::MediaOpen{{1}, {1}, free_pair("127.0.0.1"), params_to(phone.rtp())});
  worker.stop();
  const std::string text = registry.serialize();
  CHECK(text.find("strowger_media_sessions_opened_total{worker=\"1\"} 1") != std::string::npos);
  CHECK(text.find("strowger_media_sessions{worker=\"1\"} 0") != std::string::npos);
}
