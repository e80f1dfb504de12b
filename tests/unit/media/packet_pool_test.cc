#include "media/packet_pool.h"

#include <doctest/doctest.h>

#include <vector>

namespace pbx::media {

TEST_CASE("a pool gives nothing before memory is reserved, and counts it") {
  PacketPool pool(64);
  CHECK_FALSE(pool.acquire());
  CHECK(pool.stats().exhausted == 1);
}

TEST_CASE("a pool hands out what it reserved and no more") {
  PacketPool pool(PacketPool::kSlabPackets * 2);
  CHECK(pool.reserve(1) == PacketPool::kSlabPackets);
  CHECK(pool.reserve(1000) == PacketPool::kSlabPackets * 2);  // bounded
  std::vector<RtpPacket> held;
  for (std::size_t i = 0; i < PacketPool::kSlabPackets * 2; ++i) {
    held.push_back(pool.acquire());
    REQUIRE(held.back());
  }
  CHECK_FALSE(pool.acquire());
  held.pop_back();
  CHECK(pool.acquire());
  CHECK(pool.stats().used_max == PacketPool::kSlabPackets * 2);
}

TEST_CASE("packets that come one after the other share one buffer, whatever is reserved") {
  PacketPool pool(PacketPool::kSlabPackets * 4);
  pool.reserve(PacketPool::kSlabPackets * 4);
  const auto* const first = pool.acquire().buffer().data();
  for (int i = 0; i < 100; ++i) CHECK(pool.acquire().buffer().data() == first);
  CHECK(pool.stats().touched == 1);
}

TEST_CASE("a packet goes back when its handle ends, is overwritten or released") {
  PacketPool pool(8);
  pool.reserve(8);
  {
    RtpPacket first = pool.acquire();
    RtpPacket second = pool.acquire();
    CHECK(pool.stats().used == 2);
    first = std::move(second);
    CHECK(pool.stats().used == 1);
    CHECK_FALSE(second);
    first.release();
    CHECK_FALSE(first);
    CHECK(pool.stats().used == 0);
    first.release();  // releasing twice is harmless
    first = pool.acquire();
  }
  CHECK(pool.stats().used == 0);
}

TEST_CASE("moving a handle keeps the bytes where they are") {
  PacketPool pool(8);
  pool.reserve(8);
  RtpPacket packet = pool.copy(std::array<std::uint8_t, 3>{1, 2, 3});
  const auto* address = packet.bytes().data();
  packet.set_arrival(core::Instant{core::Duration{77}});
  const RtpPacket moved = std::move(packet);
  CHECK(moved.bytes().data() == address);
  CHECK(moved.bytes().size() == 3);
  CHECK(moved.arrival().time_since_epoch().count() == 77);
}

TEST_CASE("a pooled packet is parsed in place and a fault is told") {
  PacketPool pool(8);
  pool.reserve(8);
  RtpPacket packet = pool.acquire();
  const std::array<std::uint8_t, 4> payload = {9, 8, 7, 6};
  const RtpHeader header{.payload_type = 3, .sequence = 12, .timestamp = 160, .ssrc = 1};
  packet.set_size(write_rtp(header, payload, packet.buffer()));
  REQUIRE(packet.parse());
  CHECK(packet.header() == header);
  CHECK(packet.payload().data() == packet.bytes().data() + 12);
  packet.set_size(5);
  const auto parsed = packet.parse();
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error() == RtpFault::kTooShort);
}

TEST_CASE("a released buffer comes back empty") {
  PacketPool pool(1);
  pool.reserve(1);
  for (std::size_t i = 0; i < PacketPool::kSlabPackets; ++i) {
    RtpPacket packet = pool.acquire();
    REQUIRE(packet.bytes().empty());
    packet.set_size(RtpPacket::kCapacity);
  }
}

}  // namespace pbx::media
