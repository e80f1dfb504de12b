// core/call/services.h — what the exchange itself does when a feature code is dialled.

#pragma once

#include "core/call/switchboard.h"

namespace pbx::call {

// Starts the service that was dialled.  False: the number is none.
[[nodiscard]] bool start_service(Switchboard& board, Turn& turn, Call& call);

void on(Switchboard& board, Turn& turn, const PlaybackDone& event);

// Answers and plays a prompt of the data directory, then hangs up.
void start_announcement(Switchboard& board, Turn& turn, Call& call, const std::string& name);

}  // namespace pbx::call
