// core/call/commands.h — what people and programs ask of control.

#pragma once

#include "core/call/switchboard.h"

namespace pbx::call {

void on(Switchboard& board, Turn& turn, const ListCalls& event);
// Answered when the media worker has told its figures (MediaStatus); at once if there are none.
void on(Switchboard& board, Turn& turn, const ShowCall& event);
void on(Switchboard& board, Turn& turn, const MediaStatus& event);
void on(Switchboard& board, Turn& turn, const ShowStatus& event);
void on(Switchboard& board, Turn& turn, const HangUp& event);
void on(Switchboard& board, Turn& turn, const Drain& event);
void on(Switchboard& board, Turn& turn, const ConfigChanged& event);

// Tells those who wait for the end of the last call, if it has ended.
void answer_drains(Switchboard& board, Turn& turn);

[[nodiscard]] ControlStatus status_of(const Switchboard& board);

}  // namespace pbx::call
