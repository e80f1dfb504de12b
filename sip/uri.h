// sip/uri.h — SIP, SIPS and tel URIs and the name-addr form, for code that sees no SIP library.
//
// Pure.  RFC 3261 19.1 and 25.1, RFC 3966.  Parts are held unescaped; format() escapes what must
// be.  A user part may therefore hold any octet, also NUL (RFC 4475 3.1.1.4): escape it for logs.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace pbx::sip {

// Longer texts are refused with kLimitReached.
inline constexpr std::size_t kUriBytesMax = 1024;
inline constexpr std::size_t kNameAddrBytesMax = 2048;
inline constexpr std::size_t kUriParamsMax = 32;

struct Param {
  std::string name;
  std::string value;  // "" also for a flag
  friend bool operator==(const Param&, const Param&) = default;
};
// The first of that name (case does not matter), or null.
[[nodiscard]] const Param* find_param(const std::vector<Param>& params, std::string_view name);

struct Uri {
  enum class Scheme : std::uint8_t { kSip, kSips, kTel };
  Scheme scheme = Scheme::kSip;
  std::string user;        // the number of a tel URI, as written
  std::string password;    // deprecated by RFC 3261; only kept for comparison
  std::string host;        // IPv6 in brackets; "" for tel
  std::uint16_t port = 0;  // 0: none given
  std::vector<Param> params;
  std::string headers;  // what follows '?', still escaped

  [[nodiscard]] std::string text() const;
  friend bool operator==(const Uri&, const Uri&) = default;  // same text; see equivalent()
};

// Errors: kCorrupt, kLimitReached.
[[nodiscard]] core::Result<Uri> parse_uri(std::string_view text);

// The comparison of RFC 3261 19.1.4: host without case, some parameters must agree if either side
// has them, the others if both have them.
[[nodiscard]] bool equivalent(const Uri& a, const Uri& b);

// "Display" <uri>;param=value — of From, Contact, Diversion and their like.
struct NameAddr {
  std::string display;        // unquoted, or ""
  std::string uri;            // as written, of any scheme
  std::vector<Param> params;  // of the header, not of the URI

  [[nodiscard]] std::string text() const;
  friend bool operator==(const NameAddr&, const NameAddr&) = default;
};
// Without <> everything after the first ';' belongs to the header (RFC 3261 20.10).
// Errors: kCorrupt, kLimitReached.
[[nodiscard]] core::Result<NameAddr> parse_name_addr(std::string_view text);

[[nodiscard]] std::string unescape(std::string_view text);     // a bad %xx stays as it is
[[nodiscard]] std::string escape_user(std::string_view text);  // for the user part of a URI

}  // namespace pbx::sip
