#include "media/rtp_statistics.h"

#include <doctest/doctest.h>

#include <initializer_list>

namespace pbx::media {
namespace {

using namespace std::chrono_literals;
using Verdict = ReceiveStatistics::Verdict;

const core::Instant kStart{1000s};

RtpHeader header(std::uint32_t sequence, std::uint32_t ssrc = 1) {
  return {
      .sequence = static_cast<std::uint16_t>(sequence), .timestamp = sequence * 160, .ssrc = ssrc};
}

// `count` packets in order, 20 ms apart, from `first` on.
void receive(ReceiveStatistics& statistics, std::uint32_t first, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i)
    statistics.on_packet(header(first + i), kStart + (first + i) * 20ms);
}

}  // namespace

TEST_CASE("a complete stream has no loss, wherever the sequence begins") {
  for (const std::uint32_t first : {0u, 1u, 65530u, 65535u}) {
    ReceiveStatistics statistics(8000);
    receive(statistics, first, 200'000);
    CHECK(statistics.received() == 200'000);
    CHECK(statistics.expected() == 200'000);
    CHECK(statistics.lost() == 0);
    const ReportBlock block = statistics.report(kStart);
    CHECK(block.fraction_lost == 0);
    CHECK(block.cumulative_lost == 0);
    CHECK(block.highest_sequence == first + 199'999);
    CHECK(block.jitter == 0);
  }
}

TEST_CASE("fraction lost is of the interval, cumulative lost of the stream") {
  ReceiveStatistics statistics(8000);
  receive(statistics, 0, 100);
  (void)statistics.report(kStart);
  receive(statistics, 150, 50);  // 50 of the next 100 are missing
  ReportBlock block = statistics.report(kStart);
  CHECK(block.fraction_lost == 128);
  CHECK(block.cumulative_lost == 50);
  receive(statistics, 200, 100);
  block = statistics.report(kStart);
  CHECK(block.fraction_lost == 0);
  CHECK(block.cumulative_lost == 50);
  CHECK(statistics.loss_ratio() == doctest::Approx(50.0 / 300));
}

TEST_CASE("duplicates make cumulative loss negative and the interval's fraction zero") {
  ReceiveStatistics statistics(8000);
  receive(statistics, 0, 10);
  receive(statistics, 5, 5);
  const ReportBlock block = statistics.report(kStart);
  CHECK(block.cumulative_lost == -5);
  CHECK(block.fraction_lost == 0);
  CHECK(statistics.lost() == 0);
}

TEST_CASE("duplicates and packets out of order are told apart") {
  ReceiveStatistics statistics(8000);
  for (const std::uint32_t sequence : {65534u, 65534u, 1u, 65535u, 0u, 1u, 65535u, 2u, 80u, 3u})
    statistics.on_packet(header(sequence), kStart);
  CHECK(statistics.duplicate() == 3);
  CHECK(statistics.reordered() == 3);  // 65535, 0 and, beyond the memory of 64, 3
  CHECK(statistics.received() == 10);
}

TEST_CASE("an interval in which nothing came reports no loss") {
  ReceiveStatistics statistics(8000);
  receive(statistics, 0, 10);
  (void)statistics.report(kStart);
  CHECK(statistics.report(kStart).fraction_lost == 0);
}

TEST_CASE("reordering across the wrap of the sequence is no new cycle") {
  ReceiveStatistics statistics(8000);
  for (const std::uint32_t sequence : {65534u, 0u, 65535u, 1u, 2u})
    CHECK(statistics.on_packet(header(sequence), kStart) == Verdict::kCounted);
  CHECK(statistics.expected() == 5);
  CHECK(statistics.report(kStart).highest_sequence == 65536 + 2);
}

TEST_CASE("a stray packet far out of sequence changes nothing") {
  ReceiveStatistics statistics(8000);
  receive(statistics, 0, 10);
  CHECK(statistics.on_packet(header(40'000), kStart) == Verdict::kStray);
  receive(statistics, 10, 10);
  CHECK(statistics.received() == 20);
  CHECK(statistics.lost() == 0);
}

TEST_CASE("two packets in a row far out of sequence are a restarted stream") {
  ReceiveStatistics statistics(8000);
  receive(statistics, 0, 10);
  CHECK(statistics.on_packet(header(40'000), kStart) == Verdict::kStray);
  CHECK(statistics.on_packet(header(40'001), kStart) == Verdict::kRestarted);
  receive(statistics, 40'002, 5);
  CHECK(statistics.received() == 16);
  CHECK(statistics.expected() == 16);
}

TEST_CASE("a new source keeps the totals of the leg and begins a new report") {
  ReceiveStatistics statistics(8000);
  receive(statistics, 0, 10);
  receive(statistics, 15, 5);
  CHECK(statistics.on_packet(header(7, 2), kStart) == Verdict::kRestarted);
  CHECK(statistics.ssrc() == 2);
  CHECK(statistics.received() == 16);
  CHECK(statistics.lost() == 5);
  const ReportBlock block = statistics.report(kStart);
  CHECK(block.ssrc == 2);
  CHECK(block.cumulative_lost == 0);
  CHECK(block.last_sr == 0);
}

TEST_CASE("jitter follows the recursion of RFC 3550 A.8") {
  struct Row {
    std::chrono::milliseconds arrival;
    std::uint32_t jitter;  // ticks of 8000 Hz, worked out by hand from A.8
  };
  // Differences of transit: -, 0, +5 ms (40), -5 ms (40), +10 ms (80).
  const Row rows[] = {{0ms, 0}, {20ms, 0}, {45ms, 2}, {60ms, 4}, {90ms, 9}};
  JitterEstimator jitter(8000);
  std::uint32_t timestamp = 0xffffff00;  // wraps on the way
  for (const Row& row : rows) {
    jitter.on_packet(timestamp, kStart + row.arrival);
    CHECK(jitter.ticks() == row.jitter);
    timestamp += 160;
  }
}

TEST_CASE("constant jitter of 10 ms is reported as such in ticks and in time") {
  JitterEstimator jitter(48000);
  for (std::uint32_t i = 0; i < 1000; ++i)
    jitter.on_packet(i * 960, kStart + i * 20ms + (i % 2) * 10ms);
  CHECK(jitter.ticks() == doctest::Approx(480).epsilon(0.02));
  CHECK(jitter.duration().count() == doctest::Approx(10'000).epsilon(0.02));
}

TEST_CASE("a jump of the timestamp base is not jitter") {
  JitterEstimator jitter(8000);
  jitter.on_packet(0, kStart);
  jitter.on_packet(1'000'000, kStart + 20ms);
  jitter.on_packet(1'000'160, kStart + 40ms);
  CHECK(jitter.ticks() == 0);
}

TEST_CASE("event packets with a standing timestamp do not count as jitter") {
  ReceiveStatistics statistics(8000);
  receive(statistics, 0, 10);
  RtpHeader event = header(10);
  for (std::uint32_t i = 0; i < 20; ++i, ++event.sequence)
    statistics.on_packet(event, kStart + 200ms + i * 20ms, false);
  CHECK(statistics.jitter() == 0us);
  CHECK(statistics.received() == 30);
}

TEST_CASE("time becomes ticks without overflow after years") {
  CHECK(rtp_ticks(20ms, 8000) == 160);
  CHECK(rtp_ticks(24h * 3650, 48000) == static_cast<std::uint32_t>(3650ull * 86400 * 48000));
  CHECK(rtp_ticks(-1s, 8000) == 0u - 8000u);
}

TEST_CASE("round trip is arrival less the peer's echo and its delay") {
  struct Row {
    std::uint32_t now, last_sr, delay;
    std::int64_t round_trip_us;
  };
  // The first row is the example of RFC 3550, figure 2: 6.125 s.
  const Row rows[] = {{0xb710'8000, 0xb705'2000, 0x0005'4000, 6'125'000},
                      {0x0000'8000, 0xffff'8000, 0x0000'8000, 500'000},
                      {0x0001'0000, 0x0000'8000, 0x0000'8020, 0},  // a peer's clock a little fast
                      {0x0001'0000, 0x0000'8000, 0x0001'8000, -1},
                      {0x0100'0000, 0x0000'8000, 0, -1},
                      {0x0001'0000, 0, 0, -1}};
  for (const Row& row : rows) {
    const auto result = round_trip({.last_sr = row.last_sr, .delay_since_last_sr = row.delay},
                                   NtpTime{std::uint64_t{row.now} << 16});
    CHECK((result ? result->count() : -1) == row.round_trip_us);
  }
}

TEST_CASE("two sides measure the delay between them through their reports") {
  const auto delay = 35ms;
  SendStatistics ours(8000);
  ReceiveStatistics theirs(8000);
  ours.on_packet(0, 160, kStart);
  theirs.on_packet(header(0), kStart + delay);
  const core::Instant sent = kStart + 5s;
  const auto sender = ours.report(sent, ntp_time(sent, 0s));
  REQUIRE(sender);
  theirs.on_sender_report(sender->ntp, sent + delay);
  const core::Instant answered = sent + delay + 3s;
  const ReportBlock block = theirs.report(answered);
  const auto measured = round_trip(block, ntp_time(answered + delay, 0s));
  REQUIRE(measured);
  CHECK(measured->count() == doctest::Approx(70'000).epsilon(0.001));
}

TEST_CASE("a sender report tells the RTP time of its own instant") {
  SendStatistics statistics(8000);
  CHECK_FALSE(statistics.report(kStart, {}));
  statistics.on_packet(0xffffff60, 160, kStart);
  statistics.on_packet(0, 160, kStart + 20ms);
  const auto info = statistics.report(kStart + 25ms, NtpTime{42});
  REQUIRE(info);
  CHECK(info->rtp_timestamp == 40);
  CHECK(info->packets == 2);
  CHECK(info->octets == 320);
  CHECK(info->ntp == NtpTime{42});
}

}  // namespace pbx::media
