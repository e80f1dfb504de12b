#include "media/datagram_kind.h"

#include <doctest/doctest.h>

#include <vector>

namespace pbx::media {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes beginning_with(std::initializer_list<std::uint8_t> first) {
  Bytes bytes(first);
  bytes.resize(40);
  return bytes;
}

}  // namespace

TEST_CASE("a datagram is known by its first octets") {
  CHECK(kind_of(beginning_with({0x80, 0x00})) == DatagramKind::kRtp);
  CHECK(kind_of(beginning_with({0x80, 0x80 | 101})) == DatagramKind::kRtp);  // marker, dynamic type
  CHECK(kind_of(beginning_with({0xb2, 0x08})) == DatagramKind::kRtp);
  CHECK(kind_of(beginning_with({0x80, 200})) == DatagramKind::kRtcp);
  CHECK(kind_of(beginning_with({0x81, 206})) == DatagramKind::kRtcp);
  CHECK(kind_of(beginning_with({0, 1, 0, 20, 0x21, 0x12, 0xa4, 0x42})) == DatagramKind::kStun);
  CHECK(kind_of(beginning_with({0x16, 0xfe, 0xff})) == DatagramKind::kDtls);
  CHECK(kind_of(beginning_with({0x17})) == DatagramKind::kDtls);
}

TEST_CASE("what is none of these is nothing") {
  CHECK(kind_of({}) == DatagramKind::kOther);
  CHECK(kind_of(Bytes{0x80, 0}) == DatagramKind::kOther);
  CHECK(kind_of(Bytes(11, 0x80)) == DatagramKind::kOther);
  CHECK(kind_of(beginning_with({0, 1, 0, 20, 1, 2, 3, 4})) == DatagramKind::kOther);  // no cookie
  CHECK(kind_of(beginning_with({0x40})) == DatagramKind::kOther);
  CHECK(kind_of(beginning_with({0xff, 200})) == DatagramKind::kOther);
}

TEST_CASE("a short RTCP packet is still RTCP") {
  CHECK(kind_of(Bytes{0x80, 203, 0, 0}) == DatagramKind::kRtcp);
}

}  // namespace pbx::media
