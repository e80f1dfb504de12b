#include "media/outgoing_stream.h"

#include <doctest/doctest.h>

#include <vector>

using namespace pbx;
using namespace pbx::media;
using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t kOurSsrc = 0xabcd;
core::Instant at(std::chrono::milliseconds ms) { return core::Instant{} + 50s + ms; }
OutgoingStream make_stream() { return OutgoingStream({kOurSsrc, 65533, 1000}); }
RtpHeader packet(std::uint16_t sequence, std::uint32_t timestamp, std::uint32_t ssrc = 7) {
  return {0, false, sequence, timestamp, ssrc};
}

}  // namespace

TEST_CASE("relayed packets keep their distances and get our SSRC") {
  OutgoingStream stream = make_stream();
  RelayRun run;
  std::vector<RtpHeader> out;
  for (int i = 0; i < 5; ++i) {
    RtpHeader header =
        packet(static_cast<std::uint16_t>(100 + i), 5000u + 160u * static_cast<unsigned>(i));
    REQUIRE(run.renumber(at(i * 20ms), 8000, stream, header));
    out.push_back(header);
  }
  CHECK(out[0].marker);
  CHECK_FALSE(out[1].marker);
  for (std::size_t i = 0; i < out.size(); ++i) {
    CHECK(out[i].ssrc == kOurSsrc);
    CHECK(out[i].sequence == static_cast<std::uint16_t>(65533 + i));  // wraps
    CHECK(out[i].timestamp == 1000 + 160 * i);
  }
}

TEST_CASE("loss and reordering of the source stay visible") {
  OutgoingStream stream = make_stream();
  RelayRun run;
  RtpHeader first = packet(10, 0), third = packet(12, 320), second = packet(11, 160),
            sixth = packet(15, 800);
  REQUIRE(run.renumber(at(0ms), 8000, stream, first));
  REQUIRE(run.renumber(at(20ms), 8000, stream, third));
  REQUIRE(run.renumber(at(21ms), 8000, stream, second));
  REQUIRE(run.renumber(at(100ms), 8000, stream, sixth));
  CHECK(static_cast<std::uint16_t>(second.sequence - first.sequence) == 1);
  CHECK(static_cast<std::uint16_t>(third.sequence - first.sequence) == 2);
  CHECK(static_cast<std::uint16_t>(sixth.sequence - first.sequence) == 5);
  CHECK(stream.next_sequence() == static_cast<std::uint16_t>(sixth.sequence + 1));
}

TEST_CASE("a new source goes on where the old one ended, by the clock") {
  OutgoingStream stream = make_stream();
  RelayRun run;
  RtpHeader old_source = packet(500, 70000);
  REQUIRE(run.renumber(at(0ms), 8000, stream, old_source));
  RtpHeader new_source = packet(9, 123456789, 99);
  REQUIRE(run.renumber(at(1000ms), 8000, stream, new_source));
  CHECK(static_cast<std::uint16_t>(new_source.sequence - old_source.sequence) == 1);
  CHECK(new_source.timestamp - old_source.timestamp == 8000);
  CHECK(new_source.marker);
}

TEST_CASE("a jump in sequence or timestamp of the same source begins a new run") {
  for (const RtpHeader& jumped : {packet(40000, 160), packet(2, 160 + 8000 * 3600)}) {
    OutgoingStream stream = make_stream();
    RelayRun run;
    RtpHeader first = packet(1, 0), second = jumped;
    REQUIRE(run.renumber(at(0ms), 8000, stream, first));
    REQUIRE(run.renumber(at(20ms), 8000, stream, second));
    CHECK(static_cast<std::uint16_t>(second.sequence - first.sequence) == 1);
    CHECK(second.timestamp - first.timestamp == 160);
  }
}

TEST_CASE("a packet from before the run has no place") {
  OutgoingStream stream = make_stream();
  RelayRun run;
  RtpHeader first = packet(100, 16000), older = packet(99, 15840);
  REQUIRE(run.renumber(at(0ms), 8000, stream, first));
  CHECK_FALSE(run.renumber(at(1ms), 8000, stream, older));
}

TEST_CASE("a packet left out on purpose does not look lost") {
  OutgoingStream stream = make_stream();
  RelayRun run;
  RtpHeader first = packet(100, 0), third = packet(102, 320), late = packet(101, 160);
  REQUIRE(run.renumber(at(0ms), 8000, stream, first));
  run.skip(packet(101, 160));
  REQUIRE(run.renumber(at(40ms), 8000, stream, third));
  CHECK(static_cast<std::uint16_t>(third.sequence - first.sequence) == 1);
  CHECK(third.timestamp - first.timestamp == 320);
  CHECK_FALSE(run.renumber(at(41ms), 8000, stream, late));
}

TEST_CASE("relay resumes behind packets that were made here in between") {
  OutgoingStream stream = make_stream();
  RelayRun run;
  RtpHeader before = packet(100, 0);
  REQUIRE(run.renumber(at(0ms), 8000, stream, before));
  run.end();
  const std::uint16_t made = stream.next_sequence();
  stream.on_sent(made, stream.timestamp_at(at(20ms), 8000), at(20ms));
  RtpHeader after = packet(110, 1600);
  REQUIRE(run.renumber(at(220ms), 8000, stream, after));
  CHECK(after.sequence == static_cast<std::uint16_t>(made + 1));
  CHECK(after.timestamp - before.timestamp == 220 * 8);
}

TEST_CASE("packets that share a timestamp do not slow the clock") {
  OutgoingStream stream = make_stream();
  const std::uint32_t event = stream.timestamp_at(at(0ms), 8000);
  for (int i = 0; i < 10; ++i) stream.on_sent(stream.next_sequence(), event, at(i * 20ms));
  CHECK(stream.timestamp_at(at(200ms), 8000) - event == 200 * 8);
}

TEST_CASE("the next timestamp is never closer than a frame") {
  OutgoingStream stream = make_stream();
  stream.on_sent(stream.next_sequence(), 5000, at(0ms));
  CHECK(stream.timestamp_at(at(3ms), 8000) == 5160);
  CHECK(stream.timestamp_at(at(3ms), 48000) == 5960);
}
