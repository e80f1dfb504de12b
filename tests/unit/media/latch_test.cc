#include "media/latch.h"

#include <doctest/doctest.h>

using namespace pbx;
using namespace pbx::media;
using namespace std::chrono_literals;

namespace {

core::SocketAddress address(const char* text) { return *core::parse_socket_address(text); }
core::Instant at(std::chrono::milliseconds ms) { return core::Instant{} + 100s + ms; }

const core::SocketAddress kSignalled = address("192.0.2.10:4000");
const core::SocketAddress kNat = address("198.51.100.7:23456");
const core::SocketAddress kThief = address("203.0.113.66:9");

// Sends `count` packets 20 ms apart; how many were believed.
int feed(Latch& latch, const core::SocketAddress& source, int count,
         std::chrono::milliseconds start = 0ms) {
  int believed = 0;
  for (int i = 0; i < count; ++i) believed += latch.on_packet(at(start + i * 20ms), source) ? 1 : 0;
  return believed;
}

}  // namespace

TEST_CASE("a packet from the signalled address locks at once") {
  Latch latch(LatchMode::kOn, kSignalled);
  CHECK(latch.target() == kSignalled);
  CHECK(feed(latch, kSignalled, 1) == 1);
  CHECK(latch.is_locked());
  CHECK(feed(latch, kThief, 50, 20ms) == 0);
  CHECK(latch.target() == kSignalled);
}

TEST_CASE("behind NAT the leg follows the source after the probation, not before") {
  Latch latch(LatchMode::kOn, kSignalled);
  CHECK(feed(latch, kNat, Latch::kProbation - 1) == Latch::kProbation - 1);
  CHECK(latch.target() == kSignalled);
  CHECK(feed(latch, kNat, 1, 40ms) == 1);
  CHECK(latch.target() == kNat);
  CHECK(latch.is_locked());
}

TEST_CASE("a stranger that speaks later is refused and gets nothing") {
  Latch latch(LatchMode::kOn, kSignalled);
  feed(latch, kNat, 10);
  CHECK(feed(latch, kThief, 100, 200ms) == 0);
  CHECK(latch.target() == kNat);
}

TEST_CASE("a thief who came first loses to the signalled address within the time of change") {
  Latch latch(LatchMode::kOn, kSignalled);
  feed(latch, kThief, 5);
  CHECK(latch.target() == kThief);
  CHECK(latch.on_packet(at(500ms), kSignalled));
  CHECK(latch.target() == kSignalled);
  CHECK_FALSE(latch.on_packet(at(520ms), kThief));
}

TEST_CASE("interleaved strangers cannot pass the probation together") {
  Latch latch(LatchMode::kOn, kSignalled);
  for (int i = 0; i < 20; ++i) {
    const auto source = i % 2 == 0 ? kNat : kThief;
    (void)latch.on_packet(at(i * 10ms), source);
  }
  CHECK(latch.target() == kNat);
}

TEST_CASE("a new NAT binding is learned after silence only") {
  Latch latch(LatchMode::kOn, kSignalled);
  feed(latch, kNat, 10);
  const auto rebound = address("198.51.100.7:33333");
  CHECK(feed(latch, rebound, 10, 300ms) == 0);
  CHECK(feed(latch, rebound, 10, 200ms + 5000ms) == 10);
  CHECK(latch.target() == rebound);
}

TEST_CASE("a new offer with another address starts learning afresh") {
  Latch latch(LatchMode::kOn, kSignalled);
  feed(latch, kNat, 10);
  const auto moved = address("192.0.2.99:5000");
  latch.update(moved);
  CHECK(latch.target() == moved);
  CHECK_FALSE(latch.is_locked());
  CHECK(feed(latch, moved, 1, 1000ms) == 1);
  CHECK(latch.is_locked());
}

TEST_CASE("an offer with the same address or with none keeps what was learned") {
  Latch latch(LatchMode::kOn, kSignalled);
  feed(latch, kNat, 10);
  latch.update(kSignalled);
  CHECK(latch.target() == kNat);
  latch.update(address("0.0.0.0:4000"));
  CHECK(latch.target() == kNat);
}

TEST_CASE("strict latching follows another port of the signalled host, but no other host") {
  Latch latch(LatchMode::kStrict, kSignalled);
  CHECK(feed(latch, kNat, 20) == 0);
  CHECK(latch.target() == kSignalled);
  const auto other_port = address("192.0.2.10:4444");
  CHECK(feed(latch, other_port, 5, 1000ms) == 5);
  CHECK(latch.target() == other_port);
}

TEST_CASE("without latching packets go to the signalled address whoever sends") {
  Latch latch(LatchMode::kOff, kSignalled);
  CHECK(feed(latch, address("192.0.2.10:4444"), 10) == 10);
  CHECK(latch.target() == kSignalled);
  CHECK(feed(latch, kThief, 10, 1000ms) == 0);
}

TEST_CASE("without any signalled address the first source is learned") {
  Latch latch(LatchMode::kOn, {});
  CHECK_FALSE(static_cast<bool>(latch.target()));
  feed(latch, kNat, Latch::kProbation);
  CHECK(latch.target() == kNat);
}
