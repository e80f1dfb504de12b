// sip/digest_header.h — the values of WWW-Authenticate, Proxy-Authenticate, Authorization and
// Proxy-Authorization with scheme Digest: bounded parsing and writing.
//
// Pure.  RFC 7616 3.3 and 3.4, RFC 8760, RFC 3261 25.1.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace pbx::sip {

inline constexpr std::size_t kDigestBytesMax = 2048;  // of one header value
inline constexpr std::size_t kDigestParamsMax = 24;

enum class DigestAlgorithm : std::uint8_t { kMd5, kMd5Sess, kSha256, kSha256Sess };
[[nodiscard]] std::string_view text(DigestAlgorithm algorithm);  // "SHA-256-sess"

enum class DigestQop : std::uint8_t { kNone, kAuth, kAuthInt };
[[nodiscard]] std::string_view text(DigestQop qop);  // "" for kNone

// What a client sends.  Quoted values are held unquoted.
struct Authorization {
  std::string username, realm, nonce, uri, response;
  std::optional<DigestAlgorithm> algorithm = DigestAlgorithm::kMd5;  // nullopt: none of ours
  std::optional<DigestQop> qop = DigestQop::kNone;                   // nullopt: none of ours
  std::string cnonce;
  std::string nonce_count_text;   // as sent, because the hash covers the text
  std::uint32_t nonce_count = 0;  // 0 without qop
  std::string opaque;

  [[nodiscard]] std::string header() const;  // REQUIRES: algorithm and qop
};

// What a server sends.
struct Challenge {
  std::string realm, nonce, opaque;
  std::optional<DigestAlgorithm> algorithm = DigestAlgorithm::kMd5;  // nullopt: none of ours
  std::vector<DigestQop> qops;                                       // empty: RFC 2069
  bool stale = false;

  [[nodiscard]] std::string header() const;  // REQUIRES: algorithm
};

// Errors: kNotFound if the scheme is not Digest; kLimitReached; kCorrupt if it cannot be read,
// a parameter comes twice, or one that is needed is missing.
[[nodiscard]] core::Result<Authorization> parse_authorization(std::string_view value);
[[nodiscard]] core::Result<Challenge> parse_challenge(std::string_view value);

// The same from a value that is already cut at its commas: `params` ends with a null pointer.
[[nodiscard]] core::Result<Authorization> parse_authorization(std::string_view scheme,
                                                              const char* const* params);
[[nodiscard]] core::Result<Challenge> parse_challenge(std::string_view scheme,
                                                      const char* const* params);

}  // namespace pbx::sip
