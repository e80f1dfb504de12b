// core/call/outside.h — calls that leave by a trunk: the trunks in turn, who is shown to whom, what
// becomes of a trunk that cannot.
//
// Pure.  Owner: control.

#pragma once

#include <string>
#include <vector>

#include "core/call/switchboard.h"
#include "core/route/routing.h"

namespace pbx::call {

// Tries `trunks` one after the other until one can take the call.  REQUIRES: call.outside says who
// is called.  If none can, the call fails with what the last one said, or with congestion.
void dial_trunks(Switchboard& board, Turn& turn, Call& call, std::vector<std::string> trunks);

// An emergency call (RFC 6881 in spirit): over `trunks`, then over any other, those that seem
// dead last; limits do not hold, and where a trunk is full a call in progress makes room.
void dial_emergency(Switchboard& board, Turn& turn, Call& call, std::vector<std::string> trunks);

// True: the trunk failed and another one is tried.
[[nodiscard]] bool try_next_trunk(Switchboard& board, Turn& turn, Call& call,
                                  const core::Cause& cause);

// A 3xx of a trunk: the same trunk calls the number of the first target.
void follow_redirect(Switchboard& board, Turn& turn, Call& call, const LegRedirected& event);

void on(Switchboard& board, Turn& turn, const TrunkChanged& event);

}  // namespace pbx::call
