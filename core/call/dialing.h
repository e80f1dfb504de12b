// core/call/dialing.h — from the dialled number to the first answer: forking, ringing, redirection.
//
// All contacts of an extension ring at once; the first answer wins and the others are cancelled
// with the cause "answered elsewhere" (RFC 3326).  When all fail, the best failure is told to the
// caller, in the order of RFC 3261 16.7 step 6.

#pragma once

#include <string_view>

#include "core/call/switchboard.h"

namespace pbx::call {

// The user part of a SIP or tel URI, good enough to find a number; "" if there is none.
[[nodiscard]] std::string_view user_of(std::string_view uri);
// What the caller offered, so that the called side is offered the same first.
[[nodiscard]] std::vector<Format> wishes_of_caller(const Call& call);
// What a leg is opened with before its side has agreed to anything.
[[nodiscard]] MediaParams listening(const Leg& leg, std::vector<Format> receive);
// Takes the caller's port and opens it.  False: no port is free.
[[nodiscard]] bool listen_to_caller(Switchboard& board, Turn& turn, Call& call);

// After a leg has failed whose early media the caller heard: what rings on is told as ringing, for
// without this he would hear silence.
void leave_early_media(Switchboard& board, Turn& turn, Call& call);

// Rings every contact of the extension `id`; ends the call if it cannot.
void dial_extension(Switchboard& board, Turn& turn, Call& call, std::string_view id);

void on(Switchboard& board, Turn& turn, const LegProgress& event);
void on(Switchboard& board, Turn& turn, const LegAnswered& event);
void on(Switchboard& board, Turn& turn, const LegRedirected& event);

// A called leg ended before anyone answered.  Ends the call if it was the last one.
void on_contact_failed(Switchboard& board, Turn& turn, Call& call, const core::Cause& cause);

// Nobody answered within the extension's ring time.
void on_ring_limit(Switchboard& board, Turn& turn, Call& call);

}  // namespace pbx::call
