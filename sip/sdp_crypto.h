// sip/sdp_crypto.h — the value of a=crypto (RFC 4568) as an SRTP key and back.
//
// Pure.  What the media engine cannot do makes a line unusable, and an unusable line is ignored as
// if it had not been offered (RFC 4568 5.1.2): other suites, several keys, an MKI (it would change
// every packet), session parameters other than WSH and those marked optional by '-', and a
// lifetime under kSrtpLifetimeMin, because keys are never renewed during a call.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/call/media_description.h"

namespace pbx::sip {

inline constexpr std::size_t kSrtpKeySaltBytes = 30;  // 16 of key and 14 of salt (RFC 4568 6.2)
inline constexpr std::uint64_t kSrtpLifetimeMin = std::uint64_t{1}
                                                  << 20;  // packets; 5.8 h of 20 ms
inline constexpr std::uint64_t kSrtpLifetimeMax = std::uint64_t{1} << 48;  // RFC 4568 6.1
inline constexpr unsigned kCryptoTagMax = 999'999'999;                     // RFC 4568 9.1: 9 digits

// nullopt: the line is to be ignored.
[[nodiscard]] std::optional<call::SrtpKey> parse_crypto(std::string_view value);

// "1 AES_CM_128_HMAC_SHA1_80 inline:…".  REQUIRES: key_salt has kSrtpKeySaltBytes octets.
[[nodiscard]] std::string format_crypto(const call::SrtpKey& key);

}  // namespace pbx::sip
