// tools/call_load/digest.h — answers digest challenges (RFC 2617, RFC 7616, RFC 8760).
//
// Algorithms MD5, SHA-256 and their -sess forms; qop auth, or none at all (RFC 2069 servers);
// auth-int is not offered by SIP servers and not answered.  Pure but for the hash contexts, which
// one owner uses.

#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"

struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX
struct evp_md_st;      // and EVP_MD

namespace pbx::call_load {

enum class DigestAlgorithm : std::uint8_t { kMd5, kSha256 };

struct Challenge {
  std::string_view realm, nonce, opaque;  // without quotes; escapes are kept as they came
  DigestAlgorithm algorithm = DigestAlgorithm::kMd5;
  bool is_session = false;  // the "-sess" form
  bool has_qop = false;     // the server offers qop=auth
  bool is_stale = false;
};

// Views point into `value`.  Errors: kCorrupt: not a Digest, no nonce; kUnavailable: an algorithm
// or qop that is not known here.
[[nodiscard]] core::Result<Challenge> parse_challenge(std::string_view value);

// The first challenge that can be answered (RFC 8760 2.4: the server sorted them).
// Errors: those of the last one; kNotFound if there is none.
[[nodiscard]] core::Result<Challenge> choose_challenge(std::span<const std::string_view> values);

// What a request adds to a challenge.
struct DigestRequest {
  std::string_view user, password, method, uri, cnonce;
  std::uint32_t nonce_count = 1;
};

class Digester {
 public:
  Digester();
  ~Digester();
  Digester(const Digester&) = delete;
  Digester& operator=(const Digester&) = delete;

  // The value of the response parameter, in hex.
  [[nodiscard]] std::string response(const Challenge& challenge, const DigestRequest& request);
  // The whole value of an Authorization or Proxy-Authorization header.
  [[nodiscard]] std::string authorization(const Challenge& challenge, const DigestRequest& request);

 private:
  std::string hash(DigestAlgorithm algorithm, std::initializer_list<std::string_view> parts);

  struct Release {
    void operator()(evp_md_ctx_st* context) const;
    void operator()(evp_md_st* algorithm) const;
  };
  std::unique_ptr<evp_md_ctx_st, Release> context_;
  std::unique_ptr<evp_md_st, Release> md5_, sha256_;
};

}  // namespace pbx::call_load
