// core/call/talking.h — two legs are connected: answer, recording, hold, new offers.
//
// The exchange keeps the media of every call, so hold is its own affair: the side that holds gets
// its answer, the other hears music and is not asked for anything.

#pragma once

#include "core/call/switchboard.h"

namespace pbx::call {

// Agrees the caller's media, preferring the codec of `with` if there is somebody yet, unless that
// has been done for early media.  False: nothing in common, or the caller's INVITE had no offer.
[[nodiscard]] bool answer_caller(Switchboard& board, Turn& turn, Call& call, const Leg* with);

// `winner` answered: answers the caller, connects both, starts the recording.
void begin_talk(Switchboard& board, Turn& turn, Call& call, Leg& winner);

// Answers the caller's INVITE: with the agreed answer, or with our offer if it had none.
void send_answer(Switchboard& board, Turn& turn, Call& call, const std::vector<Format>& preferred);

// Starts the recording of `call` if the rules say so.  `right` is none for services.
void begin_recording(Switchboard& board, Turn& turn, Call& call, const Leg* right);

// The audio that is in force, open in both directions: for a re-INVITE without an offer (RFC 3264
// 5; RFC 6337 5.2.1), and after a fax.
[[nodiscard]] AudioDescription offer_again(const Leg& leg);

void on(Switchboard& board, Turn& turn, const LegOffered& event);
void on(Switchboard& board, Turn& turn, const LegOfferAnswered& event);
void on(Switchboard& board, Turn& turn, const LegOfferRefused& event);
void on(Switchboard& board, Turn& turn, const RecordingDone& event);

}  // namespace pbx::call
