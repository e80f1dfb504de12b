// sip/reason.h — the Reason header (RFC 3326): why a request or response was sent.
//
// Pure.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pbx::sip {

inline constexpr std::size_t kReasonsMax = 8;  // further ones are not read

struct Reason {
  std::string protocol;     // "SIP", "Q.850", …
  std::uint16_t cause = 0;  // 0: none given
  std::string text;
  friend bool operator==(const Reason&, const Reason&) = default;
};

// The values of one header, in order; those that cannot be read are passed over.
[[nodiscard]] std::vector<Reason> parse_reasons(std::string_view value);

// `Q.850;cause=16;text="Normal call clearing"`
[[nodiscard]] std::string text(const Reason& reason);

// The first Q.850 cause from 1 to 127, or 0.
[[nodiscard]] std::uint8_t q850_cause(const std::vector<Reason>& reasons);

// "SIP;cause=200", with which the losers of a fork are cancelled (RFC 3326 2).
[[nodiscard]] bool is_completed_elsewhere(const std::vector<Reason>& reasons);

}  // namespace pbx::sip
