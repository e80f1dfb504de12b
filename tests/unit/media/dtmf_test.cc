#include "media/dtmf.h"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "core/base/random.h"

namespace pbx::media {
namespace {

using namespace std::chrono_literals;
const core::Instant kStart{50s};

// Gives packets to a receiver and writes down what it reports: "5:100" is digit 5 of 100 ms, a
// trailing "!" says that the end was lost.
struct Listener {
  DtmfReceiver receiver;
  core::Instant now = kStart;
  std::string heard;

  void note(const Digit& digit) {
    heard += (heard.empty() ? "" : " ") + std::string(1, digit.digit) + ":" +
             std::to_string(digit.duration.count()) + (digit.end_lost ? "!" : "");
  }
  void packet(std::uint32_t timestamp, DtmfPayload payload, bool marker = false,
              std::uint32_t ssrc = 1) {
    for (const Digit& digit : receiver.on_packet(
             {.marker = marker, .timestamp = timestamp, .ssrc = ssrc}, store_dtmf(payload), now))
      note(digit);
  }
  void event(std::uint32_t timestamp, char digit, std::uint16_t duration, bool end = false,
             bool marker = false) {
    packet(timestamp, {.event = *event_of(digit), .end = end, .duration = duration}, marker);
  }
  void wait(std::chrono::milliseconds time) {
    now += time;
    if (const auto digit = receiver.on_time(now)) note(*digit);
  }
};

}  // namespace

TEST_CASE("the payload is that of RFC 4733") {
  const DtmfPayload payload{.event = 11, .end = true, .volume = 63, .duration = 0x1234};
  const auto bytes = store_dtmf(payload);
  CHECK(bytes == std::array<std::uint8_t, 4>{11, 0xbf, 0x12, 0x34});
  CHECK(load_dtmf(bytes) == payload);
}

TEST_CASE("digits and events belong together") {
  for (const char digit : std::string("0123456789*#ABCD"))
    CHECK(digit_of(*event_of(digit)) == digit);
  CHECK(event_of('c') == event_of('C'));
  CHECK_FALSE(event_of('E'));
  CHECK_FALSE(event_of('\0'));
  CHECK_FALSE(digit_of(16));
}

TEST_CASE("a press with three ends is one digit with its duration") {
  Listener listener;
  listener.event(1000, '5', 160, false, true);
  listener.event(1000, '5', 320);
  listener.event(1000, '5', 480);
  for (int i = 0; i < 3; ++i) listener.event(1000, '5', 800, true);
  CHECK(listener.heard == "5:100");
  CHECK_FALSE(listener.receiver.is_pressed());
}

TEST_CASE("losses of every kind leave one digit") {
  struct Row {
    const char* what;
    std::vector<int> arrived;  // of start, three updates, three ends
    const char* heard;
  };
  const Row rows[] = {{"nothing lost", {0, 1, 2, 3, 4, 5, 6}, "7:100"},
                      {"start lost", {1, 2, 3, 4, 5, 6}, "7:100"},
                      {"only the last end", {6}, "7:100"},
                      {"two ends lost", {0, 1, 2, 3, 5}, "7:100"},
                      {"all ends lost", {0, 1, 2, 3}, "7:80!"},
                      {"only the start", {0}, "7:20!"},
                      {"reordered", {1, 0, 4, 2, 5, 3, 6}, "7:100"},
                      {"duplicated", {0, 0, 1, 1, 4, 4, 4, 5, 6, 6}, "7:100"}};
  for (const Row& row : rows) {
    CAPTURE(row.what);
    Listener listener;
    for (const int i : row.arrived) {
      const bool end = i >= 4;
      const auto duration = static_cast<std::uint16_t>(end ? 800 : 160 * (i + 1));
      listener.event(0xffffff00, '7', duration, end, i == 0);
      listener.wait(20ms);
    }
    listener.wait(1s);
    CHECK(listener.heard == row.heard);
  }
}

TEST_CASE("a press whose end is lost is reported after the timeout, not before") {
  Listener listener;
  listener.event(0, '1', 160, false, true);
  REQUIRE(listener.receiver.next_deadline());
  CHECK(*listener.receiver.next_deadline() == kStart + 200ms);
  listener.wait(199ms);
  CHECK(listener.heard.empty());
  listener.wait(1ms);
  CHECK(listener.heard == "1:20!");
  CHECK_FALSE(listener.receiver.next_deadline());
  listener.event(0, '1', 800, true);  // the end comes after all
  CHECK(listener.heard == "1:20!");
}

TEST_CASE("a new press ends the one before, whose ends come too late") {
  Listener listener;
  listener.event(0, '1', 800, false, true);
  listener.event(1600, '2', 160, false, true);
  CHECK(listener.heard == "1:100!");
  for (int i = 0; i < 3; ++i) listener.event(0, '1', 960, true);
  listener.event(1600, '2', 800, true);
  listener.event(0, '1', 960, true);
  CHECK(listener.heard == "1:100! 2:100");
}

TEST_CASE("the same digit twice is two digits, with or without its marker") {
  for (const bool marker : {true, false}) {
    Listener listener;
    for (const std::uint32_t start : {0u, 1600u}) {
      listener.event(start, '9', 160, false, marker);
      for (int i = 0; i < 3; ++i) listener.event(start, '9', 800, true);
    }
    CHECK(listener.heard == "9:100 9:100");
  }
}

TEST_CASE("the same digit twice with the first end lost is still two digits") {
  Listener listener;
  listener.event(0, '9', 800, false, true);
  listener.event(1600, '9', 160, false, false);
  listener.event(1600, '9', 800, true);
  CHECK(listener.heard == "9:100! 9:100");
}

TEST_CASE("a press longer than a packet can say is one digit") {
  Listener listener;
  listener.event(0, '#', 0xffff, false, true);
  listener.event(0xffff, '#', 160);
  listener.event(0xffff, '#', 0xffff);
  listener.event(0x1fffe, '#', 1600);
  listener.event(0x1fffe, '#', 3200, true);
  CHECK(listener.heard == "#:" + std::to_string((2 * 0xffff + 3200) / 8));
}

TEST_CASE("a segment whose last update was lost still continues") {
  Listener listener;
  listener.event(0, '#', 0xff00, false, true);
  listener.event(0xffff, '#', 800, true);
  CHECK(listener.heard == "#:" + std::to_string((0xffff + 800) / 8));
}

TEST_CASE("a sender that moves the timestamp with every packet presses once") {
  Listener listener;
  for (std::uint32_t i = 0; i < 5; ++i)
    listener.event(i * 160, '3', static_cast<std::uint16_t>(160), false, i == 0);
  listener.event(800, '3', 160, true);
  CHECK(listener.heard == "3:120");
}

TEST_CASE("several events in one packet are read one after the other") {
  Listener listener;
  std::vector<std::uint8_t> payload;
  for (const char digit : {'1', '2', '3', '4'}) {
    const auto one = store_dtmf({.event = *event_of(digit), .end = true, .duration = 400});
    payload.insert(payload.end(), one.begin(), one.end());
  }
  payload.push_back(0);  // an odd octet at the end
  const Digits digits = listener.receiver.on_packet({.timestamp = 5, .ssrc = 1}, payload, kStart);
  for (const Digit& digit : digits) listener.note(digit);
  CHECK(listener.heard == "1:50 2:50 3:50");  // kEventsPerPacketMax
}

TEST_CASE("other events and short payloads are counted and change nothing") {
  Listener listener;
  listener.event(0, '5', 160, false, true);
  listener.packet(1600, {.event = 16, .end = true, .duration = 100});  // hook flash
  listener.packet(0, {.event = 6, .end = true, .duration = 100});      // another digit, same time
  (void)listener.receiver.on_packet({.timestamp = 0, .ssrc = 1}, std::vector<std::uint8_t>(3),
                                    kStart);
  CHECK(listener.receiver.refused() == 3);
  listener.event(0, '5', 800, true);
  CHECK(listener.heard == "5:100");
}

TEST_CASE("a new source is not measured by the old one's timestamps") {
  Listener listener;
  listener.packet(0x7000'0000, {.event = 1, .end = true, .duration = 800}, true, 1);
  listener.packet(0x10, {.event = 2, .duration = 160}, true, 2);
  listener.packet(0x10, {.event = 2, .end = true, .duration = 800}, false, 2);
  CHECK(listener.heard == "1:100 2:100");
}

TEST_CASE("a clock of 48000 gives the same milliseconds") {
  Listener listener;
  listener.receiver = DtmfReceiver(48000);
  listener.event(0, '5', 4800, true);
  CHECK(listener.heard == "5:100");
}

TEST_CASE("what is sent has one marker, growing durations and three equal ends") {
  DtmfSender sender;
  REQUIRE(sender.press('5', 100ms));
  std::vector<DtmfPacket> packets;
  std::uint32_t timestamp = 0xffffff00;
  for (int i = 0; i < 20; ++i, timestamp += 160)
    if (const auto packet = sender.next(timestamp, 160)) packets.push_back(*packet);
  REQUIRE(packets.size() == 7);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const DtmfPayload payload = load_dtmf(packets[i].payload);
    CHECK(packets[i].marker == (i == 0));
    CHECK(packets[i].timestamp == 0xffffff00);
    CHECK(payload.end == (i >= 4));
    CHECK(payload.duration == std::min<std::size_t>(160 * (i + 1), 800));
    CHECK(payload.event == 5);
  }
  CHECK(sender.is_idle());
}

TEST_CASE("between two digits there is a gap, and audio in it") {
  DtmfSender sender;
  sender.press('1', 40ms);
  sender.press('2', 40ms);
  std::string line;
  for (std::uint32_t i = 0; i < 14; ++i) {
    const auto packet = sender.next(i * 160, 160);
    line += packet ? *digit_of(load_dtmf(packet->payload).event) : '-';
  }
  CHECK(line == "1111---2222---");
}

TEST_CASE("what is sent is what is heard, over packets of any length and any loss of one") {
  core::Random random(11);
  for (const std::uint32_t interval : {80u, 160u, 240u, 480u}) {
    for (std::size_t lost = 0; lost < 12; ++lost) {
      DtmfSender sender;
      Listener listener;
      const std::string number = "0123456789*#ABCD";
      for (const char digit : number) REQUIRE(sender.press(digit, 120ms));
      std::size_t sent = 0;
      for (std::uint32_t i = 0; i < 1000; ++i) {
        listener.wait(std::chrono::milliseconds(interval / 8));
        const auto packet = sender.next(i * interval, interval);
        if (!packet || ++sent % 12 == lost) continue;
        for (const Digit& digit : listener.receiver.on_packet(
                 {.marker = packet->marker, .timestamp = packet->timestamp, .ssrc = 1},
                 packet->payload, listener.now))
          listener.note(digit);
      }
      std::string expected;
      for (const char digit : number)
        expected += (expected.empty() ? "" : " ") + std::string(1, digit) + ":120";
      CHECK(listener.heard == expected);
    }
  }
}

TEST_CASE("a press of half a minute is sent in segments and heard as one") {
  DtmfSender sender;
  Listener listener;
  REQUIRE(sender.press('8', 30s));
  for (std::uint32_t i = 0; i < 2000; ++i) {
    listener.now += 20ms;
    if (const auto packet = sender.next(i * 160, 160))
      for (const Digit& digit : listener.receiver.on_packet(
               {.marker = packet->marker, .timestamp = packet->timestamp, .ssrc = 1},
               packet->payload, listener.now))
        listener.note(digit);
  }
  CHECK(listener.heard == "8:30000");
}

TEST_CASE("the queue of digits is bounded and takes only digits") {
  DtmfSender sender;
  CHECK_FALSE(sender.press('x', 100ms));
  for (std::size_t i = 0; i < DtmfSender::kQueueMax; ++i) CHECK(sender.press('1', 100ms));
  CHECK_FALSE(sender.press('1', 100ms));
  sender.clear();
  CHECK(sender.is_idle());
  CHECK(sender.press('1', 100ms));
}

TEST_CASE("a press shorter than allowed is lengthened, so that the other side hears it") {
  DtmfSender sender;
  Listener listener;
  sender.press('1', 0ms);
  for (std::uint32_t i = 0; i < 10; ++i)
    if (const auto packet = sender.next(i * 480, 480))
      for (const Digit& digit : listener.receiver.on_packet(
               {.marker = packet->marker, .timestamp = packet->timestamp}, packet->payload, kStart))
        listener.note(digit);
  CHECK(listener.heard == "1:40");
}

}  // namespace pbx::media
