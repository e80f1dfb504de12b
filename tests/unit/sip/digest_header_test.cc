#include "sip/digest_header.h"

#include <doctest/doctest.h>

namespace pbx::sip {
namespace {

constexpr std::string_view kFull =
    "Digest username=\"1001\", realm=\"pbx\", nonce=\"abc\", uri=\"sip:pbx.example.com\", "
    "response=\"0123\", algorithm=SHA-256, cnonce=\"xyz\", qop=auth, nc=0000000a, opaque=\"o\"";

}  // namespace

TEST_CASE("the credentials of a client are read") {
  const auto it = parse_authorization(kFull);
  REQUIRE(it.has_value());
  CHECK(it->username == "1001");
  CHECK(it->realm == "pbx");
  CHECK(it->nonce == "abc");
  CHECK(it->uri == "sip:pbx.example.com");
  CHECK(it->response == "0123");
  CHECK(it->algorithm == DigestAlgorithm::kSha256);
  CHECK(it->qop == DigestQop::kAuth);
  CHECK(it->nonce_count == 10);
  CHECK(it->nonce_count_text == "0000000a");
  CHECK(it->cnonce == "xyz");
  CHECK(it->opaque == "o");
  CHECK(parse_authorization(it->header())->header() == it->header());
}

TEST_CASE("telephones quote and space as they like") {
  const auto it = parse_authorization(
      "digest  username = \"a\\\"b\" ,,realm=\"\",nonce=n,uri=\"sip:a;b,c=d\" ,response=\"r\","
      "algorithm=\"md5\",qop=\"auth\",nc=1,cnonce=\"\\\\\"\r\n ,x-more=1");
  REQUIRE(it.has_value());
  CHECK(it->username == "a\"b");
  CHECK(it->uri == "sip:a;b,c=d");
  CHECK(it->algorithm == DigestAlgorithm::kMd5);
  CHECK(it->qop == DigestQop::kAuth);
  CHECK(it->cnonce == "\\");
}

TEST_CASE("without algorithm it is MD5, without qop it is RFC 2069") {
  const auto it = parse_authorization(
      "Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"d\", response=\"e\"");
  REQUIRE(it.has_value());
  CHECK(it->algorithm == DigestAlgorithm::kMd5);
  CHECK(it->qop == DigestQop::kNone);
  CHECK(it->nonce_count == 0);
}

TEST_CASE("what is not ours is named, not refused") {
  const auto it = parse_authorization(
      "Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"d\", response=\"e\", "
      "algorithm=SHA-512-256, qop=other, nc=00000001, cnonce=\"f\"");
  REQUIRE(it.has_value());
  CHECK_FALSE(it->algorithm);
  CHECK_FALSE(it->qop);
}

TEST_CASE("credentials that cannot be read are refused") {
  struct Row {
    std::string_view text;
    core::ErrorCode code;
  };
  const std::string base =
      "Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"d\", response=\"e\"";
  const std::string with[] = {
      base + ", realm=\"x\"",  // twice
      base + ", Realm=\"x\"",  // twice
      base + ", x",            // no value
      base + ", x=\"y",        // open quote
      base + ", x=",           // no value
      base + ", x=\"\x01\"",
      base + " x=y",                                   // no comma
      base + ", =y",                                   // no name
      base + ", qop=auth, cnonce=\"f\"",               // no nc
      base + ", qop=auth, nc=00000001",                // no cnonce
      base + ", qop=auth, nc=00000000, cnonce=\"f\"",  // zero
      base + ", qop=auth, nc=123456789, cnonce=\"f\"",
      base + ", qop=auth, nc=xyz, cnonce=\"f\"",
      "Digest",
      "Digest username=\"a\", realm=\"b\", nonce=\"c\", uri=\"d\"",
  };
  for (const auto& text : with) {
    CAPTURE(text);
    const auto it = parse_authorization(text);
    REQUIRE_FALSE(it.has_value());
    CHECK(it.error().code == core::ErrorCode::kCorrupt);
  }
  CHECK(parse_authorization("Basic YTpi").error().code == core::ErrorCode::kNotFound);
  CHECK(parse_authorization("").error().code == core::ErrorCode::kNotFound);
}

TEST_CASE("credentials are bounded") {
  CHECK(
      parse_authorization("Digest x=\"" + std::string(kDigestBytesMax, 'y') + "\"").error().code ==
      core::ErrorCode::kLimitReached);
  std::string many = "Digest x0=0";
  for (std::size_t i = 1; i <= kDigestParamsMax; ++i) many += ",x" + std::to_string(i) + "=0";
  CHECK(parse_authorization(many).error().code == core::ErrorCode::kLimitReached);
}

TEST_CASE("a value that comes cut at its commas reads the same") {
  const char* params[] = {"username=\"1001\"", "realm=\"pbx\"",     "nonce=\"a,b\"",
                          "uri=\"sip:x\"",     "response=\"0123\"", nullptr};
  const auto it = parse_authorization("Digest", params);
  REQUIRE(it.has_value());
  CHECK(it->nonce == "a,b");
  CHECK(parse_authorization("Basic", params).error().code == core::ErrorCode::kNotFound);
  const char* bad[] = {"username=\"1001\" x", nullptr};
  CHECK(parse_authorization("Digest", bad).error().code == core::ErrorCode::kCorrupt);
  CHECK(parse_authorization("Digest", static_cast<const char* const*>(nullptr)).error().code ==
        core::ErrorCode::kCorrupt);
}

TEST_CASE("challenges are read and written") {
  const auto it = parse_challenge(
      "Digest realm=\"pbx\", nonce=\"n\", algorithm=SHA-256, qop=\"auth, auth-int,x\", stale=TRUE");
  REQUIRE(it.has_value());
  CHECK(it->realm == "pbx");
  CHECK(it->algorithm == DigestAlgorithm::kSha256);
  CHECK(it->qops == std::vector{DigestQop::kAuth, DigestQop::kAuthInt});
  CHECK(it->stale);
  CHECK(it->header() ==
        "Digest realm=\"pbx\", nonce=\"n\", stale=true, algorithm=SHA-256, "
        "qop=\"auth,auth-int\"");
  CHECK(parse_challenge("Digest realm=\"a\", nonce=\"b\"")->qops.empty());
  CHECK_FALSE(parse_challenge("Digest realm=\"a\", nonce=\"b\", algorithm=x")->algorithm);
  CHECK_FALSE(parse_challenge("Digest realm=\"a\"").has_value());
  CHECK_FALSE(parse_challenge("Digest realm=\"a\", nonce=\"b\", qop=\"other\"").has_value());
  const char* params[] = {"realm=\"a\"", "nonce=\"b\"", nullptr};
  CHECK(parse_challenge("Digest", params)->nonce == "b");
}

}  // namespace pbx::sip
