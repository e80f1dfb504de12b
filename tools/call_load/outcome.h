// tools/call_load/outcome.h — judges a call that is over.
//
// Pure.

#pragma once

#include "tools/call_load/call_stats.h"
#include "tools/call_load/leg.h"
#include "tools/call_load/media_port.h"

namespace pbx::call_load {

// Fewer packets than this prove nothing: the call was too short.
inline constexpr std::uint64_t kProofPackets = 10;

// One direction, from what its two ends counted.  `are_marked`: packets reach the other end as they
// were sent; otherwise (transcoded, tone) only the RTP sequence of what the server sends is known.
[[nodiscard]] MediaTotals totals_of(const MediaReport& sender, const MediaReport& receiver,
                                    bool are_marked);

// Adds the call to the totals, as exactly one of ok, cancelled and failed.
void account(Call& call, bool are_marked, CallStats& stats);

}  // namespace pbx::call_load
