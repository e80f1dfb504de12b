// sip/source_key.h — what counts as one source of messages.
//
// Pure.

#pragma once

#include <algorithm>

#include "core/base/net.h"

namespace pbx::sip {

// The address; of IPv6 the first one of its /64, which is what one customer owns.
[[nodiscard]] inline core::IpAddress source_key(core::IpAddress ip) {
  if (ip.family == core::IpFamily::kV6) std::fill(ip.bytes.begin() + 8, ip.bytes.end(), 0);
  return ip;
}

}  // namespace pbx::sip
