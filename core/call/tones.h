// core/call/tones.h — what a caller hears of the exchange itself before an answer: ringback while
// it rings, and the tone that tells why a call failed, before its final response.
//
// Pure.  Both are early media: a 183 with our answer to the caller's offer (RFC 3960 3.1).  That
// answer stays the answer of the call (RFC 3261 13.2.1, RFC 3262 5), so a called phone that takes
// another codec is transcoded.  A caller who hears nothing gets none: an INVITE without an offer,
// one on hold, no codec in common.
//
// A tone must not cost anyone a call: none is begun for a failure while the exchange drains, when
// more than three quarters of its calls or ports are taken, or for a caller who has more calls
// than it may have.

#pragma once

#include "core/call/switchboard.h"

namespace pbx::call {

// The tone that tells `cause`:
//
// | tone       | when                                                                           |
// |------------|--------------------------------------------------------------------------------|
// | busy       | a person may answer another time: busy, declined (603), no answer              |
// | congestion | the network has not enough: Q.850 34, 38, 42, 44, 47, 58; 502 to 504           |
// | reorder    | all else: no such number, no phone registered, forbidden, no codec in common   |
[[nodiscard]] Tone tone_for(const core::Cause& cause);

// Tells the caller that it rings: by the exchange's ringback if call.ringback says so, else by a
// 180, at which the caller's phone makes its own.
void tell_ringing(Switchboard& board, Turn& turn, Call& call);

// Ringback ends: early media or the answer takes its place.
void stop_ringback(Turn& turn, Call& call);

// Has the caller hear the tone of `cause` for call.failure_tone and sets the call's timer.
// False: there is none to be heard, the final response shall go at once.
[[nodiscard]] bool start_failure_tone(Switchboard& board, Turn& turn, Call& call,
                                      const core::Cause& cause);

// Has the caller hear the file data_dir/prompts/LANGUAGE/`name`.wav before the final response, and
// sets the call's timer in case it never ends.  False: he cannot be made to hear it.
[[nodiscard]] bool start_prompt(Switchboard& board, Turn& turn, Call& call, std::string_view name);
// The file of a prompt in the language of the exchange.
[[nodiscard]] PlayFile prompt_file(const Switchboard& board, std::string_view name);

}  // namespace pbx::call
