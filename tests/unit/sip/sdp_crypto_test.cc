#include "sip/sdp_crypto.h"

#include <doctest/doctest.h>

namespace pbx::sip {
namespace {
constexpr std::string_view kKey = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";  // RFC 4568 4.1
}

TEST_CASE("a usable crypto line gives its tag, suite and key") {
  const auto key = parse_crypto("1 AES_CM_128_HMAC_SHA1_80 inline:" + std::string(kKey));
  REQUIRE(key);
  CHECK(key->tag == 1);
  CHECK(key->suite == call::SrtpSuite::kAesCm128HmacSha1_80);
  CHECK(key->key_salt == "YS___semctl () {\t220;}\n}\nunles");
  CHECK(key->key_salt.size() == kSrtpKeySaltBytes);
}

TEST_CASE("a crypto line is taken or ignored as a whole") {
  struct Row {
    std::string_view before, after;
    bool taken;
  };
  const Row rows[] = {
      {"1 AES_CM_128_HMAC_SHA1_32 inline:", "", true},
      {"999999999 aes_cm_128_hmac_sha1_80 INLINE:", "", true},
      {"1 AES_CM_128_HMAC_SHA1_80 inline:", "|2^20", true},
      {"1 AES_CM_128_HMAC_SHA1_80 inline:", "|2^48", true},
      {"1 AES_CM_128_HMAC_SHA1_80 inline:", "|1048576", true},
      {"1 AES_CM_128_HMAC_SHA1_80 inline:", " WSH=128", true},
      {"1 AES_CM_128_HMAC_SHA1_80 inline:", " -FUTURE=1", true},
      {"1 AES_CM_128_HMAC_SHA1_80 inline:", "|2^49", false},
      {"1 AES_CM_128_HMAC_SHA1_80 inline:", "|2^10", false},
      {"1 AES_CM_128_HMAC_SHA1_80 inline:", "|0", false},
      {"1 AES_CM_128_HMAC_SHA1_80 inline:", "|", false},
      {"1 AES_CM_128_HMAC_SHA1_80 inline:", "|2^20|1:4", false},
      {"1 AES_CM_128_HMAC_SHA1_80 inline:", "|1:4", false},
      {"1 AES_CM_128_HMAC_SHA1_80 inline:", ";inline:AAAA|2^20|2:4", false},
      {"1 AES_CM_128_HMAC_SHA1_80 inline:", " UNENCRYPTED_SRTP", false},
      {"1 AES_CM_128_HMAC_SHA1_80 inline:", " KDR=1", false},
      {"1 AES_256_CM_HMAC_SHA1_80 inline:", "", false},
      {"1 F8_128_HMAC_SHA1_80 inline:", "", false},
      {"1 AES_CM_128_HMAC_SHA1_80 inline:A", "", false},
      {"1 AES_CM_128_HMAC_SHA1_80 uri:", "", false},
      {"1 AES_CM_128_HMAC_SHA1_80 ", "", false},
      {"1234567890 AES_CM_128_HMAC_SHA1_80 inline:", "", false},
      {"x AES_CM_128_HMAC_SHA1_80 inline:", "", false},
  };
  for (const auto& row : rows) {
    const auto value = std::string(row.before) + std::string(kKey) + std::string(row.after);
    CAPTURE(value);
    CHECK(parse_crypto(value).has_value() == row.taken);
  }
  CHECK_FALSE(parse_crypto(""));
  CHECK_FALSE(parse_crypto("1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX18="));
}

TEST_CASE("a written crypto line reads back") {
  for (const auto suite :
       {call::SrtpSuite::kAesCm128HmacSha1_80, call::SrtpSuite::kAesCm128HmacSha1_32}) {
    const call::SrtpKey key{7, suite, std::string(30, '\xa5')};
    CHECK(parse_crypto(format_crypto(key)) == key);
  }
}

}  // namespace pbx::sip
