#include "tools/call_load/rtp_packet.h"

#include <doctest/doctest.h>

#include <array>
#include <vector>

using namespace pbx::call_load;

TEST_CASE("a packet is read as it was written") {
  std::array<std::uint8_t, 172> packet{};
  RtpHeader header;
  header.payload_type = 9;
  header.is_marked = true;
  header.sequence = 0xfffe;
  header.timestamp = 0x89abcdef;
  header.ssrc = 0x01020304;
  const PacketMark mark{7, 0x80000001, 12345, 1'790'000'000'123'456'789};
  write_header(packet, header);
  write_mark(std::span(packet).subspan(kRtpHeaderSize), mark);
  CHECK(packet[0] == 0x80);
  CHECK(packet[1] == 0x89);
  CHECK(packet[2] == 0xff);
  CHECK(packet[4] == 0x89);
  const auto view = parse_rtp(packet);
  REQUIRE(view.has_value());
  CHECK(view->header == header);
  CHECK(view->payload.size() == 160);
  CHECK(parse_mark(view->payload) == mark);
}

TEST_CASE("CSRCs, extension and padding are not payload") {
  std::vector<std::uint8_t> packet(12 + 2 * 4 + 4 + 1 * 4 + 5 + 3);
  packet[0] = 0x80 | 0x20 | 0x10 | 2;
  packet[12 + 8 + 3] = 1;  // one word of extension
  packet.back() = 3;       // padding
  const auto view = parse_rtp(packet);
  REQUIRE(view.has_value());
  CHECK(view->payload.size() == 5);
}

TEST_CASE("what is no RTP is refused at every length") {
  std::vector<std::uint8_t> packet(12 + 8 + 8, 0xff);
  packet[0] = 0x80 | 0x20 | 0x10 | 2;
  for (std::size_t size = 0; size <= packet.size(); ++size)
    CHECK_FALSE(parse_rtp(std::span(packet).first(size)).has_value());
  packet.assign(12, 0);
  CHECK_FALSE(parse_rtp(packet).has_value());  // version 0, e.g. STUN
  packet[0] = 0x80;
  CHECK(parse_rtp(packet).has_value());
}

TEST_CASE("a payload without our mark is nobody's") {
  std::array<std::uint8_t, kMarkSize> payload{};
  CHECK_FALSE(parse_mark(payload).has_value());
  write_mark(payload, {1, 2, 3, 4});
  CHECK(parse_mark(payload).has_value());
  CHECK_FALSE(parse_mark(std::span(payload).first(kMarkSize - 1)).has_value());
  payload[0] ^= 1;
  CHECK_FALSE(parse_mark(payload).has_value());
}
