#include "sip/digest.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/base/text.h"
#include "sip/uri.h"

namespace pbx::sip {
namespace {

HashAlgorithm hash_of(DigestAlgorithm algorithm) {
  const bool md5 = algorithm == DigestAlgorithm::kMd5 || algorithm == DigestAlgorithm::kMd5Sess;
  return md5 ? HashAlgorithm::kMd5 : HashAlgorithm::kSha256;
}

bool is_session(DigestAlgorithm algorithm) {
  return algorithm == DigestAlgorithm::kMd5Sess || algorithm == DigestAlgorithm::kSha256Sess;
}

// RFC 7616 3.4.2
std::string ha1(Hasher& hasher, const Authorization& it, const DigestSecret& secret) {
  const auto hash = hash_of(*it.algorithm);
  const auto& known = hash == HashAlgorithm::kMd5 ? secret.ha1_md5 : secret.ha1_sha256;
  if (known.empty() && secret.password.empty()) return {};
  auto out =
      known.empty() ? hasher.hex(hash, {it.username, ":", it.realm, ":", secret.password}) : known;
  if (is_session(*it.algorithm)) out = hasher.hex(hash, {out, ":", it.nonce, ":", it.cnonce});
  return out;
}

// RFC 7616 3.4.3
std::string ha2(Hasher& hasher, const Authorization& it, const DigestRequest& request) {
  const auto hash = hash_of(*it.algorithm);
  if (*it.qop != DigestQop::kAuthInt) return hasher.hex(hash, {request.method, ":", it.uri});
  const auto body = hasher.hex(hash, {request.body});
  return hasher.hex(hash, {request.method, ":", it.uri, ":", body});
}

// Proxies and telephones write ports and parameters their own way, and sipp leaves the user out
// (the nonce count keeps such credentials from being used twice): host and, if named, user must
// agree.
bool is_for(std::string_view said, std::string_view requested) {
  if (said == requested) return true;
  const auto a = parse_uri(said);
  const auto b = parse_uri(requested);
  return a && b && (a->user.empty() || a->user == b->user) && core::equals_nocase(a->host, b->host);
}

}  // namespace

std::string digest_response(Hasher& hasher, const Authorization& it, const DigestRequest& request,
                            const DigestSecret& secret) {
  const auto first = ha1(hasher, it, secret);
  if (first.empty()) return {};
  const auto second = ha2(hasher, it, request);
  const auto hash = hash_of(*it.algorithm);
  if (*it.qop == DigestQop::kNone) return hasher.hex(hash, {first, ":", it.nonce, ":", second});
  return hasher.hex(hash, {first, ":", it.nonce, ":", it.nonce_count_text, ":", it.cnonce, ":",
                           text(*it.qop), ":", second});
}

DigestServer::DigestServer(DigestOptions options, std::string_view key)
    : options_(std::move(options)), nonces_(options_.nonce, key) {
  std::erase_if(options_.algorithms, [&](auto it) { return !hasher_.has(hash_of(it)); });
}

std::vector<std::string> DigestServer::challenges(core::Instant now, bool stale) {
  Challenge challenge;
  challenge.realm = options_.realm;
  challenge.nonce = nonces_.issue(now);
  challenge.stale = stale;
  challenge.qops = {DigestQop::kAuth};
  if (options_.offer_auth_int) challenge.qops.push_back(DigestQop::kAuthInt);
  std::vector<std::string> out;
  for (const auto algorithm : options_.algorithms) {
    challenge.algorithm = algorithm;
    out.push_back(challenge.header());
  }
  return out;
}

bool DigestServer::is_offered(const Authorization& it) const {
  const auto& list = options_.algorithms;
  if (!it.algorithm || !it.qop) return false;
  if (std::find(list.begin(), list.end(), *it.algorithm) == list.end()) return false;
  if (*it.qop == DigestQop::kNone) return !options_.require_qop && !is_session(*it.algorithm);
  return *it.qop == DigestQop::kAuth || options_.offer_auth_int;
}

DigestVerdict DigestServer::verify(core::Instant now, const Authorization& it,
                                   const DigestRequest& request, const DigestSecret* secret) {
  if (it.realm != options_.realm) return DigestVerdict::kWrongRealm;
  if (!is_offered(it)) return DigestVerdict::kUnsupported;
  if (!is_for(it.uri, request.uri)) return DigestVerdict::kWrongUri;
  // An unknown user costs the same hashes as a known one, so that time does not tell them apart.
  static const DigestSecret kNobody{"nobody", {}, {}};
  const auto expected = digest_response(hasher_, it, request, secret ? *secret : kNobody);
  const auto said = core::to_lower(it.response);
  if (!secret) return DigestVerdict::kUnknownUser;
  if (expected.empty()) return DigestVerdict::kUnsupported;
  if (!equal_in_constant_time(expected, said)) return DigestVerdict::kWrongPassword;
  return nonces_.spend(now, it.nonce, it.nonce_count) ? DigestVerdict::kAccepted
                                                      : DigestVerdict::kStale;
}

std::optional<Authorization> answer_challenge(Hasher& hasher, const Challenge& challenge,
                                              const DigestRequest& request,
                                              const DigestClient& client) {
  if (!challenge.algorithm || !hasher.has(hash_of(*challenge.algorithm))) return std::nullopt;
  const bool counts = !challenge.qops.empty();
  const auto& qops = challenge.qops;
  const bool auth = std::find(qops.begin(), qops.end(), DigestQop::kAuth) != qops.end();
  Authorization out;
  out.username = client.username;
  out.realm = challenge.realm;
  out.nonce = challenge.nonce;
  out.opaque = challenge.opaque;
  out.uri = request.uri;
  out.algorithm = challenge.algorithm;
  out.qop = !counts ? DigestQop::kNone : auth ? DigestQop::kAuth : DigestQop::kAuthInt;
  if (counts || is_session(*out.algorithm)) out.cnonce = client.cnonce;
  if (counts) {
    out.nonce_count = client.nonce_count;
    out.nonce_count_text = fmt::format("{:08x}", client.nonce_count);
  }
  out.response = digest_response(hasher, out, request, client.secret);
  if (out.response.empty()) return std::nullopt;
  return out;
}

const Challenge* choose_challenge(std::span<const Challenge> challenges) {
  const auto found = std::find_if(challenges.begin(), challenges.end(),
                                  [](const Challenge& it) { return it.algorithm.has_value(); });
  return found == challenges.end() ? nullptr : &*found;
}

}  // namespace pbx::sip
