#include "sip/hash.h"

#include <doctest/doctest.h>

#include "core/base/text.h"

namespace pbx::sip {

TEST_CASE("hashes equal the published ones, in one part or several") {
  Hasher hasher;
  REQUIRE(hasher.has(HashAlgorithm::kMd5));
  CHECK(hasher.hex(HashAlgorithm::kMd5, {"abc"}) == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(hasher.hex(HashAlgorithm::kMd5, {"a", "", "bc"}) == "900150983cd24fb0d6963f7d28e17f72");
  CHECK(hasher.hex(HashAlgorithm::kSha256, {"abc"}) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hasher.hex(HashAlgorithm::kMd5, {}) == "d41d8cd98f00b204e9800998ecf8427e");
}

TEST_CASE("one key authenticates many messages") {
  Hmac hmac(std::string(20, '\x0b'));  // RFC 4231 4.2
  const auto expected = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
  CHECK(core::hex_encode(hmac.raw("Hi There")) == expected);
  CHECK(core::hex_encode(hmac.raw("Hi there")) != expected);
  CHECK(core::hex_encode(hmac.raw("Hi There")) == expected);
}

TEST_CASE("comparison in constant time compares") {
  CHECK(equal_in_constant_time("", ""));
  CHECK(equal_in_constant_time("abc", "abc"));
  CHECK_FALSE(equal_in_constant_time("abc", "abd"));
  CHECK_FALSE(equal_in_constant_time("abc", "ab"));
}

}  // namespace pbx::sip
