// core/call/digits.h — digits pressed during a call, carried to the other side in its own way.

#pragma once

#include "core/call/switchboard.h"

namespace pbx::call {

void on(Switchboard& board, Turn& turn, const MediaDigit& event);
void on(Switchboard& board, Turn& turn, const LegInfoDigit& event);

}  // namespace pbx::call
