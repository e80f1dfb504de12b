// core/call/call_route.h — where a new call goes: services, extensions, emergency numbers, plans.
//
// Pure.  Owner: control.  A telephone's call is looked for in this order: emergency number 112,
// feature codes, extensions of its domain, emergency numbers of the country, then the plan of the
// extension.  A trunk's call goes by the plan of the trunk.  A plan may lead into another domain,
// if there is a passage.

#pragma once

#include "core/call/switchboard.h"

namespace pbx::call {

// Names the parties of `call` in their stored form.  For calls of trunks, before anything is told
// of them.
void read_numbers(const Switchboard& board, Call& call, const LegIncoming& event);

// Ends with the call ringing somewhere, answered by a service, or failed.
void route_call(Switchboard& board, Turn& turn, Call& call, const LegIncoming& event);

}  // namespace pbx::call
