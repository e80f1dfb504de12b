#include "media/srtp.h"

#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <vector>

#include "media/rtcp.h"
#include "media/rtp_packet.h"

using namespace pbx;
using namespace pbx::media;

namespace {

call::SrtpKey key(char fill, call::SrtpSuite suite = call::SrtpSuite::kAesCm128HmacSha1_80) {
  return {1, suite, std::string(SrtpContext::kKeyBytes, fill)};
}
SrtpContext context(const call::SrtpKey& with, SrtpContext::Use use) {
  return *SrtpContext::open(with, use);
}
struct Packet {
  std::array<std::uint8_t, 512> bytes{};
  std::size_t size = 0;
};
Packet packet(std::uint16_t sequence, std::uint32_t ssrc = 1) {
  Packet out;
  std::vector<std::uint8_t> payload(160, 0x55);
  out.size = write_rtp({0, false, sequence, sequence * 160u, ssrc}, payload, out.bytes);
  return out;
}
std::size_t open(SrtpContext& with, Packet& sealed) {
  return with.open_rtp(std::span(sealed.bytes).first(sealed.size));
}

}  // namespace

TEST_CASE("what is protected opens again, with both suites") {
  for (const auto& [suite, tag] : {std::pair{call::SrtpSuite::kAesCm128HmacSha1_80, 10u},
                                   std::pair{call::SrtpSuite::kAesCm128HmacSha1_32, 4u}}) {
    SrtpContext send = context(key('k', suite), SrtpContext::Use::kSend);
    SrtpContext receive = context(key('k', suite), SrtpContext::Use::kReceive);
    Packet sealed = packet(1);
    const Packet plain = sealed;
    sealed.size = send.protect_rtp(sealed.bytes, sealed.size);
    CHECK(sealed.size == plain.size + tag);
    CHECK(std::memcmp(sealed.bytes.data() + 12, plain.bytes.data() + 12, 160) != 0);
    CHECK(open(receive, sealed) == plain.size);
    CHECK(std::memcmp(sealed.bytes.data(), plain.bytes.data(), plain.size) == 0);
  }
}

TEST_CASE("another key, a changed octet, a plain packet and a replay are refused") {
  SrtpContext send = context(key('k'), SrtpContext::Use::kSend);
  SrtpContext receive = context(key('k'), SrtpContext::Use::kReceive);
  SrtpContext stranger = context(key('x'), SrtpContext::Use::kReceive);
  Packet sealed = packet(1);
  Packet plain = sealed;
  sealed.size = send.protect_rtp(sealed.bytes, sealed.size);
  Packet changed = sealed, copy = sealed, again = sealed;
  changed.bytes[40] ^= 1;
  CHECK(open(stranger, copy) == 0);
  CHECK(open(receive, changed) == 0);
  CHECK(open(receive, plain) == 0);
  CHECK(open(receive, sealed) > 0);
  CHECK(open(receive, again) == 0);
}

TEST_CASE("the stream goes on through wrap and another SSRC") {
  SrtpContext send = context(key('k'), SrtpContext::Use::kSend);
  SrtpContext receive = context(key('k'), SrtpContext::Use::kReceive);
  for (const auto& [sequence, ssrc] : {std::pair{65534, 1u}, std::pair{65535, 1u}, std::pair{0, 1u},
                                       std::pair{1, 1u}, std::pair{5, 9u}}) {
    Packet sealed = packet(static_cast<std::uint16_t>(sequence), ssrc);
    sealed.size = send.protect_rtp(sealed.bytes, sealed.size);
    REQUIRE(sealed.size > 0);
    CHECK(open(receive, sealed) > 0);
  }
}

TEST_CASE("reports are protected too") {
  SrtpContext send = context(key('k'), SrtpContext::Use::kSend);
  SrtpContext receive = context(key('k'), SrtpContext::Use::kReceive);
  RtcpReport report;
  report.ssrc = 5;
  report.cname = "name";
  std::array<std::uint8_t, 512> bytes{};
  const std::size_t plain = write_rtcp(report, bytes);
  const std::size_t sealed = send.protect_rtcp(bytes, plain);
  CHECK(sealed > plain);
  auto copy = bytes;
  CHECK(receive.open_rtcp(std::span(bytes).first(sealed)) == plain);
  CHECK(receive.open_rtcp(std::span(copy).first(sealed)) == 0);
}

TEST_CASE("a key of the wrong length and a buffer without room are refused") {
  call::SrtpKey bad = key('k');
  bad.key_salt.pop_back();
  CHECK_FALSE(SrtpContext::open(bad, SrtpContext::Use::kSend));
  SrtpContext send = context(key('k'), SrtpContext::Use::kSend);
  Packet small = packet(1);
  CHECK(send.protect_rtp(std::span(small.bytes).first(small.size + 10), small.size) == 0);
}
