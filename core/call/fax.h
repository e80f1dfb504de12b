// core/call/fax.h — fax by T.38: one side offers it within the talk, the other is asked, and both
// leave audio together or not at all (ITU-T T.38 annex D).
//
// Pure.  Owner: control.  What the machines say to each other is passed on as it is.
//
//   A offers T.38 → we offer it to B → B takes it: A is answered, both sides pass datagrams
//                                    → B refuses: A is refused (488), and fax goes on as audio
//   A offers audio again → A is answered, and B is offered audio

#pragma once

#include "core/call/switchboard.h"

namespace pbx::call {

// `leg` offers a fax.
void on_fax_offered(Switchboard& board, Turn& turn, Call& call, Leg& leg,
                    const AudioDescription& offer);
// The answer of `leg` to an offer of ours, or its refusal.  True: that offer was a fax.
bool on_fax_answered(Switchboard& board, Turn& turn, Call& call, Leg& leg,
                     const AudioDescription& answer);
bool on_fax_refused(Turn& turn, Call& call, Leg& leg);
// `leg` has gone back to audio: the other side is asked to follow.
void leave_fax(Switchboard& board, Turn& turn, Call& call, Leg& leg);

}  // namespace pbx::call
