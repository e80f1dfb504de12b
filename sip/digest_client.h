// sip/digest_client.h — what a trunk answers to 401 and 407: learns challenges, writes credentials,
// and knows when asking again is of no use.
//
// Pure; chance comes in.  One owner: one trunk with one login.  RFC 7616 3.4 (and 2069 where the
// challenge has no qop), RFC 8760, RFC 3261 22.2 and 22.3.
//
// A nonce is kept with the count of its uses, so that the next request carries credentials before
// it is asked.  The requests of one trunk share the nonces; what one request and its repetitions
// have said and heard is in a DigestAttempt of its own.
//
// | the request had credentials for that realm | the new challenge              | then            |
// |--------------------------------------------|--------------------------------|-----------------|
// | no                                         | any                            | kRetry          |
// | yes                                        | stale=true                     | kRetry          |
// | yes, their nonce had served before         | another nonce                  | kRetry          |
// | yes, their nonce had served before         | the same nonce                 | kWrongPassword  |
// | yes, the first ones of their nonce         | not stale                      | kWrongPassword  |
//
// The third line is for servers whose nonces serve once and who do not say stale.  However it goes,
// one request is challenged kChallengesMax times at most.
//
// SHA-256 goes before MD5 whatever the order of the server, whose list a man in the middle could
// have turned; a -sess variant goes after its plain one.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/random.h"
#include "sip/digest.h"

namespace pbx::sip {

enum class Challenger : std::uint8_t { kServer, kProxy };  // 401, 407
[[nodiscard]] std::optional<Challenger> challenger_of(int status);
[[nodiscard]] std::string_view challenge_header(Challenger from);    // "WWW-Authenticate"
[[nodiscard]] std::string_view credentials_header(Challenger from);  // "Authorization"

// The values of one header that can be read, up to kChallengesReadMax of them; those of other
// schemes and the broken ones are left out.
inline constexpr std::size_t kChallengesReadMax = 8;
[[nodiscard]] std::vector<Challenge> read_challenges(std::span<const std::string_view> values);

// One request with its repetitions.  A new request, to another server too, begins with a new one.
class DigestAttempt {
 private:
  friend class DigestAuthorizer;
  struct Use {
    Challenger from = Challenger::kServer;
    std::string realm;
    std::string nonce;
    bool first = true;  // of this nonce
  };
  std::vector<Use> sent_;  // with the last repetition
  unsigned challenged_ = 0;
};

enum class ChallengeVerdict : std::uint8_t {
  kRetry,          // authorize() and send the request again
  kWrongPassword,  // the credentials were understood and refused
  kNoLogin,        // the trunk has no name or no password to answer with
  kUnanswerable,   // no challenge that can be read, or only algorithms and qops beyond us
  kEndless,        // challenged again and again
};
[[nodiscard]] std::string_view text(ChallengeVerdict verdict);  // for people

struct DigestCredentials {
  Challenger for_whom = Challenger::kServer;
  std::string value;  // of the header credentials_header(for_whom)
};

class DigestAuthorizer {
 public:
  static constexpr std::size_t kRealmsMax = 4;   // kept; the one learned longest ago is forgotten
  static constexpr unsigned kChallengesMax = 4;  // of one attempt: a proxy, a server, each stale
  static constexpr std::size_t kCnonceDigits = 16;

  DigestAuthorizer(std::string username, DigestSecret secret);

  // What `attempt` was refused with.  Anything but kRetry forgets the realms that refused, so that
  // the next attempt begins without credentials.
  [[nodiscard]] ChallengeVerdict learn(Challenger from, std::span<const Challenge> challenges,
                                       DigestAttempt& attempt);

  // For each realm known the credentials of `request`, the nonce counted up; empty: none is known.
  [[nodiscard]] std::vector<DigestCredentials> authorize(const DigestRequest& request,
                                                         core::Random& random,
                                                         DigestAttempt& attempt);

 private:
  struct Realm {
    Challenger from = Challenger::kServer;
    Challenge challenge;
    std::uint32_t uses = 0;
    std::string cnonce;  // of the nonce: a -sess key is made of the first one (RFC 7616 3.4.2)
  };
  using Challenges = std::span<const Challenge>;
  [[nodiscard]] ChallengeVerdict judge(Challenger from, Challenges, DigestAttempt& attempt);
  [[nodiscard]] const Challenge* choose(Challenges, std::string_view realm);
  [[nodiscard]] bool can_answer(const Challenge& challenge);
  void remember(Challenger from, const Challenge& challenge);
  void forget(Challenger from, std::string_view realm);

  std::string username_;
  DigestSecret secret_;
  Hasher hasher_;
  std::vector<Realm> realms_;  // in the order of learning
};

}  // namespace pbx::sip
