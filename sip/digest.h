// sip/digest.h — digest authentication: the server that challenges and checks, and the response a
// client computes.
//
// Pure; the key of the nonces comes in.  RFC 7616 (and 2617, 2069 where asked for), RFC 8760 for
// several algorithms in SIP, RFC 3261 22.
//
// A wrong password is told apart from an old nonce: only the former says anything about the
// client, so only the former may count against its address (sip/guard.h).

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "sip/digest_header.h"
#include "sip/hash.h"
#include "sip/nonce.h"

namespace pbx::sip {

// What is known of an account.  A hash of user:realm:password (RFC 7616 3.4.2, lower-case hex) goes
// before the password; without either the account cannot be used with that algorithm.
struct DigestSecret {
  std::string password;
  std::string ha1_md5;
  std::string ha1_sha256;
};

struct DigestRequest {
  std::string_view method;
  std::string_view uri;   // of the request line
  std::string_view body;  // for auth-int
};

struct DigestOptions {
  std::string realm;
  std::vector<DigestAlgorithm> algorithms{DigestAlgorithm::kMd5, DigestAlgorithm::kSha256};
  bool require_qop = true;  // false: clients of RFC 2069 are let in, each nonce once
  bool offer_auth_int = false;
  NonceOptions nonce;
};

enum class DigestVerdict : std::uint8_t {
  kAccepted,
  kStale,  // the password is right, the nonce is not: challenge again with stale
  kWrongPassword,
  kUnknownUser,  // as slow as a wrong password, and to be answered like one
  kWrongRealm,   // credentials for somebody else: challenge
  kWrongUri,     // made for another request (RFC 7616 3.4.6): 400
  kUnsupported,  // an algorithm or qop that was not offered: challenge
};

class DigestServer {
 public:
  // `key`: secret and random, of at least 16 octets, new for each start of the process.
  DigestServer(DigestOptions options, std::string_view key);

  // One header value for each algorithm, in the configured order.
  [[nodiscard]] std::vector<std::string> challenges(core::Instant now, bool stale = false);

  // `secret` is null if there is no such account.
  [[nodiscard]] DigestVerdict verify(core::Instant now, const Authorization& authorization,
                                     const DigestRequest& request, const DigestSecret* secret);

  [[nodiscard]] const DigestOptions& options() const { return options_; }

 private:
  [[nodiscard]] bool is_offered(const Authorization& authorization) const;

  DigestOptions options_;
  Hasher hasher_;
  NonceBook nonces_;
};

// The response for `authorization` as it stands (its `response` is not read), or "" if `secret`
// has nothing for its algorithm.  REQUIRES: authorization.algorithm and .qop.
[[nodiscard]] std::string digest_response(Hasher& hasher, const Authorization& authorization,
                                          const DigestRequest& request, const DigestSecret& secret);

// The client's answer to one challenge.
struct DigestClient {
  std::string username;
  DigestSecret secret;
  std::string cnonce;             // random
  std::uint32_t nonce_count = 1;  // how often this nonce is used, this time included
};
// nullopt if the algorithm or every qop of the challenge is beyond us, or the secret lacks.
[[nodiscard]] std::optional<Authorization> answer_challenge(Hasher& hasher,
                                                            const Challenge& challenge,
                                                            const DigestRequest& request,
                                                            const DigestClient& client);

// The first challenge that can be answered: the server lists them by preference (RFC 8760 2.4).
[[nodiscard]] const Challenge* choose_challenge(std::span<const Challenge> challenges);

}  // namespace pbx::sip
