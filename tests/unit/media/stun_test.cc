#include "media/stun.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/base/random.h"

namespace pbx::media {
namespace {

using Bytes = std::vector<std::uint8_t>;

// The sample IPv4 response of RFC 5769 2.2.
const Bytes kSampleResponse = {
    0x01, 0x01, 0x00, 0x3c, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86,
    0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x0b, 0x74, 0x65, 0x73, 0x74, 0x20, 0x76, 0x65, 0x63,
    0x74, 0x6f, 0x72, 0x20, 0x00, 0x20, 0x00, 0x08, 0x00, 0x01, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43,
    0x00, 0x08, 0x00, 0x14, 0x2b, 0x91, 0xf5, 0x99, 0xfd, 0x9e, 0x90, 0xc3, 0x8c, 0x74, 0x89, 0xf9,
    0x2a, 0xf9, 0xba, 0x53, 0xf0, 0x6b, 0xe7, 0xd7, 0x80, 0x28, 0x00, 0x04, 0xc0, 0x7d, 0x4c, 0x96};

const StunTransaction kTransaction = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

Bytes request() {
  Bytes out(kStunBytesMax);
  out.resize(write_binding_request(kTransaction, out));
  return out;
}
// A message with these attribute octets and no fingerprint.
Bytes message(const Bytes& attributes) {
  Bytes out = {0, 1, 0, static_cast<std::uint8_t>(attributes.size()), 0x21, 0x12, 0xa4, 0x42};
  out.insert(out.end(), kTransaction.begin(), kTransaction.end());
  out.insert(out.end(), attributes.begin(), attributes.end());
  return out;
}

}  // namespace

TEST_CASE("the sample response of RFC 5769 is understood") {
  const auto view = parse_stun(kSampleResponse);
  REQUIRE(view);
  CHECK(view->message_class == StunClass::kSuccess);
  CHECK(view->method == kStunBinding);
  CHECK(view->has_fingerprint);
  CHECK(view->unknown_count == 0);
  const auto software = view->find(StunAttribute::kSoftware);
  REQUIRE(software);
  CHECK(std::string(software->begin(), software->end()) == "test vector");
  REQUIRE(view->mapped_address());
  CHECK(view->mapped_address()->text() == "192.0.2.1:32853");
}

TEST_CASE("a request written here is read back") {
  const Bytes bytes = request();
  const auto view = parse_stun(bytes);
  REQUIRE(view);
  CHECK(view->message_class == StunClass::kRequest);
  CHECK(view->method == kStunBinding);
  CHECK(view->transaction == kTransaction);
  CHECK(view->has_fingerprint);
}

TEST_CASE("an answer tells where the request came from, IPv4 and IPv6") {
  for (const char* address : {"192.0.2.77:40000", "[2001:db8::17]:9"}) {
    const auto mapped = *core::parse_socket_address(address);
    Bytes out(kStunBytesMax);
    out.resize(write_binding_success(kTransaction, mapped, out));
    const auto view = parse_stun(out);
    REQUIRE(view);
    CHECK(view->message_class == StunClass::kSuccess);
    CHECK(view->mapped_address() == mapped);
    const std::string raw(out.begin(), out.end());  // the address is masked
    CHECK(raw.find(std::string(mapped.ip.bytes.begin(), mapped.ip.bytes.begin() + 4)) ==
          std::string::npos);
  }
}

TEST_CASE("unknown attributes that must be understood are told back") {
  const Bytes asked_bytes =
      message({0x7f, 0xff, 0, 0, 0x00, 0x77, 0, 1, 9, 0, 0, 0, 0xff, 0xff, 0, 0});
  const auto asked = parse_stun(asked_bytes);
  REQUIRE(asked);
  CHECK(asked->unknown_count == 2);  // 0xffff is optional
  Bytes out(kStunBytesMax);
  out.resize(write_binding_error(*asked, 420, out));
  const auto view = parse_stun(out);
  REQUIRE(view);
  CHECK(view->message_class == StunClass::kError);
  const auto code = view->find(StunAttribute::kErrorCode);
  REQUIRE(code);
  CHECK(Bytes(code->begin(), code->end()) == Bytes{0, 0, 4, 20});
  const auto types = view->find(StunAttribute::kUnknownAttributes);
  REQUIRE(types);
  CHECK(Bytes(types->begin(), types->end()) == Bytes{0x7f, 0xff, 0x00, 0x77});
}

TEST_CASE("all classes and methods go around the interleaved bits of the type") {
  for (std::uint16_t type = 0; type < 0x4000; ++type) {
    Bytes bytes = message({});
    bytes[0] = static_cast<std::uint8_t>(type >> 8);
    bytes[1] = static_cast<std::uint8_t>(type);
    const auto view = parse_stun(bytes);
    REQUIRE(view);
    REQUIRE(view->method < 0x1000);
  }
  Bytes indication = message({});
  indication[1] = 0x11;
  CHECK(parse_stun(indication)->message_class == StunClass::kIndication);
}

TEST_CASE("what follows the integrity is not seen") {
  Bytes attributes = {0x00, 0x06, 0, 1, 'a', 0, 0, 0, 0x00, 0x08, 0, 20};
  attributes.resize(attributes.size() + 20);
  attributes.insert(attributes.end(), {0x00, 0x25, 0, 0});
  const Bytes view_bytes = message(attributes);
  const auto view = parse_stun(view_bytes);
  REQUIRE(view);
  CHECK(view->find(StunAttribute::kUsername));
  CHECK(view->find(StunAttribute::kMessageIntegrity));
  CHECK_FALSE(view->find(StunAttribute::kUseCandidate));
}

TEST_CASE("messages that break the rules are refused with their reason") {
  struct Row {
    const char* what;
    Bytes bytes;
    StunFault fault;
  };
  Bytes rtp = request(), cookie = request(), longer = request(), crooked = message({0, 0, 0}),
        bad_crc = request(), not_last = request();
  rtp[0] = 0x80;
  cookie[5] ^= 1;
  longer.push_back(0);
  bad_crc.back() ^= 1;
  not_last.insert(not_last.end(), {0x80, 0x22, 0, 0});
  not_last[3] = static_cast<std::uint8_t>(not_last.size() - 20);
  Bytes crowd;
  for (int i = 0; i < 33; ++i) crowd.insert(crowd.end(), {0x80, 0x22, 0, 0});
  const Row rows[] = {
      {"short", Bytes(19), StunFault::kTooShort},
      {"rtp", rtp, StunFault::kType},
      {"cookie", cookie, StunFault::kCookie},
      {"longer than it says", longer, StunFault::kLength},
      {"length of no word", crooked, StunFault::kLength},
      {"attribute beyond the end", message({0x80, 0x22, 0, 5, 1, 2, 3, 4}), StunFault::kAttribute},
      {"attribute of 65535", message({0x80, 0x22, 0xff, 0xff}), StunFault::kAttribute},
      {"too many", message(crowd), StunFault::kAttribute},
      {"wrong fingerprint", bad_crc, StunFault::kFingerprint},
      {"fingerprint not last", not_last, StunFault::kFingerprint},
      {"fingerprint of two octets", message({0x80, 0x28, 0, 2, 1, 2, 0, 0}),
       StunFault::kFingerprint}};
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const auto view = parse_stun(row.bytes);
    REQUIRE_FALSE(view);
    CHECK(text(view.error()) == text(row.fault));
  }
}

TEST_CASE("any changed bit is noticed") {
  const Bytes whole = kSampleResponse;
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    Bytes changed = whole;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ 1u << bit % 8);
    const auto view = parse_stun(changed);
    // A fingerprint turned into another attribute is the one change that it cannot tell itself.
    CHECK((!view || !view->has_fingerprint));
  }
}

TEST_CASE("addresses of a wrong size or family are no addresses") {
  for (const Bytes& value : {Bytes{0, 1, 0, 1, 1, 2, 3}, Bytes{0, 2, 0, 1, 1, 2, 3, 4},
                             Bytes{0, 3, 0, 1, 1, 2, 3, 4}, Bytes{0, 1}, Bytes{}}) {
    Bytes attributes = {0x00, 0x20, 0, static_cast<std::uint8_t>(value.size())};
    attributes.insert(attributes.end(), value.begin(), value.end());
    while (attributes.size() % 4 != 0) attributes.push_back(0);
    const Bytes view_bytes = message(attributes);
    const auto view = parse_stun(view_bytes);
    REQUIRE(view);
    CHECK_FALSE(view->mapped_address());
  }
  const Bytes old_style_bytes = message({0x00, 0x01, 0, 8, 0, 1, 0x1f, 0x90, 192, 0, 2, 5});
  const auto old_style = parse_stun(old_style_bytes);
  REQUIRE(old_style);
  CHECK(old_style->mapped_address()->text() == "192.0.2.5:8080");
}

TEST_CASE("what does not fit is not written") {
  const auto mapped = *core::parse_socket_address("[2001:db8::1]:5");
  Bytes out(kStunBytesMax);
  const std::size_t size = write_binding_success(kTransaction, mapped, out);
  REQUIRE(size > 0);
  for (std::size_t room = 0; room < size; ++room)
    CHECK(write_binding_success(kTransaction, mapped, std::span(out).first(room)) == 0);
  CHECK(write_binding_success(kTransaction, mapped, std::span(out).first(size)) == size);
}

}  // namespace pbx::media
