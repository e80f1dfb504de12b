#include "tools/call_load/digest.h"

#include <doctest/doctest.h>

#include <array>

using namespace pbx;
using namespace pbx::call_load;

TEST_CASE("the example of RFC 2617 3.5") {
  const auto challenge = parse_challenge(
      "Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", "
      "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"");
  REQUIRE(challenge.has_value());
  DigestRequest request;
  request.user = "Mufasa";
  request.password = "Circle Of Life";
  request.method = "GET";
  request.uri = "/dir/index.html";
  request.cnonce = "0a4f113b";
  Digester digester;
  CHECK(digester.response(*challenge, request) == "6629fae49393a05397450978507c4ef1");
  const std::string header = digester.authorization(*challenge, request);
  for (const char* part : {"Digest username=\"Mufasa\"", "realm=\"testrealm@host.com\"",
                           "uri=\"/dir/index.html\"", "qop=auth", "nc=00000001",
                           "cnonce=\"0a4f113b\"", "response=\"6629fae49393a05397450978507c4ef1\"",
                           "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\""}) {
    CAPTURE(part);
    CHECK(header.find(part) != std::string::npos);
  }
}

TEST_CASE("the examples of RFC 7616 3.9.1") {
  DigestRequest request;
  request.user = "Mufasa";
  request.password = "Circle of Life";
  request.method = "GET";
  request.uri = "/dir/index.html";
  request.cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
  const std::string common =
      "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", "
      "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
      "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\", algorithm=";
  Digester digester;
  const std::string sha = common + "SHA-256";
  const std::string md5 = common + "MD5";
  CHECK(digester.response(*parse_challenge(sha), request) ==
        "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
  CHECK(digester.response(*parse_challenge(md5), request) == "8ca523f5e9506fed4657c9700eebdbec");
}

TEST_CASE("a challenge without qop is answered as in RFC 2069") {
  const auto challenge = parse_challenge("Digest nonce=\"abc\", realm=\"r\"");
  REQUIRE(challenge.has_value());
  DigestRequest request;
  request.user = "100";
  request.password = "secret";
  request.method = "REGISTER";
  request.uri = "sip:pbx.test";
  Digester digester;
  const std::string header = digester.authorization(*challenge, request);
  CHECK(digester.response(*challenge, request) == "afbb719d0f4e19bb2f93da1a4627e370");
  CHECK(header.find("nc=") == std::string::npos);
  CHECK(header.find("qop") == std::string::npos);
  request.nonce_count = 9;  // does not matter without qop
  CHECK(digester.authorization(*challenge, request) == header);
}

TEST_CASE("the session forms hash the nonces into the key") {
  DigestRequest request;
  request.user = "u";
  request.password = "p";
  request.method = "INVITE";
  request.uri = "sip:x";
  request.cnonce = "c";
  Digester digester;
  const auto plain = parse_challenge("Digest nonce=n, realm=r, qop=auth, algorithm=MD5");
  const auto session = parse_challenge("Digest nonce=n, realm=r, qop=auth, algorithm=MD5-sess");
  REQUIRE(session.has_value());
  CHECK(session->is_session);
  CHECK(digester.response(*plain, request) != digester.response(*session, request));
  CHECK(digester.response(*session, request) == "d0a24a48ca1ba67ae812ee449b617633");
  CHECK(digester.authorization(*session, request).find("MD5-sess") != std::string::npos);
}

TEST_CASE("challenges are read tolerantly") {
  const auto challenge = parse_challenge(
      " digest  STALE=TRUE , qop=auth,nonce = \"a,b=\\\"c\" ,Realm=\"x\", domain=\"sip:a sip:b\"");
  REQUIRE(challenge.has_value());
  CHECK(challenge->is_stale);
  CHECK(challenge->has_qop);
  CHECK(challenge->nonce == "a,b=\\\"c");
  CHECK(challenge->realm == "x");
}

TEST_CASE("what cannot be answered is refused") {
  struct Row {
    const char* value;
    core::ErrorCode code;
  };
  for (const Row& row :
       {Row{"Basic realm=\"x\"", core::ErrorCode::kCorrupt}, Row{"", core::ErrorCode::kCorrupt},
        Row{"Digest realm=\"x\"", core::ErrorCode::kCorrupt},
        Row{"Digest nonce=\"open", core::ErrorCode::kCorrupt},
        Row{"Digest nonce=n, algorithm=SHA-512-256", core::ErrorCode::kUnavailable},
        Row{"Digest nonce=n, qop=\"auth-int\"", core::ErrorCode::kUnavailable}}) {
    CAPTURE(row.value);
    const auto challenge = parse_challenge(row.value);
    REQUIRE_FALSE(challenge.has_value());
    CHECK(challenge.error().code == row.code);
  }
}

TEST_CASE("the first challenge that is understood is taken") {
  const std::array<std::string_view, 3> values = {"Digest nonce=a, algorithm=SHA-512-256",
                                                  "Digest nonce=b, algorithm=SHA-256",
                                                  "Digest nonce=c, algorithm=MD5"};
  const auto chosen = choose_challenge(values);
  REQUIRE(chosen.has_value());
  CHECK(chosen->nonce == "b");
  CHECK(chosen->algorithm == DigestAlgorithm::kSha256);
  CHECK(choose_challenge({}).error().code == core::ErrorCode::kNotFound);
}
