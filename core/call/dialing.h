// core/call/dialing.h — from the dialled number to the first answer: forking, ringing, redirection.
//
// All contacts of an extension ring at once; the first answer wins and the others are cancelled
// with the cause "answered elsewhere" (RFC 3326).  When all fail, the best failure is told to the
// caller, in the order of RFC 3261 16.7 step 6.

#pragma once

#include <string_view>

#include "core/call/switchboard.h"

namespace pbx::call {

// Rings every contact of extension `number`; ends the call if it cannot.
void dial_extension(Switchboard& board, Turn& turn, Call& call, std::string_view number);

void on(Switchboard& board, Turn& turn, const LegProgress& event);
void on(Switchboard& board, Turn& turn, const LegAnswered& event);
void on(Switchboard& board, Turn& turn, const LegRedirected& event);

// A called leg ended before anyone answered.  Ends the call if it was the last one.
void on_contact_failed(Switchboard& board, Turn& turn, Call& call, const core::Cause& cause);

// Nobody answered within the extension's ring time.
void on_ring_limit(Switchboard& board, Turn& turn, Call& call);

}  // namespace pbx::call
