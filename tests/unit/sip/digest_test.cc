#include "sip/digest.h"

#include <doctest/doctest.h>

namespace pbx::sip {
namespace {

using namespace std::chrono_literals;
using Verdict = DigestVerdict;

constexpr core::Instant kNow{1h};
constexpr std::string_view kKey = "0123456789abcdef0123456789abcdef";
const DigestSecret kSecret{"secret", {}, {}};
constexpr DigestRequest kRegister{"REGISTER", "sip:pbx.example.com", ""};

DigestServer server(DigestOptions options = {}) {
  options.realm = "pbx";
  return {std::move(options), kKey};
}

// What a client with this password makes of the `index`th challenge.
Authorization answer(const std::vector<std::string>& challenges, std::size_t index = 0,
                     const DigestRequest& request = kRegister, std::uint32_t count = 1,
                     DigestSecret secret = kSecret) {
  Hasher hasher;
  const auto challenge = parse_challenge(challenges.at(index));
  REQUIRE(challenge.has_value());
  const auto it = answer_challenge(hasher, *challenge, request, {"1001", secret, "c0ffee", count});
  REQUIRE(it.has_value());
  return parse_authorization(it->header()).value();
}

}  // namespace

TEST_CASE("responses equal those of the RFCs") {
  Hasher hasher;
  Authorization it;
  it.username = "Mufasa";
  it.realm = "http-auth@example.org";
  it.uri = "/dir/index.html";
  it.nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
  it.cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
  it.nonce_count_text = "00000001";
  it.qop = DigestQop::kAuth;
  const DigestSecret secret{"Circle of Life", {}, {}};
  const DigestRequest get{"GET", "/dir/index.html", ""};
  // RFC 7616 3.9.1
  CHECK(digest_response(hasher, it, get, secret) == "8ca523f5e9506fed4657c9700eebdbec");
  it.algorithm = DigestAlgorithm::kSha256;
  CHECK(digest_response(hasher, it, get, secret) ==
        "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
  // RFC 2069 2.4, with the response of its errata
  Authorization old;
  old.username = "Mufasa";
  old.realm = "testrealm@host.com";
  old.nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
  old.uri = "/dir/index.html";
  CHECK(digest_response(hasher, old, get, {"CircleOfLife", {}, {}}) ==
        "1949323746fe6a43ef61f9606e7febea");
  // RFC 2617 3.5
  old.realm = "testrealm@host.com";
  old.qop = DigestQop::kAuth;
  old.nonce_count_text = "00000001";
  old.cnonce = "0a4f113b";
  CHECK(digest_response(hasher, old, get, {"Circle Of Life", {}, {}}) ==
        "6629fae49393a05397450978507c4ef1");
}

TEST_CASE("each algorithm gets its challenge, in the configured order") {
  const auto both = server().challenges(kNow);
  REQUIRE(both.size() == 2);
  CHECK(parse_challenge(both[0])->algorithm == DigestAlgorithm::kMd5);
  CHECK(parse_challenge(both[1])->algorithm == DigestAlgorithm::kSha256);
  CHECK_FALSE(parse_challenge(both[0])->stale);
  DigestOptions options;
  options.algorithms = {DigestAlgorithm::kSha256Sess};
  options.offer_auth_int = true;
  const auto one = server(options).challenges(kNow, true);
  REQUIRE(one.size() == 1);
  const auto challenge = parse_challenge(one[0]);
  CHECK(challenge->algorithm == DigestAlgorithm::kSha256Sess);
  CHECK(challenge->realm == "pbx");
  CHECK(challenge->stale);
  CHECK(challenge->qops == std::vector{DigestQop::kAuth, DigestQop::kAuthInt});
}

TEST_CASE("the right password is accepted with every algorithm offered") {
  DigestOptions options;
  options.algorithms = {DigestAlgorithm::kMd5, DigestAlgorithm::kMd5Sess, DigestAlgorithm::kSha256,
                        DigestAlgorithm::kSha256Sess};
  auto it = server(options);
  for (std::size_t i = 0; i < 4; ++i) {
    CAPTURE(i);
    CHECK(it.verify(kNow, answer(it.challenges(kNow), i), kRegister, &kSecret) ==
          Verdict::kAccepted);
  }
}

TEST_CASE("a wrong password and an unknown user are refused") {
  auto it = server();
  const auto wrong = answer(it.challenges(kNow), 0, kRegister, 1, {"guess", {}, {}});
  CHECK(it.verify(kNow, wrong, kRegister, &kSecret) == Verdict::kWrongPassword);
  const auto right = answer(it.challenges(kNow));
  CHECK(it.verify(kNow, right, kRegister, nullptr) == Verdict::kUnknownUser);
}

TEST_CASE("what the response covers cannot be changed") {
  auto it = server();
  const auto good = answer(it.challenges(kNow));
  auto changed = good;
  changed.username = "1002";
  CHECK(it.verify(kNow, changed, kRegister, &kSecret) == Verdict::kWrongPassword);
  changed = good;
  changed.nonce_count_text = "00000002";
  changed.nonce_count = 2;
  CHECK(it.verify(kNow, changed, kRegister, &kSecret) == Verdict::kWrongPassword);
  CHECK(it.verify(kNow, good, {"INVITE", kRegister.uri, ""}, &kSecret) == Verdict::kWrongPassword);
  changed = good;
  changed.response = "";
  CHECK(it.verify(kNow, changed, kRegister, &kSecret) == Verdict::kWrongPassword);
  changed = good;
  for (char& c : changed.response) c = static_cast<char>(std::toupper(c));
  CHECK(it.verify(kNow, changed, kRegister, &kSecret) == Verdict::kAccepted);
}

TEST_CASE("a replayed request is stale, the next count is not") {
  auto it = server();
  const auto challenges = it.challenges(kNow);
  CHECK(it.verify(kNow, answer(challenges), kRegister, &kSecret) == Verdict::kAccepted);
  CHECK(it.verify(kNow, answer(challenges), kRegister, &kSecret) == Verdict::kStale);
  CHECK(it.verify(kNow, answer(challenges, 0, kRegister, 2), kRegister, &kSecret) ==
        Verdict::kAccepted);
}

TEST_CASE("an old nonce and one of another process are stale only with the right password") {
  auto it = server();
  const auto late = kNow + it.options().nonce.life + 1ms;
  const auto old = answer(it.challenges(kNow));
  CHECK(it.verify(late, old, kRegister, &kSecret) == Verdict::kStale);
  DigestServer before({"pbx"}, "another key of another process..");
  const auto foreign = answer(before.challenges(kNow));
  CHECK(it.verify(kNow, foreign, kRegister, &kSecret) == Verdict::kStale);
  const auto guess = answer(before.challenges(kNow), 0, kRegister, 1, {"guess", {}, {}});
  CHECK(it.verify(kNow, guess, kRegister, &kSecret) == Verdict::kWrongPassword);
}

TEST_CASE("credentials for another realm or another request are told apart") {
  auto it = server();
  auto other = answer(it.challenges(kNow));
  other.realm = "elsewhere";
  CHECK(it.verify(kNow, other, kRegister, &kSecret) == Verdict::kWrongRealm);
  const auto good = answer(it.challenges(kNow));
  CHECK(it.verify(kNow, good, {"REGISTER", "sip:other.example.com", ""}, &kSecret) ==
        Verdict::kWrongUri);
  const DigestRequest invite{"INVITE", "sip:102@pbx.example.com", ""};
  const auto named = answer(it.challenges(kNow), 0, invite);
  CHECK(it.verify(kNow, named, {"INVITE", "sip:103@pbx.example.com", ""}, &kSecret) ==
        Verdict::kWrongUri);
  // sipp names the host alone.
  const auto unnamed = answer(it.challenges(kNow), 0, {"INVITE", "sip:pbx.example.com:5060", ""});
  CHECK(it.verify(kNow, unnamed, invite, &kSecret) == Verdict::kAccepted);
  // A port, a parameter or the case of the host does not make it another request.
  CHECK(it.verify(kNow, good, {"REGISTER", "sip:PBX.example.com:5060;transport=udp", ""},
                  &kSecret) == Verdict::kAccepted);
}

TEST_CASE("what was not offered is not supported") {
  DigestOptions options;
  options.algorithms = {DigestAlgorithm::kSha256};
  auto it = server(options);
  auto all = server();
  CHECK(it.verify(kNow, answer(all.challenges(kNow), 0), kRegister, &kSecret) ==
        Verdict::kUnsupported);
  auto strange = answer(it.challenges(kNow));
  strange.algorithm.reset();
  CHECK(it.verify(kNow, strange, kRegister, &kSecret) == Verdict::kUnsupported);
  strange = answer(it.challenges(kNow));
  strange.qop = DigestQop::kAuthInt;
  CHECK(it.verify(kNow, strange, kRegister, &kSecret) == Verdict::kUnsupported);
}

TEST_CASE("clients without qop are let in only if configured, each nonce once") {
  const auto plain = [](DigestServer& it) {
    auto challenge = parse_challenge(it.challenges(kNow)[0]).value();
    challenge.qops.clear();
    return answer({challenge.header()});
  };
  auto strict = server();
  CHECK(strict.verify(kNow, plain(strict), kRegister, &kSecret) == Verdict::kUnsupported);
  DigestOptions options;
  options.require_qop = false;
  auto liberal = server(options);
  const auto it = plain(liberal);
  CHECK(liberal.verify(kNow, it, kRegister, &kSecret) == Verdict::kAccepted);
  CHECK(liberal.verify(kNow, it, kRegister, &kSecret) == Verdict::kStale);
}

TEST_CASE("auth-int covers the body") {
  DigestOptions options;
  options.offer_auth_int = true;
  auto it = server(options);
  auto challenge = parse_challenge(it.challenges(kNow)[0]).value();
  challenge.qops = {DigestQop::kAuthInt};
  const DigestRequest message{"MESSAGE", "sip:1002@pbx.example.com", "hello"};
  const auto good = answer({challenge.header()}, 0, message);
  CHECK(good.qop == DigestQop::kAuthInt);
  auto changed = message;
  changed.body = "hullo";
  CHECK(it.verify(kNow, good, changed, &kSecret) == Verdict::kWrongPassword);
  CHECK(it.verify(kNow, good, message, &kSecret) == Verdict::kAccepted);
}

TEST_CASE("an account may be known by its hashes alone") {
  Hasher hasher;
  const DigestSecret hashed{"", hasher.hex(HashAlgorithm::kMd5, {"1001:pbx:secret"}), ""};
  auto it = server();
  CHECK(it.verify(kNow, answer(it.challenges(kNow), 0), kRegister, &hashed) == Verdict::kAccepted);
  CHECK(it.verify(kNow, answer(it.challenges(kNow), 1), kRegister, &hashed) ==
        Verdict::kUnsupported);
}

TEST_CASE("a client picks the first challenge it can answer") {
  std::vector<Challenge> list(3);
  list[0].algorithm.reset();
  list[1].algorithm = DigestAlgorithm::kSha256;
  CHECK(choose_challenge(list) == &list[1]);
  CHECK(choose_challenge(std::span(list).first(1)) == nullptr);
  Hasher hasher;
  CHECK_FALSE(answer_challenge(hasher, list[0], kRegister, {"1001", kSecret, "c", 1}));
  CHECK_FALSE(answer_challenge(hasher, list[1], kRegister, {"1001", {}, "c", 1}));
}

}  // namespace pbx::sip
