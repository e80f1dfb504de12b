#include "media/rtp_packet.h"

#include <doctest/doctest.h>

#include <initializer_list>

#include <vector>

namespace pbx::media {
namespace {

using Bytes = std::vector<std::uint8_t>;

const RtpHeader kHeader{.payload_type = 8,
                        .marker = true,
                        .sequence = 0xfffe,
                        .timestamp = 0x01020304,
                        .ssrc = 0xdeadbeef};

// A header with the given first octet, followed by `tail`.
Bytes packet(std::uint8_t first, Bytes tail) {
  Bytes bytes = {first, 0x88, 0xff, 0xfe, 1, 2, 3, 4, 0xde, 0xad, 0xbe, 0xef};
  bytes.insert(bytes.end(), tail.begin(), tail.end());
  return bytes;
}

}  // namespace

TEST_CASE("a plain packet gives its header and its payload") {
  const Bytes bytes = packet(0x80, {10, 11, 12});
  const auto view = parse_rtp(bytes);
  REQUIRE(view);
  CHECK(view->header == kHeader);
  CHECK(Bytes(view->payload.begin(), view->payload.end()) == Bytes{10, 11, 12});
  CHECK(view->payload.data() == bytes.data() + 12);  // zero copy
}

TEST_CASE("contributing sources, extension and padding are cut away from the payload") {
  const Bytes bytes = packet(0xb2, {1,    1,    1, 1, 2, 2, 2, 2,  // two CSRCs
                                    0xbe, 0xde, 0, 1, 9, 9, 9, 9,  // one word of extension
                                    42,   43,   0, 0, 3});         // payload, three of padding
  const auto view = parse_rtp(bytes);
  REQUIRE(view);
  CHECK(view->csrcs.size() == 8);
  CHECK(view->extension_profile == 0xbede);
  CHECK(view->extension.size() == 4);
  CHECK(view->padding_bytes == 3);
  CHECK(Bytes(view->payload.begin(), view->payload.end()) == Bytes{42, 43});
}

TEST_CASE("a packet whose parts do not fit is refused with its reason") {
  struct Row {
    Bytes bytes;
    RtpFault fault;
  };
  const Row rows[] = {
      {{}, RtpFault::kTooShort},
      {Bytes(11, 0x80), RtpFault::kTooShort},
      {packet(0x00, {}), RtpFault::kVersion},
      {packet(0x40, {}), RtpFault::kVersion},
      {packet(0xc0, {}), RtpFault::kVersion},
      {packet(0x81, {1, 2, 3}), RtpFault::kCsrcs},
      {packet(0x8f, Bytes(59, 0)), RtpFault::kCsrcs},
      {packet(0x90, {0xbe, 0xde, 0}), RtpFault::kExtension},
      {packet(0x90, {0xbe, 0xde, 0, 1}), RtpFault::kExtension},
      {packet(0x90, {0xbe, 0xde, 0xff, 0xff, 0, 0, 0, 0}), RtpFault::kExtension},
      {packet(0xa0, {}), RtpFault::kPadding},
      {packet(0xa0, {5, 0}), RtpFault::kPadding},
      {packet(0xa0, {1, 2, 4}), RtpFault::kPadding},
      {packet(0xb0, {0, 0, 0, 1, 0, 0, 0, 4, 5}), RtpFault::kPadding},  // would eat the extension
  };
  for (const Row& row : rows) {
    const auto view = parse_rtp(row.bytes);
    REQUIRE_FALSE(view);
    CHECK(text(view.error()) == text(row.fault));
  }
}

TEST_CASE("parts that end exactly at the end leave an empty payload") {
  for (const Bytes& bytes : {packet(0x80, {}), packet(0x81, {1, 2, 3, 4}),
                             packet(0x90, {0, 0, 0, 0}), packet(0xa0, {0, 0, 3})}) {
    const auto view = parse_rtp(bytes);
    REQUIRE(view);
    CHECK(view->payload.empty());
  }
}

TEST_CASE("no prefix of a packet with every part is read past its end") {
  const Bytes whole = packet(0xb1, {1, 1, 1, 1, 0xbe, 0xde, 0, 1, 9, 9, 9, 9, 42, 1});
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<long>(size));
    const auto view = parse_rtp(cut);  // the sanitizers look on
    if (view) CHECK(view->payload.size() + view->padding_bytes <= size - kRtpHeaderBytes);
  }
}

TEST_CASE("what is written is read back") {
  const Bytes payload = {1, 2, 3, 4, 5};
  Bytes out(64);
  const std::size_t size = write_rtp(kHeader, payload, out);
  REQUIRE(size == 17);
  const auto view = parse_rtp(std::span(out).first(size));
  REQUIRE(view);
  CHECK(view->header == kHeader);
  CHECK(Bytes(view->payload.begin(), view->payload.end()) == payload);
}

TEST_CASE("a packet that does not fit is not written") {
  Bytes out(16, 0xee);
  CHECK(write_rtp(kHeader, Bytes(5), out) == 0);
  CHECK(out == Bytes(16, 0xee));
  CHECK(write_rtp(kHeader, Bytes(4), out) == 16);
  CHECK(write_rtp_header(kHeader, std::span(out).first(11)) == 0);
}

TEST_CASE("relaying rewrites the header and keeps sources, extension and padding") {
  Bytes bytes = packet(0xb1, {1, 1, 1, 1, 0xbe, 0xde, 0, 1, 9, 9, 9, 9, 42, 1});
  const Bytes tail(bytes.begin() + 12, bytes.end());
  const RtpHeader changed{
      .payload_type = 0, .marker = false, .sequence = 7, .timestamp = 160, .ssrc = 5};
  rewrite_rtp_header(changed, bytes);
  const auto view = parse_rtp(bytes);
  REQUIRE(view);
  CHECK(view->header == changed);
  CHECK(bytes[0] == 0xb1);
  CHECK(Bytes(bytes.begin() + 12, bytes.end()) == tail);
}

TEST_CASE("a payload type never spills into the marker") {
  Bytes out(12);
  write_rtp_header({.payload_type = 0xff, .marker = false}, out);
  CHECK(out[1] == 0x7f);
}

}  // namespace pbx::media
