#include "tools/call_load/sip_sockets.h"

#include <doctest/doctest.h>

#include "tests/unit/tools_call_load/fake_network.h"

using namespace pbx;
using namespace pbx::call_load;
using namespace std::chrono_literals;

namespace {

struct Got {
  unsigned socket;
  std::uint16_t from;
  std::string bytes;
};

// Reads until `count` datagrams are there, or long enough to be sure that they never come.
std::vector<Got> receive(SipSockets& sockets, std::size_t count) {
  std::vector<Got> got;
  for (int i = 0; i < 200 && got.size() < count; ++i)
    sockets.receive(10ms, [&](const Incoming& one) {
      got.push_back({one.socket, one.from.port, std::string(one.bytes)});
    });
  return got;
}

}  // namespace

TEST_CASE("datagrams go out in order from each socket, more than a batch of them") {
  const Options options = options_for(true);
  SipCounters counters;
  SipSockets sockets(options, counters, core::Random(1));
  REQUIRE(sockets.open(3).has_value());
  CHECK(sockets.local_text(1) == sockets.local(1).text());
  const std::size_t count = 3 * SipSockets::kQueueMax;
  for (std::size_t i = 0; i < count; ++i)
    sockets.send(static_cast<unsigned>(i % 2), sockets.local(2), std::to_string(i));
  sockets.flush();
  const auto got = receive(sockets, count);
  REQUIRE(got.size() == count);
  std::array<std::size_t, 2> next = {0, 1};
  for (const Got& one : got) {
    const std::size_t sender = one.from == sockets.local(0).port ? 0 : 1;
    CHECK(one.socket == 2);
    CHECK(one.bytes == std::to_string(next[sender]));
    next[sender] += 2;
  }
  CHECK(counters.sent == count);
  CHECK(counters.received == count);
  CHECK(counters.send_errors == 0);
}

TEST_CASE("a datagram over the bound is counted as malformed") {
  const Options options = options_for(true);
  SipCounters counters;
  SipSockets sockets(options, counters, core::Random(1));
  REQUIRE(sockets.open(2).has_value());
  sockets.send(0, sockets.local(1), std::string(SipSockets::kDatagramMax + 1, 'x'));
  sockets.send(0, sockets.local(1), std::string(SipSockets::kDatagramMax, 'y'));
  sockets.flush();
  const auto got = receive(sockets, 1);
  REQUIRE(got.size() == 1);
  CHECK(got[0].bytes.size() == SipSockets::kDatagramMax);
  CHECK(counters.malformed == 1);
}

TEST_CASE("--drop throws its share away, --sip-port-base names the ports") {
  Options options = options_for(true);
  options.drop_percent = 25;
  SipCounters counters;
  SipSockets sockets(options, counters, core::Random(1));
  REQUIRE(sockets.open(1).has_value());
  for (int i = 0; i < 4000; ++i) sockets.send(0, sockets.local(0), "x");
  sockets.flush();
  CHECK(counters.dropped > 900);
  CHECK(counters.dropped < 1100);
  CHECK(counters.sent + counters.dropped == 4000);

  options.sip_port_base = sockets.local(0).port;
  SipSockets taken(options, counters, core::Random(1));
  CHECK(taken.open(1).error().code == core::ErrorCode::kUnavailable);
  options.sip_port_base = 65535;
  SipSockets high(options, counters, core::Random(1));
  CHECK_FALSE(high.open(2).has_value());
}
