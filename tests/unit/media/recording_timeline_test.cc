#include "media/recording_timeline.h"

#include <doctest/doctest.h>

#include "tests/support/record_source.h"

using namespace pbx;
using namespace pbx::media;
using namespace pbx::test;
using namespace std::chrono_literals;
using call::Codec;

namespace {

const core::Instant kStart{500s};
constexpr double kPi = std::numbers::pi;

// A click of 6 ms every 250 ms, inside one packet: it is there at its time or lost with it.
std::int16_t clicks(double seconds) {
  const double in_period = std::fmod(seconds, 0.25) - 0.007;
  if (in_period < 0 || in_period >= 0.006) return 0;
  return static_cast<std::int16_t>(12000 * std::sin(2 * kPi * 1000 * in_period));
}
std::int16_t tone(double seconds) {
  return static_cast<std::int16_t>(8000 * std::sin(2 * kPi * 500 * seconds));
}
std::int16_t silence(double) { return 0; }

std::vector<std::int16_t> record(const std::vector<RecordedPacket>& packets, core::Duration length,
                                 std::uint32_t file_hz = 8000) {
  RecordingTimeline timeline(file_hz, kStart);
  std::vector<std::int16_t> out;
  core::Instant next = kStart;
  for (const RecordedPacket& packet : packets) {
    for (; next < packet.entry.at; next += 100ms) timeline.advance(next, out);
    timeline.put(packet.entry, packet.payload);
  }
  timeline.finish(kStart + length, out);
  CHECK(out.size() == static_cast<std::size_t>(length / 1ms) * file_hz / 1000 * 2);
  return out;
}

// Both sides click at the same time; how far apart they are at most, in ms.
double worst_offset_ms(const std::vector<std::int16_t>& stereo, int clicks_min,
                       std::uint32_t file_hz = 8000) {
  std::int64_t worst = 0;
  int pairs = 0;
  const auto left = onsets(channel(stereo, 0), file_hz / 12, 2500);
  const auto right = onsets(channel(stereo, 1), file_hz / 12, 2500);
  for (const std::int64_t l : left)
    for (const std::int64_t r : right) {
      if (std::abs(l - r) > file_hz / 10) continue;
      worst = std::max(worst, std::abs(l - r));
      ++pairs;
    }
  CHECK(pairs >= clicks_min);
  return static_cast<double>(worst) * 1000 / file_hz;
}

}  // namespace

TEST_CASE("a tone on one side is only in its channel, whole") {
  core::Random random(1);
  RecordSource left;
  RecordSource right{RecordSide::kRight};
  right.ssrc = 8;
  const auto stereo = record(merged({left.say(kStart, 0, 3000, Codec::kPcmu, random, tone),
                                     right.say(kStart, 0, 3000, Codec::kPcmu, random, silence)}),
                             3000ms);
  const auto l = channel(stereo, 0), r = channel(stereo, 1);
  CHECK(amplitude_at(std::span(l).subspan(1000, 20000), 500, 8000) ==
        doctest::Approx(8000).epsilon(0.03));
  CHECK(snr_db(std::span(l).subspan(1000, 20000), 500, 8000) > 30);
  CHECK(rms(r) < 10);
}

TEST_CASE("both sides stay together") {
  struct Case {
    const char* what;
    Codec left, right;
    double loss;
    int jitter_ms;
    double ppm;
  };
  const Case cases[] = {
      {"clean", Codec::kPcmu, Codec::kPcmu, 0, 0, 0},
      {"5 % loss", Codec::kPcma, Codec::kPcmu, 0.05, 0, 0},
      {"jitter and reordering", Codec::kPcmu, Codec::kPcmu, 0, 45, 0},
      {"transcoded", Codec::kG722, Codec::kGsm, 0.02, 10, 0},
      {"a slow clock", Codec::kPcmu, Codec::kPcmu, 0.01, 10, 400},
      {"a fast clock", Codec::kPcmu, Codec::kPcmu, 0.01, 10, -400},
      {"Opus", Codec::kOpus, Codec::kPcmu, 0.05, 20, 0},
  };
  for (const Case& one : cases) {
    CAPTURE(std::string(one.what));
    core::Random random(7);
    RecordSource left;
    left.loss = one.loss;
    left.jitter_ms = one.jitter_ms;
    left.clock_ppm = one.ppm;
    RecordSource right{RecordSide::kRight};
    right.loss = one.loss;
    const auto stereo = record(merged({left.say(kStart, 0, 60000, one.left, random, clicks),
                                       right.say(kStart, 0, 60000, one.right, random, clicks)}),
                               60000ms);
    CHECK(worst_offset_ms(stereo, 200) <= 20);
  }
}

TEST_CASE("hold in which the source's clock stops does not shift what follows") {
  core::Random random(3);
  RecordSource left;
  left.jitter_ms = 10;
  RecordSource right{RecordSide::kRight};
  auto before = left.say(kStart, 0, 5000, Codec::kPcmu, random, clicks);
  auto after = left.say(kStart, 12000, 20000, Codec::kPcmu, random, clicks);
  const auto stereo = record(
      merged({before, after, right.say(kStart, 0, 20000, Codec::kPcmu, random, clicks)}), 20000ms);
  CHECK(worst_offset_ms(stereo, 45) <= 20);
  const auto l = channel(stereo, 0);
  CHECK(rms(std::span(l).subspan(5200 * 8, 6500 * 8)) == 0);
}

TEST_CASE("a change of codec, clock and source in mid-call does not shift what follows") {
  core::Random random(4);
  RecordSource left;
  RecordSource right{RecordSide::kRight};
  std::vector<std::vector<RecordedPacket>> parts;
  parts.push_back(left.say(kStart, 0, 5000, Codec::kPcmu, random, clicks));
  parts.push_back(left.say(kStart, 5000, 9000, Codec::kOpus, random, clicks));
  left.ssrc = 99;
  left.timestamp = 5;
  left.sequence = 3;
  parts.push_back(left.say(kStart, 9000, 15000, Codec::kG722, random, clicks));
  parts.push_back(right.say(kStart, 0, 15000, Codec::kPcma, random, clicks));
  CHECK(worst_offset_ms(record(merged(parts), 15000ms), 50) <= 20);
}

TEST_CASE("a stall of the network that bursts afterwards loses nothing and shifts nothing") {
  core::Random random(5);
  RecordSource left;
  RecordSource right{RecordSide::kRight};
  auto stalled = left.say(kStart, 0, 10000, Codec::kPcmu, random, tone);
  for (RecordedPacket& packet : stalled)
    if (packet.entry.at > kStart + 4s && packet.entry.at < kStart + 4180ms)
      packet.entry.at = kStart + 4180ms;
  const auto stereo =
      record(merged({stalled, right.say(kStart, 0, 10000, Codec::kPcmu, random, tone)}), 10000ms);
  const auto l = channel(stereo, 0), r = channel(stereo, 1);
  CHECK(quiet_ms(std::span(l).subspan(8000, 64000), 8000) == 0);
  double difference = 0;
  for (std::size_t i = 8000; i < 72000; ++i)
    difference = std::max(difference, std::abs(1.0 * l[i] - r[i]));
  CHECK(difference < 200);
}

TEST_CASE("short losses are concealed, long ones are silence") {
  core::Random random(6);
  RecordSource left;
  auto packets = left.say(kStart, 0, 6000, Codec::kPcmu, random, tone);
  packets.erase(packets.begin() + 200, packets.begin() + 250);  // 1 s
  packets.erase(packets.begin() + 100, packets.begin() + 102);  // 40 ms
  const auto stereo = record(packets, 6000ms);
  const auto l = channel(stereo, 0);
  CHECK(quiet_ms(std::span(l).subspan(1900 * 8, 400 * 8), 8000) <= 20);
  CHECK(quiet_ms(std::span(l).subspan(3800 * 8, 1600 * 8), 8000) >= 980);
}

TEST_CASE("a wideband file holds both narrow and wide sides in time") {
  core::Random random(8);
  RecordSource left;
  RecordSource right{RecordSide::kRight};
  const auto stereo = record(merged({left.say(kStart, 0, 10000, Codec::kG722, random, clicks),
                                     right.say(kStart, 0, 10000, Codec::kPcmu, random, clicks)}),
                             10000ms, 16000);
  CHECK(worst_offset_ms(stereo, 36, 16000) <= 20);
}

TEST_CASE("a recording without packets is silence of its length") {
  const auto stereo = record({}, 5000ms);
  CHECK(rms(stereo) == 0);
}

TEST_CASE("payloads that are none, and noise, are silence") {
  std::vector<RecordedPacket> packets;
  for (int i = 0; i < 100; ++i) {
    RecordedPacket packet;
    packet.entry.kind = RecordEntry::Kind::kPacket;
    packet.entry.codec = i % 2 == 0 ? Codec::kComfortNoise : Codec::kGsm;
    packet.entry.sequence = static_cast<std::uint16_t>(i);
    packet.entry.timestamp = static_cast<std::uint32_t>(i) * 160;
    packet.entry.at = kStart + i * 20ms;
    packet.payload = {1, 2, 3};
    packets.push_back(packet);
  }
  CHECK(rms(record(packets, 2000ms)) == 0);
}
