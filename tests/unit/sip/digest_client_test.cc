#include "sip/digest_client.h"

#include <doctest/doctest.h>

namespace pbx::sip {
namespace {

using namespace std::chrono_literals;
using Verdict = ChallengeVerdict;
using Values = std::vector<std::string_view>;

constexpr core::Instant kNow{1h};
constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";
constexpr DigestRequest kRegister{"REGISTER", "sip:provider.example.com", ""};
const DigestSecret kSecret{"secret", {}, {}};

// A trunk that sends one request after another.
struct Trunk {
  core::Random random{7};
  DigestAuthorizer login{"trunk", kSecret};
  DigestAttempt attempt;

  Verdict learn(const Values& values, Challenger from = Challenger::kServer) {
    return login.learn(from, read_challenges(values), attempt);
  }
  Verdict learn_texts(const std::vector<std::string>& values) {
    return learn(Values(values.begin(), values.end()));
  }
  std::vector<DigestCredentials> send(const DigestRequest& request = kRegister) {
    return login.authorize(request, random, attempt);
  }
  Authorization send_one(const DigestRequest& request = kRegister) {
    const auto all = send(request);
    REQUIRE(all.size() == 1);
    return parse_authorization(all[0].value).value();
  }
  void begin() { attempt = {}; }
};

}  // namespace

TEST_CASE("before the first challenge there is nothing to say") { CHECK(Trunk().send().empty()); }

TEST_CASE("a server that challenges accepts the answer and the ones after it") {
  DigestServer server({"provider"}, kKey);
  Trunk it;
  CHECK(it.learn_texts(server.challenges(kNow)) == Verdict::kRetry);
  for (std::uint32_t count = 1; count <= 3; ++count) {
    const auto said = it.send_one();
    CHECK(said.nonce_count == count);
    CHECK(server.verify(kNow, said, kRegister, &kSecret) == DigestVerdict::kAccepted);
    it.begin();
  }
}

TEST_CASE("every kind of challenge is answered so that a server accepts it") {
  DigestOptions options{"provider"};
  options.algorithms = {DigestAlgorithm::kMd5, DigestAlgorithm::kMd5Sess, DigestAlgorithm::kSha256,
                        DigestAlgorithm::kSha256Sess};
  options.require_qop = false;
  options.offer_auth_int = true;
  DigestServer server(options, kKey);
  const DigestRequest message{"MESSAGE", "sip:1@provider.example.com", "hello"};
  for (const auto algorithm : options.algorithms)
    for (const auto qop : {DigestQop::kNone, DigestQop::kAuth, DigestQop::kAuthInt}) {
      const bool session = text(algorithm).ends_with("-sess");
      if (session && qop == DigestQop::kNone) continue;  // RFC 2069 has none
      CAPTURE(text(algorithm));
      CAPTURE(text(qop));
      auto challenge = parse_challenge(server.challenges(kNow)[0]).value();
      challenge.algorithm = algorithm;
      challenge.qops.clear();
      if (qop != DigestQop::kNone) challenge.qops.push_back(qop);
      Trunk it;
      REQUIRE(it.learn_texts({challenge.header()}) == Verdict::kRetry);
      const auto said = it.send_one(message);
      CHECK(said.qop == qop);
      CHECK(server.verify(kNow, said, message, &kSecret) == DigestVerdict::kAccepted);
    }
}

TEST_CASE("the best challenge is taken and the unknown are passed over") {
  struct Row {
    Values challenges;
    DigestAlgorithm algorithm;
    DigestQop qop;
  };
  const Row rows[] = {
      {{"Digest realm=\"a\", nonce=\"1\", algorithm=MD5, qop=\"auth\"",
        "Digest realm=\"a\", nonce=\"1\", algorithm=SHA-256, qop=\"auth\""},
       DigestAlgorithm::kSha256,
       DigestQop::kAuth},
      {{"Digest realm=\"a\", nonce=\"1\", algorithm=SHA-512-256, qop=\"auth\"",
        "Digest realm=\"a\", nonce=\"1\", qop=\"auth-int,auth\""},
       DigestAlgorithm::kMd5,
       DigestQop::kAuth},
      {{"Digest realm=\"a\", nonce=\"1\", algorithm=SHA-256-sess, qop=\"auth\"",
        "Digest realm=\"a\", nonce=\"1\", algorithm=SHA-256, qop=\"auth-int\""},
       DigestAlgorithm::kSha256,
       DigestQop::kAuthInt},
      {{"Basic realm=\"a\"", "NTLM", "Digest nonsense", "",
        "Digest realm=\"a\", nonce=\"1\", algorithm=AKAv1-MD5",
        "Digest realm=\"a\", nonce=\"1\", algorithm=\"md5\""},
       DigestAlgorithm::kMd5,
       DigestQop::kNone},
      {{"Digest realm=\"a\", nonce=\"1\", algorithm=SHA-256, qop=\"token\"",
        "Digest realm=\"a\", nonce=\"1\", qop=\"token, auth\""},
       DigestAlgorithm::kMd5,
       DigestQop::kAuth},
      {{"Digest realm=\"a\", nonce=\"1\", qop=\"\""}, DigestAlgorithm::kMd5, DigestQop::kNone},
  };
  for (const auto& row : rows) {
    CAPTURE(row.challenges.back());
    Trunk it;
    REQUIRE(it.learn(row.challenges) == Verdict::kRetry);
    const auto said = it.send_one();
    CHECK(said.algorithm == row.algorithm);
    CHECK(said.qop == row.qop);
    CHECK(said.nonce_count == (row.qop == DigestQop::kNone ? 0 : 1));
  }
}

TEST_CASE("odd realms come back as they were") {
  for (const std::string_view realm : {"", " ", "sip provider, Ltd.", R"(the \"best\" one)",
                                       R"(a\\b)", "\xd0\x90\xd0\xa2\xd0\xa1"}) {
    CAPTURE(realm);
    const auto value = "Digest realm=\"" + std::string(realm) + "\", nonce=\"n\", opaque=\"o,=\"";
    Trunk it;
    REQUIRE(it.learn_texts({value}) == Verdict::kRetry);
    const auto said = it.send();
    REQUIRE(said.size() == 1);
    CHECK(said[0].value.find("realm=\"" + std::string(realm) + "\"") != std::string::npos);
    CHECK(said[0].value.find("opaque=\"o,=\"") != std::string::npos);
  }
}

TEST_CASE("what follows a second challenge depends on what was refused") {
  struct Row {
    bool nonce_served_before;
    std::string_view second;
    Verdict verdict;
  };
  const Row rows[] = {
      {false, "Digest realm=\"a\", nonce=\"1\"", Verdict::kWrongPassword},
      {false, "Digest realm=\"a\", nonce=\"2\"", Verdict::kWrongPassword},
      {false, "Digest realm=\"a\", nonce=\"2\", stale=true", Verdict::kRetry},
      {false, "Digest realm=\"a\", nonce=\"2\", stale=\"TRUE\"", Verdict::kRetry},
      {false, "Digest realm=\"b\", nonce=\"2\"", Verdict::kRetry},
      {true, "Digest realm=\"a\", nonce=\"1\"", Verdict::kWrongPassword},
      {true, "Digest realm=\"a\", nonce=\"2\"", Verdict::kRetry},
      {true, "Digest realm=\"a\", nonce=\"2\", stale=true", Verdict::kRetry},
  };
  for (const auto& row : rows) {
    CAPTURE(row.second);
    Trunk it;
    REQUIRE(it.learn(Values{"Digest realm=\"a\", nonce=\"1\""}) == Verdict::kRetry);
    it.send();
    if (row.nonce_served_before) {
      it.begin();
      it.send();
    }
    CHECK(it.learn(Values{row.second}) == row.verdict);
  }
}

TEST_CASE("a nonce that served once and is replaced without stale costs one repetition") {
  Trunk it;
  static_cast<void>(it.learn(Values{"Digest realm=\"a\", nonce=\"1\""}));
  it.send();
  it.begin();
  it.send();
  CHECK(it.learn(Values{"Digest realm=\"a\", nonce=\"2\""}) == Verdict::kRetry);
  CHECK(it.send_one().nonce == "2");
  CHECK(it.learn(Values{"Digest realm=\"a\", nonce=\"3\""}) == Verdict::kWrongPassword);
}

TEST_CASE("after a refusal the next request begins without credentials") {
  Trunk it;
  static_cast<void>(it.learn(Values{"Digest realm=\"a\", nonce=\"1\""}));
  it.send();
  CHECK(it.learn(Values{"Digest realm=\"a\", nonce=\"1\""}) == Verdict::kWrongPassword);
  it.begin();
  CHECK(it.send().empty());
  CHECK(it.learn(Values{"Digest realm=\"a\", nonce=\"1\""}) == Verdict::kRetry);
}

TEST_CASE("a server that says stale for ever does not get an endless dialogue") {
  Trunk it;
  const Values stale{"Digest realm=\"a\", nonce=\"1\", qop=\"auth\", stale=true"};
  for (unsigned i = 0; i < DigestAuthorizer::kChallengesMax; ++i) {
    CHECK(it.learn(stale) == Verdict::kRetry);
    CHECK(it.send_one().nonce_count == i + 1);
  }
  CHECK(it.learn(stale) == Verdict::kEndless);
}

TEST_CASE("a realm that changes each time does not get an endless dialogue either") {
  Trunk it;
  auto verdict = Verdict::kRetry;
  int rounds = 0;
  for (; verdict == Verdict::kRetry && rounds < 100; ++rounds) {
    verdict = it.learn_texts({"Digest realm=\"" + std::to_string(rounds) + "\", nonce=\"1\""});
    CHECK(it.send().size() <= DigestAuthorizer::kRealmsMax);
  }
  CHECK(verdict == Verdict::kEndless);
}

TEST_CASE("a proxy and a server behind it both get their credentials") {
  Trunk it;
  const Values challenge{"Digest realm=\"a\", nonce=\"1\""};
  CHECK(it.learn(challenge, Challenger::kProxy) == Verdict::kRetry);
  CHECK(it.send().size() == 1);
  CHECK(it.learn(challenge, Challenger::kServer) == Verdict::kRetry);
  const auto both = it.send();
  REQUIRE(both.size() == 2);
  CHECK(credentials_header(both[0].for_whom) == "Proxy-Authorization");
  CHECK(credentials_header(both[1].for_whom) == "Authorization");
}

TEST_CASE("without a login or an answerable challenge nothing is tried") {
  const Values good{"Digest realm=\"a\", nonce=\"1\""};
  Trunk it;
  CHECK(it.learn(Values{"Digest realm=\"a\", nonce=\"1\", algorithm=X"}) == Verdict::kUnanswerable);
  CHECK(it.learn(Values{}) == Verdict::kUnanswerable);
  CHECK(it.send().empty());
  it.login = DigestAuthorizer("trunk", {});
  CHECK(it.learn(good) == Verdict::kNoLogin);
  it.login = DigestAuthorizer("", kSecret);
  CHECK(it.learn(good) == Verdict::kNoLogin);
}

TEST_CASE("a hash of the password answers its own algorithm only") {
  Trunk it;
  it.login = DigestAuthorizer("trunk", {{}, "939e7578ed9e3c518a452acee763bce9", {}});
  REQUIRE(it.learn(Values{"Digest realm=\"a\", nonce=\"1\", algorithm=SHA-256",
                          "Digest realm=\"a\", nonce=\"1\", algorithm=MD5"}) == Verdict::kRetry);
  CHECK(it.send_one().algorithm == DigestAlgorithm::kMd5);
}

TEST_CASE("the client's nonce stays with the server's and changes with it") {
  Trunk it;
  static_cast<void>(it.learn(Values{"Digest realm=\"a\", nonce=\"1\", qop=\"auth\""}));
  const auto first = it.send_one();
  it.begin();
  CHECK(it.send_one().cnonce == first.cnonce);
  static_cast<void>(it.learn(Values{"Digest realm=\"a\", nonce=\"2\", qop=\"auth\", stale=true"}));
  const auto next = it.send_one();
  CHECK(next.cnonce != first.cnonce);
  CHECK(next.cnonce.size() == DigestAuthorizer::kCnonceDigits);
  CHECK(next.nonce_count == 1);
}

TEST_CASE("no more challenges are read than the bound") {
  const Values many(kChallengesReadMax + 5, "Digest realm=\"a\", nonce=\"1\"");
  CHECK(read_challenges(many).size() == kChallengesReadMax);
}

TEST_CASE("statuses, headers and reasons have their names") {
  CHECK(challenger_of(401) == Challenger::kServer);
  CHECK(challenger_of(407) == Challenger::kProxy);
  CHECK_FALSE(challenger_of(403));
  CHECK(challenge_header(Challenger::kServer) == "WWW-Authenticate");
  CHECK(challenge_header(Challenger::kProxy) == "Proxy-Authenticate");
  CHECK(text(Verdict::kWrongPassword) == "username or password is wrong");
  CHECK_FALSE(text(Verdict::kEndless).empty());
}

}  // namespace pbx::sip
