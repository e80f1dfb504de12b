#include "media/jitter_buffer.h"

#include <doctest/doctest.h>

#include <array>
#include <initializer_list>
#include <string>
#include <vector>

#include "tests/support/netem.h"

namespace pbx::media {
namespace {

using namespace std::chrono_literals;
using Put = JitterBuffer::Put;
using Take = JitterBuffer::Take;

const core::Instant kStart{1000s};

// One stream through one buffer, in virtual time.  The payload carries the packet's number.
struct Line {
  PacketPool pool{256};
  JitterBuffer buffer;
  std::uint32_t ssrc = 1;
  std::uint16_t first_sequence = 65530;        // wraps soon
  std::uint32_t first_timestamp = 0xfffff000;  // and so does this
  std::uint32_t step = 160;                    // ticks per packet
  bool pauses = false;  // the last second of every five is not sent (and not numbered)

  explicit Line(const JitterOptions& options = {}) : buffer(options) { pool.reserve(256); }

  [[nodiscard]] std::uint32_t sent_before(std::uint32_t number) const {
    return pauses ? number / 250 * 200 + number % 250 : number;
  }
  RtpPacket packet(std::uint32_t number, std::uint32_t extra_ticks = 0) {
    const std::array<std::uint8_t, 4> payload = {
        static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16),
        static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
    RtpPacket made = pool.acquire();
    REQUIRE(made);
    made.set_size(
        write_rtp({.sequence = static_cast<std::uint16_t>(first_sequence + sent_before(number)),
                   .timestamp = first_timestamp + number * step + extra_ticks,
                   .ssrc = ssrc},
                  payload, made.buffer()));
    REQUIRE(made.parse());
    return made;
  }
  Put put(core::Instant arrival, std::uint32_t number, std::uint32_t extra_ticks = 0) {
    return buffer.put(arrival, packet(number, extra_ticks));
  }
  // The number of the frame, "c" for concealment or "s" for silence.
  std::string take(core::Instant now) {
    RtpPacket taken;
    const Take result = buffer.take(now, taken);
    if (result == Take::kFrame) return number_of(taken);
    return result == Take::kConceal ? "c" : "s";
  }
  static std::string number_of(const RtpPacket& packet) {
    std::uint32_t number = 0;
    for (const std::uint8_t octet : packet.payload()) number = number << 8 | octet;
    return std::to_string(number);
  }
  // Takes `count` frames, 20 ms apart, from `from` on.
  std::string take_all(core::Instant from, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += (i == 0 ? "" : " ") + take(from + i * 20ms);
    return out;
  }
};

struct Outcome {
  std::uint64_t frames = 0, concealed = 0, silent = 0, out_of_order = 0;
  std::int64_t delay_ms_max = 0;
  std::vector<std::string> log;
};

// A minute of 20 ms packets through a network.
Outcome play_over(const support::NetemOptions& network, std::uint64_t seed, Line& line,
                  double clock_error = 0) {
  support::Netem<std::uint32_t> netem(network, seed);
  Outcome outcome;
  std::int64_t last = -1;
  for (std::uint32_t number = 0; number < 3000; ++number) {
    const core::Instant sent =
        kStart + std::chrono::duration_cast<core::Duration>(number * 20ms * (1 + clock_error));
    if (!line.pauses || number % 250 < 200) netem.send(sent, number);
    const core::Instant now = kStart + number * 20ms + 7ms;
    while (const auto arrived = netem.receive(now)) {
      (void)line.buffer.put(arrived->first, line.packet(arrived->second));
    }
    RtpPacket taken;
    switch (line.buffer.take(now, taken)) {
      case Take::kConceal:
        ++outcome.concealed;
        outcome.log.push_back("c");
        break;
      case Take::kSilence:
        ++outcome.silent;
        outcome.log.push_back("s");
        break;
      case Take::kFrame: {
        ++outcome.frames;
        outcome.log.push_back(Line::number_of(taken));
        const std::int64_t heard = std::stoll(outcome.log.back());
        if (heard <= last) ++outcome.out_of_order;
        last = heard;
        outcome.delay_ms_max =
            std::max<std::int64_t>(outcome.delay_ms_max, (number - heard) * 20 + 7);
        RtpPacket surplus;
        if (line.buffer.has_surplus() && line.buffer.take_surplus(now, surplus))
          last = std::stoll(Line::number_of(surplus));
      }
    }
  }
  return outcome;
}

}  // namespace

TEST_CASE("nothing is expected before the stream begins") {
  Line line;
  CHECK(line.take_all(kStart, 3) == "s s s");
}

TEST_CASE("a steady stream plays in order after the target delay") {
  Line line;
  std::string heard;
  for (std::uint32_t i = 0; i < 8; ++i) {
    CHECK(line.put(kStart + i * 20ms, i) == Put::kStored);
    heard += line.take(kStart + i * 20ms) + " ";
  }
  CHECK(heard == "s 0 1 2 3 4 5 6 ");
  CHECK(line.buffer.target_delay() == 20ms);
  CHECK(line.buffer.stats().jitter == 0us);
}

TEST_CASE("packets out of order are played in order") {
  Line line;
  for (const std::uint32_t number : {0u, 2u, 1u, 3u})
    CHECK(line.put(kStart, number) == Put::kStored);
  CHECK(line.take_all(kStart + 20ms, 4) == "0 1 2 3");
}

TEST_CASE("a lost packet is concealed in its place and its successor offered for repair") {
  Line line;
  for (const std::uint32_t number : {0u, 1u, 3u, 4u}) line.put(kStart, number);
  CHECK(line.take_all(kStart + 20ms, 2) == "0 1");
  CHECK(line.take(kStart + 60ms) == "c");
  REQUIRE(line.buffer.following() != nullptr);
  CHECK(Line::number_of(*line.buffer.following()) == "3");
  CHECK(line.take_all(kStart + 80ms, 2) == "3 4");
  CHECK(line.buffer.stats().lost == 1);
}

TEST_CASE("of two lost packets only the second can be repaired") {
  Line line;
  for (const std::uint32_t number : {0u, 3u, 4u}) line.put(kStart, number);
  CHECK(line.take_all(kStart + 20ms, 2) == "0 c");
  CHECK(line.buffer.following() == nullptr);
  CHECK(line.take(kStart + 60ms) == "c");
  CHECK(line.buffer.following() != nullptr);
  CHECK(line.take(kStart + 80ms) == "3");
  CHECK(line.buffer.following() == nullptr);
}

TEST_CASE("a packet that comes while its loss is concealed is played late, not lost") {
  Line line;
  line.put(kStart, 0);
  CHECK(line.take_all(kStart + 20ms, 2) == "0 c");
  line.put(kStart + 50ms, 1);
  line.put(kStart + 55ms, 2);
  CHECK(line.take_all(kStart + 60ms, 2) == "1 2");
  CHECK(line.buffer.stats().lost == 0);
  CHECK(line.buffer.stats().late == 0);
  CHECK(line.buffer.actual_delay() == 40ms);
}

TEST_CASE("a packet whose turn is over is late, one that was played is a duplicate") {
  Line line;
  for (const std::uint32_t number : {0u, 2u, 3u}) line.put(kStart, number);
  CHECK(line.put(kStart, 3) == Put::kDuplicate);
  CHECK(line.take_all(kStart + 20ms, 3) == "0 c 2");
  CHECK(line.put(kStart + 60ms, 1) == Put::kLate);
  CHECK(line.put(kStart + 60ms, 2) == Put::kDuplicate);
  CHECK(line.put(kStart + 60ms, 0) == Put::kDuplicate);
  CHECK(line.buffer.stats().late == 1);
  CHECK(line.buffer.stats().duplicate == 3);
  CHECK(line.pool.stats().used == 1);  // refused buffers are back in the pool
}

TEST_CASE("a long loss is concealed for 60 ms, then it is silence until its time has passed") {
  Line line;
  for (const std::uint32_t number : {0u, 9u, 10u}) line.put(kStart, number);
  CHECK(line.take_all(kStart + 20ms, 11) == "0 c c c s s s s s 9 10");
  CHECK(line.buffer.stats().lost == 8);
}

TEST_CASE("a stream that stops is concealed for 60 ms") {
  Line line;
  line.put(kStart, 0);
  CHECK(line.take_all(kStart + 20ms, 6) == "0 c c c s s");
}

TEST_CASE("a pause of the sender is silence, not loss, and the next spurt keeps its delay") {
  Line line;
  line.put(kStart, 0);
  CHECK(line.take(kStart + 20ms) == "0");
  line.buffer.end_spurt();  // comfort noise
  CHECK(line.take_all(kStart + 40ms, 4) == "s s s s");
  line.put(kStart + 200ms, 1, 9 * 160);  // number 1, 200 ms later
  CHECK(line.take(kStart + 200ms) == "s");
  CHECK(line.take(kStart + 220ms) == "1");
  CHECK(line.buffer.stats().lost == 0);
  CHECK(line.buffer.stats().concealed == 0);
}

TEST_CASE("a pause that is known before it begins is silence from the start") {
  Line line({.delay_min = 200ms, .delay_max = 300ms});
  line.put(kStart, 0);
  line.put(kStart + 100ms, 1, 4 * 160);  // 100 ms after the first
  CHECK(line.take_all(kStart + 200ms, 7) == "0 s s s s 1 c");
}

TEST_CASE("telephone events in between are neither played nor lost") {
  Line line;
  line.put(kStart, 0);
  for (std::uint16_t i = 1; i <= 8; ++i)
    line.buffer.pass_over(static_cast<std::uint16_t>(line.first_sequence + i));
  line.put(kStart + 180ms, 9);
  CHECK(line.take(kStart + 180ms) == "0");
  for (auto now = kStart + 200ms; now < kStart + 400ms; now += 20ms) line.take(now);
  CHECK(line.buffer.stats().lost == 0);
}

TEST_CASE("frames of 10, 30, 40 and 60 ms are taken at their own pace") {
  for (const std::uint32_t ms : {10u, 30u, 40u, 60u}) {
    CAPTURE(ms);
    Line line;
    line.step = ms * 8;
    std::uint32_t sent = 0, expected = 0, played_ms = 0;
    for (std::uint32_t tick = 0; tick < 300; ++tick) {
      const core::Instant now = kStart + tick * 20ms;
      for (; sent * ms <= tick * 20; ++sent) line.put(now, sent);
      // A reader of 20 ms ticks: takes packets until it has enough.
      for (int takes = 0; played_ms < tick * 20 && takes < 3; ++takes) {
        const std::string heard = line.take(now);
        if (heard == "s" && expected == 0) {
          played_ms += 20;
          continue;
        }
        REQUIRE(heard == std::to_string(expected));
        line.buffer.set_frame(ms * 8);
        ++expected;
        played_ms += ms;
      }
    }
    CHECK(expected >= 300 * 20 / ms - 10);
    CHECK(line.buffer.stats().concealed == 0);
  }
}

TEST_CASE("a new source restarts the buffer and its delay") {
  Line line;
  for (std::uint32_t i = 0; i < 5; ++i) line.put(kStart, i);
  line.take(kStart + 20ms);
  line.ssrc = 2;
  line.first_sequence = 100;
  line.first_timestamp = 5;
  CHECK(line.put(kStart + 40ms, 0) == Put::kRestarted);
  CHECK(line.buffer.stored() == 1);
  CHECK(line.take(kStart + 40ms) == "s");
  CHECK(line.take(kStart + 60ms) == "0");
  CHECK(line.pool.stats().used == 0);
}

TEST_CASE("a sequence that jumps is believed when the next packet confirms it") {
  Line line;
  line.put(kStart, 0);
  line.take(kStart + 20ms);
  CHECK(line.put(kStart + 20ms, 20'000) == Put::kLate);  // a stray one
  CHECK(line.put(kStart + 20ms, 1) == Put::kStored);
  CHECK(line.put(kStart + 40ms, 20'000) == Put::kLate);
  CHECK(line.put(kStart + 60ms, 20'001) == Put::kRestarted);
  CHECK(line.buffer.stats().restarts == 1);
  CHECK(line.take(kStart + 80ms) == "20001");
}

TEST_CASE("a second and more of loss flushes what is in stock") {
  Line line;
  line.put(kStart, 0);
  line.put(kStart, 1);
  CHECK(line.take(kStart + 20ms) == "0");
  CHECK(line.put(kStart + 2s, 100) == Put::kStored);
  CHECK(line.take(kStart + 2s) == "s");
  CHECK(line.take(kStart + 2s + 20ms) == "100");
  CHECK(line.buffer.stats().lost == 98);
  CHECK(line.buffer.stats().dropped == 1);
}

TEST_CASE("timestamps that have nothing to do with the time restart the stream") {
  Line line;
  for (std::uint32_t i = 0; i < 5; ++i) {
    line.put(kStart + i * 20ms, i);
    line.take(kStart + i * 20ms);
  }
  CHECK(line.put(kStart + 100ms, 5, 1'000'000) == Put::kRestarted);
  CHECK(line.put(kStart + 120ms, 6, 1'000'000) == Put::kStored);
  CHECK(line.take(kStart + 120ms) == "5");
}

TEST_CASE("a stall of half a second is caught up, not carried along") {
  Line line;
  std::uint32_t number = 0;
  for (; number < 50; ++number) {
    line.put(kStart + number * 20ms, number);
    line.take(kStart + number * 20ms);
  }
  for (int i = 0; i < 25; ++i) line.take(kStart + (50 + i) * 20ms);  // nothing comes
  const core::Instant over = kStart + 75 * 20ms;
  for (; number < 75; ++number) line.put(over, number);  // all at once
  std::string last;
  for (; number < 100; ++number) {
    line.put(kStart + number * 20ms, number);
    last = line.take(kStart + number * 20ms);
  }
  REQUIRE(last != "s");
  REQUIRE(last != "c");
  CHECK(99 - std::stoi(last) <= 11);  // delay_max and a frame
  CHECK(line.buffer.stats().dropped > 0);
}

TEST_CASE("a faster clock at the sender becomes a surplus, which the caller may use") {
  Line line;
  support::NetemOptions network;
  const Outcome outcome = play_over(network, 1, line, -0.002);  // 2000 ppm, 120 ms a minute
  CHECK(outcome.concealed == 0);
  CHECK(outcome.out_of_order == 0);
  CHECK(outcome.delay_ms_max < 110);
}

TEST_CASE("a slower clock at the sender costs a concealed frame now and then") {
  Line line;
  const Outcome outcome = play_over({}, 1, line, 0.002);
  CHECK(outcome.concealed >= 4);
  CHECK(outcome.concealed <= 10);
  CHECK(line.buffer.stats().late == 0);
}

TEST_CASE("networks of many kinds are played in order, complete and within the delay") {
  struct Row {
    const char* name;
    support::NetemOptions network;
    double concealed_max;  // share of the frames, beyond the loss itself
    std::int64_t delay_ms_max;
  };
  const Row rows[] = {
      {"perfect", {}, 0.001, 80},
      {"5 % loss", {.loss = 0.05}, 0.01, 100},
      {"bursts", {.burst_begin = 0.01}, 0.01, 120},
      {"30 ms jitter", {.jitter = 30ms}, 0.01, 140},
      {"80 ms jitter", {.jitter = 80ms}, 0.02, 200},
      {"reordering", {.reorder = 0.05}, 0.02, 140},
      {"duplicates", {.duplicate = 0.2}, 0.001, 80},
      {"stalls", {.spike = 0.002}, 0.03, 260},
      {"all of it",
       {.loss = 0.03, .burst_begin = 0.003, .duplicate = 0.02, .reorder = 0.02, .jitter = 40ms},
       0.03,
       200}};
  for (const Row& row : rows) {
    for (const std::uint64_t seed : {1u, 2u, 3u}) {
      CAPTURE(row.name);
      CAPTURE(seed);
      Line line;
      support::Netem<std::uint32_t> twin(row.network, seed);
      for (std::uint32_t i = 0; i < 3000; ++i) twin.send(kStart, i);
      const double loss = static_cast<double>(twin.stats().lost) / 3000;
      const Outcome outcome = play_over(row.network, seed, line);
      CHECK(outcome.out_of_order == 0);
      CHECK(static_cast<double>(outcome.concealed) / 3000 <= loss * 1.05 + row.concealed_max);
      CHECK(static_cast<double>(outcome.frames) / 3000 >= 1 - loss - row.concealed_max - 0.02);
      CHECK(outcome.delay_ms_max <= row.delay_ms_max);
      CHECK(line.pool.stats().used_max <= JitterBuffer::kSlots + 2);
    }
  }
}

TEST_CASE("talk spurts over a jittery network are played whole and nothing counts as lost") {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    Line line;
    line.pauses = true;
    const Outcome outcome = play_over({.jitter = 20ms}, seed, line);
    CHECK(outcome.out_of_order == 0);
    CHECK(line.buffer.stats().lost == 0);
    CHECK(outcome.frames >= 2400 - 12);
    CHECK(outcome.concealed <= 12 * 4);  // 60 ms at the end of each spurt
  }
}

TEST_CASE("the same seed gives the same frames") {
  const support::NetemOptions network{
      .loss = 0.05, .duplicate = 0.02, .reorder = 0.05, .jitter = 60ms};
  Line first, second, other;
  const auto log = play_over(network, 42, first).log;
  CHECK(log == play_over(network, 42, second).log);
  CHECK(log != play_over(network, 43, other).log);
}

TEST_CASE("buffers go back to the pool when the buffer ends or is reset") {
  PacketPool pool(64);
  pool.reserve(64);
  {
    JitterBuffer buffer(JitterOptions{});
    for (std::uint16_t i = 0; i < 10; ++i) {
      RtpPacket packet = pool.acquire();
      packet.set_size(write_rtp_header({.sequence = i, .timestamp = i * 160u}, packet.buffer()));
      REQUIRE(packet.parse());
      buffer.put(kStart, std::move(packet));
    }
    CHECK(pool.stats().used == 10);
    buffer.reset(48000);
    CHECK(pool.stats().used == 0);
  }
  CHECK(pool.stats().used == 0);
}

}  // namespace pbx::media
