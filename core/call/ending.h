// core/call/ending.h — how legs and calls end, and the one CDR that each call leaves.
//
// A call ends in two steps: release (signalling ended, media closing, stage kEnding), then, when
// every media report is in or kReportsWait is over, the CDR is written and the call forgotten.

#pragma once

#include <chrono>

#include "core/call/switchboard.h"

namespace pbx::call {

inline constexpr std::chrono::seconds kReportsWait{3};

// The record with the legs as they are now: for the journal, views and the end.
[[nodiscard]] Cdr record_of(const Call& call);

// Marks `leg` as over, closes its media.  Says nothing to SIP: for legs that SIP reported ended.
void end_leg(Switchboard& board, Turn& turn, Call& call, Leg& leg, const core::Cause& cause);
// Ends `leg` on the SIP side too.
void release_leg(Switchboard& board, Turn& turn, Call& call, Leg& leg, const core::Cause& cause);

// Ends the call.  The reference is dead afterwards: the call may be gone.
void release_call(Switchboard& board, Turn& turn, Call& call, const core::Cause& cause, EndedBy by);
// Ends a call that nobody answered; the outcome follows from `cause`.  As above.  The caller may
// hear a tone before the final response (tones.h): the record is closed now, the rest waits.
// Like fail_call(), but the caller hears a prompt of the data directory, once, if he can be made
// to.
void refuse_call(Switchboard& board, Turn& turn, Call& call, const core::Cause& cause,
                 std::string_view prompt);
void fail_call(Switchboard& board, Turn& turn, Call& call, const core::Cause& cause);
void on_failure_tone_over(Switchboard& board, Turn& turn, Call& call);

void on(Switchboard& board, Turn& turn, const LegEnded& event);
void on(Switchboard& board, Turn& turn, const MediaFailed& event);
void on(Switchboard& board, Turn& turn, const MediaSilent& event);
void on(Switchboard& board, Turn& turn, const MediaClosed& event);
void on_reports_overdue(Switchboard& board, Turn& turn, Call& call);

}  // namespace pbx::call
