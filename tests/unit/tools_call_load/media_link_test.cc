#include "tools/call_load/media_link.h"

#include <doctest/doctest.h>

#include <set>

#include "tests/unit/tools_call_load/fake_network.h"

using namespace pbx;
using namespace pbx::call_load;
using namespace std::chrono_literals;

namespace {

// A small range of ports that nobody is likely to use; the tests do not care which are free.
Options small_range(std::uint16_t count) {
  Options options = options_for(true);
  options.rtp_ports = {23001, static_cast<std::uint16_t>(23001 + 2 * count)};
  return options;
}

}  // namespace

TEST_CASE("ports are even, each is lent once, and none is left in the end") {
  const Options options = small_range(8);
  RtpSockets sockets(options);
  std::set<std::uint16_t> ports;
  core::Result<std::uint32_t> socket = core::fail(core::ErrorCode::kNotFound);
  core::Instant now(100s);
  while ((socket = sockets.lend(now))) {
    const core::SocketAddress& address = sockets[*socket].address;
    CHECK(address.port % 2 == 0);
    CHECK(address.port > 23001);
    CHECK(ports.insert(address.port).second);
  }
  CHECK(socket.error().code == core::ErrorCode::kLimitReached);
  CHECK(ports.size() <= 8);
  REQUIRE(ports.size() >= 2);
  sockets.give_back(1, now);
  sockets.give_back(0, now + 100ms);
  // The range is used up, so the one that rested longest is lent even before its time.
  CHECK(sockets.lend(now + 200ms) == 1u);
  CHECK(sockets.lend(now + 5s) == 0u);
  CHECK_FALSE(sockets.lend(now + 5s).has_value());
}

TEST_CASE("a port rests before it is lent again while there are others") {
  const Options options = small_range(50);
  RtpSockets sockets(options);
  const core::Instant now(100s);
  const auto first = sockets.lend(now);
  REQUIRE(first.has_value());
  sockets.give_back(*first, now);
  CHECK(sockets.lend(now + RtpSockets::kRest - 1ms) != *first);
  CHECK(sockets.lend(now + RtpSockets::kRest) == *first);
}

TEST_CASE("shared sockets go round") {
  Options options = small_range(50);
  options.rtp_sockets = 2;
  RtpSockets sockets(options);
  REQUIRE(sockets.open_shared().has_value());
  CHECK(sockets.shared_fds().size() == 2);
  CHECK(sockets.lend({}) == 0u);
  CHECK(sockets.lend({}) == 1u);
  CHECK(sockets.lend({}) == 0u);
}

TEST_CASE("with a relay each leg is given a port of the relay's") {
  Options options = small_range(50);
  options.relay = {loopback(), 9000};
  MediaLink link(options);
  REQUIRE(link.start().has_value());
  CHECK(link.open({0, 9})->port == 9000);
  CHECK(link.open({1, 9})->port == 9002);
  CHECK(link.open({6, 12})->port == 9012);
}

TEST_CASE("what the call logic asks for becomes commands, reports come back") {
  const Options options = small_range(50);
  MediaLink link(options);
  link.set_now(core::Instant(100s));
  REQUIRE(link.start().has_value());
  const auto address = link.open({4, 9});
  REQUIRE(address.has_value());
  link.connect(4, {loopback(), 30000}, Codec::kG722);
  link.start(4);
  link.pause(4);
  link.close(4);
  link.close(4);  // no matter
  link.start(4);
  using Kind = MediaCommand::Kind;
  for (const Kind kind : {Kind::kOpen, Kind::kConnect, Kind::kStart, Kind::kPause, Kind::kClose}) {
    const auto command = link.commands().pop();
    REQUIRE(command.has_value());
    CHECK(command->kind == kind);
    CHECK(command->leg.index == 4);
    CHECK(command->leg.serial == 9);
    if (kind == Kind::kOpen) CHECK(local_address(command->fd) == *address);
    if (kind == Kind::kConnect) CHECK(command->remote.port == 30000);
    if (kind == Kind::kConnect) CHECK(command->codec == Codec::kG722);
  }
  CHECK_FALSE(link.commands().pop().has_value());
  CHECK_FALSE(link.poll().has_value());
  MediaReport report;
  report.leg = {4, 9};
  report.sent = 3;
  link.reports().push(report);
  CHECK(link.poll()->sent == 3);
}

TEST_CASE("without RTP all legs have one port and empty reports") {
  Options options = small_range(50);
  options.rtp = false;
  MediaLink link(options);
  REQUIRE(link.start().has_value());
  const auto first = link.open({0, 1});
  const auto second = link.open({1, 1});
  REQUIRE(first.has_value());
  CHECK(*first == *second);
  link.connect(0, *second, Codec::kPcmu);
  link.start(0);
  link.close(0);
  const auto report = link.poll();
  REQUIRE(report.has_value());
  CHECK(report->leg.index == 0);
  CHECK(report->sent == 0);
  CHECK_FALSE(link.commands().pop().has_value());
}
