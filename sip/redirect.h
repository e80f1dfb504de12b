// sip/redirect.h — the targets of a 3xx response, and lists of header values.
//
// SIP thread (reads sofia's messages; keeps nothing).

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sip/sofia.h"

namespace pbx::sip {

// The Contact URIs by q, best first, those of equal q in the order written (RFC 3261 8.1.3.4); at
// most call::kRedirectTargetsMax, only sip and sips.
[[nodiscard]] std::vector<std::string> redirect_targets(const sip_t* sip);

// "0.75" → 750; what is no q counts as 1 (RFC 3261 20.10).
[[nodiscard]] unsigned q_thousandths(std::string_view text);

// Cuts at the commas that stand outside <> and quotes.  At most kListMax pieces.
inline constexpr std::size_t kListMax = 16;
[[nodiscard]] std::vector<std::string> split_list(std::string_view text);

}  // namespace pbx::sip
