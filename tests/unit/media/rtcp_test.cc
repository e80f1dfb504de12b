#include "media/rtcp.h"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace pbx::media {
namespace {

using Bytes = std::vector<std::uint8_t>;

const SenderInfo kSender{
    .ntp = {0x0102030405060708}, .rtp_timestamp = 0xa0a1a2a3, .packets = 50, .octets = 8000};
const ReportBlock kBlock{.ssrc = 0xcafe,
                         .fraction_lost = 12,
                         .cumulative_lost = -3,
                         .highest_sequence = 0x10005,
                         .jitter = 44,
                         .last_sr = 0x03040506,
                         .delay_since_last_sr = 65536};

Bytes written(const RtcpReport& report) {
  Bytes out(1500);
  out.resize(write_rtcp(report, out));
  return out;
}

}  // namespace

TEST_CASE("a sender report with block, name and farewell is read back") {
  const Bytes bytes = written(
      {.ssrc = 7, .sender = kSender, .blocks = {&kBlock, 1}, .cname = "a@b.example", .bye = true});
  const auto compound = parse_rtcp(bytes);
  REQUIRE(compound);
  CHECK(compound->ssrc == 7);
  CHECK(compound->sender == kSender);
  REQUIRE(compound->blocks().size() == 1);
  CHECK(compound->blocks()[0] == kBlock);
  CHECK(compound->cname == "a@b.example");
  CHECK(compound->bye);
  REQUIRE(compound->bye_sources().size() == 1);
  CHECK(compound->bye_sources()[0] == 7);
  CHECK(compound->packets == 3);
}

TEST_CASE("a receiver report alone has no sender and needs no block") {
  const auto compound = parse_rtcp(written({.ssrc = 9, .cname = "x"}));
  REQUIRE(compound);
  CHECK_FALSE(compound->sender);
  CHECK(compound->blocks().empty());
  CHECK_FALSE(compound->bye);
}

TEST_CASE("the octets of a receiver report are those of RFC 3550 6.4.2") {
  const Bytes expected = {
      0x81, 201, 0, 7, 0, 0, 0, 9,  0, 0, 0xca, 0xfe, 12, 0xff, 0xff, 0xfd,
      0,    1,   0, 5, 0, 0, 0, 44, 3, 4, 5,    6,    0,  1,    0,    0,   // RR
      0x81, 202, 0, 3, 0, 0, 0, 9,  1, 2, 'a',  'b',  0,  0,    0,    0};  // SDES
  CHECK(written({.ssrc = 9, .blocks = {&kBlock, 1}, .cname = "ab"}) == expected);
}

TEST_CASE("a name of any length is padded to a word and ends with a zero") {
  for (std::size_t size = 0; size <= kCnameBytesMax; ++size) {
    const std::string name(size, 'n');
    const Bytes bytes = written({.ssrc = 1, .cname = name});
    REQUIRE(bytes.size() % 4 == 0);
    REQUIRE(bytes.back() == 0);
    const auto compound = parse_rtcp(bytes);
    REQUIRE(compound);
    REQUIRE(compound->cname == name);
  }
}

TEST_CASE("what exceeds a bound or the buffer is not written") {
  Bytes small(35);
  CHECK(write_rtcp({.ssrc = 1, .blocks = {&kBlock, 1}, .cname = "a"}, small) == 0);
  const std::string long_name(256, 'n');
  CHECK(written({.ssrc = 1, .cname = long_name}).empty());
  const std::vector<ReportBlock> many(32, kBlock);
  CHECK(written({.ssrc = 1, .blocks = many, .cname = "a"}).empty());
  CHECK_FALSE(written({.ssrc = 1, .blocks = std::span(many).first(31), .cname = "a"}).empty());
}

TEST_CASE("cumulative loss is clamped to 24 bits on the wire") {
  for (const auto& [lost, expected] :
       {std::pair{0x900000, 0x7fffff}, {-0x900000, -0x800000}, {-1, -1}, {0x7fffff, 0x7fffff}}) {
    ReportBlock block = kBlock;
    block.cumulative_lost = lost;
    const auto compound = parse_rtcp(written({.ssrc = 1, .blocks = {&block, 1}, .cname = "a"}));
    REQUIRE(compound);
    CHECK(compound->blocks()[0].cumulative_lost == expected);
  }
}

TEST_CASE("packets that break the rules are refused with their reason") {
  struct Row {
    const char* what;
    Bytes bytes;
    RtcpFault fault;
  };
  const Row rows[] = {
      {"empty", {}, RtcpFault::kTooShort},
      {"half a header", {0x80, 201, 0}, RtcpFault::kTooShort},
      {"version 1", {0x40, 201, 0, 1, 0, 0, 0, 1}, RtcpFault::kVersion},
      {"an RTP payload type", {0x80, 100, 0, 1, 0, 0, 0, 1}, RtcpFault::kType},
      {"longer than the datagram", {0x80, 201, 0, 2, 0, 0, 0, 1}, RtcpFault::kLength},
      {"the longest length", {0x80, 201, 0xff, 0xff, 0, 0, 0, 1}, RtcpFault::kLength},
      {"an RR without SSRC", {0x80, 201, 0, 0}, RtcpFault::kLength},
      {"a block that is not there", {0x81, 201, 0, 1, 0, 0, 0, 1}, RtcpFault::kLength},
      {"an SR without sender", {0x80, 200, 0, 1, 0, 0, 0, 1}, RtcpFault::kLength},
      {"an item beyond its packet",
       {0x81, 202, 0, 2, 0, 0, 0, 1, 1, 3, 'a', 'b'},
       RtcpFault::kLength},
      {"an item without length", {0x81, 202, 0, 2, 0, 0, 0, 1, 1, 1, 'a', 1}, RtcpFault::kLength},
      {"a chunk that is not there", {0x82, 202, 0, 1, 0, 0, 0, 1}, RtcpFault::kLength},
      {"a BYE without source", {0x81, 203, 0, 0}, RtcpFault::kLength},
      {"rubbish after the first packet",
       {0x80, 201, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4},
       RtcpFault::kVersion},
      {"padding before the last",
       {0xa0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4, 0x80, 203, 0, 0},
       RtcpFault::kPadding},
      {"padding of zero", {0xa0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0}, RtcpFault::kPadding},
      {"padding of half a word", {0xa0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2}, RtcpFault::kPadding},
      {"padding over the header", {0xa0, 201, 0, 1, 0, 0, 0, 8}, RtcpFault::kPadding}};
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const auto compound = parse_rtcp(row.bytes);
    REQUIRE_FALSE(compound);
    CHECK(text(compound.error()) == text(row.fault));
  }
}

TEST_CASE("unknown packets and profile extensions are passed over") {
  Bytes bytes = {0x81, 206, 0, 2, 0, 0, 0, 1, 0,   0,   0,   2,    // feedback
                 0x80, 204, 0, 2, 0, 0, 0, 1, 'n', 'a', 'm', 'e',  // APP
                 0x80, 201, 0, 2, 0, 0, 0, 5, 9,   9,   9,   9};   // RR with an extension
  const auto compound = parse_rtcp(bytes);
  REQUIRE(compound);
  CHECK(compound->packets == 3);
  CHECK(compound->ssrc == 5);
}

TEST_CASE("padding of the last packet is cut away") {
  const Bytes bytes = {0xa0, 201, 0, 2, 0, 0, 0, 5, 0, 0, 0, 4};
  const auto compound = parse_rtcp(bytes);
  REQUIRE(compound);
  CHECK(compound->ssrc == 5);
}

TEST_CASE("more blocks and farewells than are kept do no harm") {
  Bytes bytes;
  const std::vector<ReportBlock> blocks(31, kBlock);
  for (int i = 0; i < 2; ++i) {
    const Bytes one = written({.ssrc = 3, .blocks = blocks, .cname = "a"});
    bytes.insert(bytes.end(), one.begin(), one.end());
  }
  const Bytes bye = {0x89, 203, 0, 9, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4,
                     0,    0,   0, 5, 0, 0, 0, 6, 0, 0, 0, 7, 0, 0, 0, 8, 0, 0, 0, 9};
  bytes.insert(bytes.end(), bye.begin(), bye.end());
  const auto compound = parse_rtcp(bytes);
  REQUIRE(compound);
  CHECK(compound->blocks().size() == kReportBlocksMax);
  CHECK(compound->bye_sources().size() == kByeSourcesMax);
}

TEST_CASE("a block is found by the source it is about") {
  ReportBlock other = kBlock;
  other.ssrc = 1;
  const ReportBlock blocks[] = {other, kBlock};
  const auto compound = parse_rtcp(written({.ssrc = 3, .blocks = blocks, .cname = "a"}));
  REQUIRE(compound);
  REQUIRE(compound->block_about(0xcafe) != nullptr);
  CHECK(*compound->block_about(0xcafe) == kBlock);
  CHECK(compound->block_about(2) == nullptr);
}

TEST_CASE("no prefix of a compound is read past its end") {
  const Bytes whole =
      written({.ssrc = 7, .sender = kSender, .blocks = {&kBlock, 1}, .cname = "name", .bye = true});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<long>(size));
    const auto compound = parse_rtcp(cut);  // the sanitizers look on
    if (compound) CHECK(compound->packets < 3);
  }
}

TEST_CASE("RTCP is told from RTP by its second octet") {
  for (int type = 0; type < 256; ++type) {
    const Bytes bytes = {0x80, static_cast<std::uint8_t>(type), 0, 0};
    CHECK(is_rtcp(bytes) == (type >= 192 && type <= 223));
  }
  CHECK_FALSE(is_rtcp(Bytes{0x80}));
  CHECK_FALSE(is_rtcp(Bytes{0x00, 200}));
}

TEST_CASE("NTP time counts from 1900 and keeps fractions") {
  using namespace std::chrono_literals;
  const core::Instant origin{};
  CHECK(ntp_time(origin, 0s).value == 2'208'988'800ull << 32);
  CHECK(ntp_time(origin + 500ms, 0s).value == (2'208'988'800ull << 32 | 0x80000000));
  CHECK(ntp_time(origin + 1s, 2250ms).value == (2'208'988'803ull << 32 | 0x40000000));
  CHECK(NtpTime{0x1111'2222'3333'4444}.middle() == 0x2222'3333);
}

}  // namespace pbx::media
