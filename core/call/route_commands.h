// core/call/route_commands.h — what people ask and say of trunks, schedules and blocks.
//
// Pure.  Owner: control.

#pragma once

#include "core/call/switchboard.h"

namespace pbx::call {

void on(Switchboard& board, Turn& turn, const ListTrunks& event);
void on(Switchboard& board, Turn& turn, const ListSchedules& event);
void on(Switchboard& board, Turn& turn, const ListBlocks& event);
void on(Switchboard& board, Turn& turn, const LiftBlock& event);
// A hand on a schedule: night mode.  It is kept over restarts.
void on(Switchboard& board, Turn& turn, const SetSchedule& event);

// REQUIRES: there is such a schedule.
void set_schedule(Switchboard& board, Turn& turn, const std::string& schedule,
                  route::ScheduleOverride hand);

}  // namespace pbx::call
