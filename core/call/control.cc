#include "core/call/control.h"

#include "core/call/commands.h"
#include "core/call/dialing.h"
#include "core/call/digits.h"
#include "core/call/ending.h"
#include "core/call/incoming.h"
#include "core/call/messages.h"
#include "core/call/outside.h"
#include "core/call/permission.h"
#include "core/call/route_commands.h"
#include "core/call/services.h"
#include "core/call/talking.h"

namespace pbx::call {

void Control::apply(core::Instant now, const Event& event, Effects& out) {
  Turn turn{now, board_.wall.wall_at(now), out};
  std::visit([&](const auto& one) { on(board_, turn, one); }, event);
}

void Control::expire(core::Instant now, Effects& out) {
  Turn turn{now, board_.wall.wall_at(now), out};
  board_.timers.expire(now, [&](CallTimer timer) {
    Call* call = board_.find(timer.call);
    if (call == nullptr) return;
    call->timer = {};
    if (call->stage == Call::Stage::kEnding)
      on_reports_overdue(board_, turn, *call);
    else if (call->stage == Call::Stage::kTalking)
      on_talk_limit(board_, turn, *call);
    else if (call->stage == Call::Stage::kFailing)
      on_failure_tone_over(board_, turn, *call);
    else
      on_ring_limit(board_, turn, *call);
  });
}

ControlStatus Control::status() const { return status_of(board_); }

}  // namespace pbx::call
