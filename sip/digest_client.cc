#include "sip/digest_client.h"

#include <algorithm>
#include <utility>

namespace pbx::sip {
namespace {

// The lower the better; answerable challenges have an algorithm.
unsigned rank(const Challenge& challenge) {
  switch (*challenge.algorithm) {
    case DigestAlgorithm::kSha256:
      return 0;
    case DigestAlgorithm::kSha256Sess:
      return 1;
    case DigestAlgorithm::kMd5:
      return 2;
    case DigestAlgorithm::kMd5Sess:
      return 3;
  }
  return 4;
}

}  // namespace

std::optional<Challenger> challenger_of(int status) {
  if (status == 401) return Challenger::kServer;
  if (status == 407) return Challenger::kProxy;
  return std::nullopt;
}

std::string_view challenge_header(Challenger from) {
  return from == Challenger::kServer ? "WWW-Authenticate" : "Proxy-Authenticate";
}

std::string_view credentials_header(Challenger from) {
  return from == Challenger::kServer ? "Authorization" : "Proxy-Authorization";
}

std::string_view text(ChallengeVerdict verdict) {
  switch (verdict) {
    case ChallengeVerdict::kRetry:
      return "asked for the password";
    case ChallengeVerdict::kWrongPassword:
      return "username or password is wrong";
    case ChallengeVerdict::kNoLogin:
      return "a password is asked for, and the trunk has none in `login`";
    case ChallengeVerdict::kUnanswerable:
      return "the challenge cannot be answered: Digest with SHA-256 or MD5 and qop auth, auth-int "
             "or none is understood";
    case ChallengeVerdict::kEndless:
      return "asked for the password again and again";
  }
  return "";
}

std::vector<Challenge> read_challenges(std::span<const std::string_view> values) {
  std::vector<Challenge> out;
  for (const auto value : values.first(std::min(values.size(), kChallengesReadMax)))
    if (auto read = parse_challenge(value)) out.push_back(std::move(*read));
  return out;
}

DigestAuthorizer::DigestAuthorizer(std::string username, DigestSecret secret)
    : username_(std::move(username)), secret_(std::move(secret)) {}

ChallengeVerdict DigestAuthorizer::learn(Challenger from, Challenges challenges,
                                         DigestAttempt& attempt) {
  challenges = challenges.first(std::min(challenges.size(), kChallengesReadMax));
  const auto verdict = judge(from, challenges, attempt);
  if (verdict != ChallengeVerdict::kRetry)
    for (const auto& challenge : challenges) forget(from, challenge.realm);
  return verdict;
}

ChallengeVerdict DigestAuthorizer::judge(Challenger from, Challenges challenges,
                                         DigestAttempt& attempt) {
  const auto& secret = secret_;
  const bool has_secret =
      !secret.password.empty() || !secret.ha1_md5.empty() || !secret.ha1_sha256.empty();
  if (username_.empty() || !has_secret) return ChallengeVerdict::kNoLogin;
  if (++attempt.challenged_ > kChallengesMax) return ChallengeVerdict::kEndless;
  bool learned = false;
  for (const auto& it : challenges) {
    if (choose(challenges, it.realm) != &it) continue;
    const auto sent =
        std::find_if(attempt.sent_.begin(), attempt.sent_.end(),
                     [&](const auto& use) { return use.from == from && use.realm == it.realm; });
    const bool refused = sent != attempt.sent_.end() && !it.stale;
    if (refused && (sent->first || sent->nonce == it.nonce))
      return ChallengeVerdict::kWrongPassword;
    remember(from, it);
    learned = true;
  }
  return learned ? ChallengeVerdict::kRetry : ChallengeVerdict::kUnanswerable;
}

// The best that can be answered among those of one realm.
const Challenge* DigestAuthorizer::choose(Challenges challenges, std::string_view realm) {
  const Challenge* best = nullptr;
  for (const auto& it : challenges)
    if (it.realm == realm && can_answer(it) && (!best || rank(it) < rank(*best))) best = &it;
  return best;
}

// By trying: what an algorithm needs is known in one place.
bool DigestAuthorizer::can_answer(const Challenge& challenge) {
  const DigestClient client{username_, secret_, "0", 1};
  return answer_challenge(hasher_, challenge, {"REGISTER", "sip:x", {}}, client).has_value();
}

void DigestAuthorizer::remember(Challenger from, const Challenge& challenge) {
  const auto known = std::find_if(realms_.begin(), realms_.end(), [&](const Realm& it) {
    return it.from == from && it.challenge.realm == challenge.realm;
  });
  // A server may repeat a nonce; its uses go on counting (RFC 7616 3.4.5).
  if (known != realms_.end() && known->challenge.nonce == challenge.nonce &&
      known->challenge.algorithm == challenge.algorithm) {
    known->challenge = challenge;
    return;
  }
  forget(from, challenge.realm);
  if (realms_.size() == kRealmsMax) realms_.erase(realms_.begin());
  realms_.push_back({from, challenge, 0, {}});
}

void DigestAuthorizer::forget(Challenger from, std::string_view realm) {
  std::erase_if(realms_,
                [&](const Realm& it) { return it.from == from && it.challenge.realm == realm; });
}

std::vector<DigestCredentials> DigestAuthorizer::authorize(const DigestRequest& request,
                                                           core::Random& random,
                                                           DigestAttempt& attempt) {
  attempt.sent_.clear();
  std::vector<DigestCredentials> out;
  for (auto& it : realms_) {
    if (it.uses == 0) it.cnonce = random.hex(kCnonceDigits);
    const DigestClient client{username_, secret_, it.cnonce, ++it.uses};
    const auto answer = answer_challenge(hasher_, it.challenge, request, client);
    if (!answer) continue;
    out.push_back({it.from, answer->header()});
    attempt.sent_.push_back({it.from, it.challenge.realm, it.challenge.nonce, it.uses == 1});
  }
  return out;
}

}  // namespace pbx::sip
