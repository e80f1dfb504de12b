// core/call/incoming.h — a call comes in: may it, whom is it for, start it.

#pragma once

#include "core/call/switchboard.h"

namespace pbx::call {

void on(Switchboard& board, Turn& turn, const LegIncoming& event);

}  // namespace pbx::call
