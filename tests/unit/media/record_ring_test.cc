#include "media/record_ring.h"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

#include "media/recorder_tap.h"

using namespace pbx;
using namespace pbx::media;

namespace {

constexpr std::size_t kRing = 2 * RecordRing::kControlBytes;
constexpr std::size_t kMany = 1'000'000;

RecordEntry packet(std::uint16_t sequence) {
  RecordEntry entry;
  entry.kind = RecordEntry::Kind::kPacket;
  entry.sequence = sequence;
  return entry;
}

}  // namespace

TEST_CASE("entries come out in order and whole, around the end of the ring") {
  RecordRing ring(kRing);
  std::uint16_t next_out = 0;
  std::uint16_t next_in = 0;
  for (int round = 0; round < 200; ++round) {
    for (int i = 0; i < 37; ++i) {
      const std::vector<std::uint8_t> payload(next_in % 333, static_cast<std::uint8_t>(next_in));
      REQUIRE(ring.write(packet(next_in), payload));
      ++next_in;
    }
    ring.read(kMany, [&](const RecordEntry& entry, std::span<const std::uint8_t> payload) {
      REQUIRE(entry.sequence == next_out);
      REQUIRE(payload.size() == next_out % 333u);
      for (const std::uint8_t byte : payload) REQUIRE(byte == static_cast<std::uint8_t>(next_out));
      ++next_out;
    });
  }
  CHECK(next_out == next_in);
  CHECK(ring.used_bytes() == 0);
}

TEST_CASE("a full ring refuses packets but still takes a stop") {
  RecordRing ring(kRing);
  std::size_t taken = 0;
  while (ring.write(packet(0), std::vector<std::uint8_t>(160))) ++taken;
  CHECK(taken > 100);
  RecordEntry stop;
  stop.kind = RecordEntry::Kind::kStop;
  CHECK(ring.write(stop, {}));
}

TEST_CASE("two threads lose nothing") {
  RecordRing ring(kRing);
  constexpr int kCount = 20000;
  std::thread producer([&ring] {
    const std::vector<std::uint8_t> payload(160, 5);
    for (int i = 0; i < kCount;) {
      if (ring.write(packet(static_cast<std::uint16_t>(i)), payload))
        ++i;
      else
        std::this_thread::yield();
    }
  });
  int next = 0;
  bool in_order = true;
  while (next < kCount) {
    const std::size_t got = ring.read(64, [&](const RecordEntry& entry, auto) {
      in_order = in_order && entry.sequence == static_cast<std::uint16_t>(next);
      ++next;
    });
    if (got == 0) std::this_thread::yield();
  }
  producer.join();
  CHECK(in_order);
}

TEST_CASE(
    "a tap tells at the stop how many packets found no room, and start and stop get through") {
  RecordRing ring(kRing);
  RecorderTap tap(ring);
  const core::RecordingId id{7};
  tap.start({}, {id, core::CallId{3}});
  const std::vector<std::uint8_t> payload(160);
  const call::Format pcmu;
  for (int i = 0; i < 1000; ++i)
    tap.packet(id, RecordSide::kLeft, pcmu, {}, core::Instant{}, payload);
  CHECK(tap.dropped() > 0);
  tap.stop({}, id);
  CHECK(tap.active() == 0);
  std::vector<RecordEntry::Kind> kinds;
  std::uint64_t lost = 0;
  ring.read(kMany, [&](const RecordEntry& entry, auto) {
    if (kinds.empty() || kinds.back() != entry.kind) kinds.push_back(entry.kind);
    lost = entry.lost;
  });
  CHECK(kinds == std::vector{RecordEntry::Kind::kStart, RecordEntry::Kind::kPacket,
                             RecordEntry::Kind::kStop});
  CHECK(lost == tap.dropped());
}

TEST_CASE("controls wait when even their reserve is used up, and keep their order") {
  RecordRing ring(kRing);
  RecorderTap tap(ring);
  std::uint64_t started = 0;
  while (ring.used_bytes() + 256 < ring.capacity_bytes())
    tap.start({}, {core::RecordingId{++started}, {}});
  for (int i = 0; i < 10; ++i) tap.start({}, {core::RecordingId{++started}, {}});
  std::uint64_t next = 0;
  const auto check = [&](const RecordEntry& entry, auto) {
    CHECK(entry.recording.value == ++next);
  };
  ring.read(kMany, check);
  tap.flush();
  ring.read(kMany, check);
  CHECK(next == started);
}
