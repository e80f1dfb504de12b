#include "media/early_packets.h"

#include <doctest/doctest.h>

#include <vector>

namespace pbx::media {
namespace {

using std::chrono::milliseconds;

core::Instant at(int ms) { return core::Instant(milliseconds(ms)); }

struct Fixture {
  PacketPool pool{32};
  EarlyPackets early;
  Fixture() { pool.reserve(32); }

  bool put(int ms) {
    RtpPacket packet = pool.acquire();
    packet.set_arrival(at(ms));
    return early.put(std::move(packet));
  }
  std::vector<int> drain(int now_ms) {
    std::vector<int> arrivals;
    early.drain(at(now_ms), [&](const RtpPacket& packet) {
      arrivals.push_back(static_cast<int>(packet.arrival().time_since_epoch() / milliseconds(1)));
    });
    return arrivals;
  }
};

}  // namespace

TEST_CASE("early packets come out once, in the order they came in") {
  Fixture f;
  CHECK(f.put(1));
  CHECK(f.put(2));
  CHECK(f.put(3));
  CHECK(f.drain(10) == std::vector<int>{1, 2, 3});
  CHECK(f.drain(10).empty());
  CHECK(f.pool.stats().used == 0);
}

TEST_CASE("the oldest early packet makes room") {
  Fixture f;
  for (int ms = 1; ms <= 8; ++ms) CHECK(f.put(ms));
  CHECK_FALSE(f.put(9));
  CHECK(f.drain(10) == std::vector<int>{2, 3, 4, 5, 6, 7, 8, 9});
}

TEST_CASE("early packets that waited too long are forgotten") {
  Fixture f;
  f.put(0);
  f.put(50);
  CHECK(f.drain(201) == std::vector<int>{50});
  CHECK(f.pool.stats().used == 0);
}

}  // namespace pbx::media
