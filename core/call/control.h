// core/call/control.h — the door of the heart: events in, effects out.
//
// Pure: no clock, no socket, no lock; the same events give the same effects, byte for byte.
// Owner: the control thread; the simulator runs the same object under virtual time.
//
// Contract: call apply() for each event and expire() when next_deadline() has come; execute the
// effects in their order.  A handler does bounded work: legs of one call, never all calls.

#pragma once

#include <optional>

#include "core/base/time.h"
#include "core/call/effect.h"
#include "core/call/event.h"
#include "core/call/switchboard.h"

namespace pbx::call {

class Control {
 public:
  Control(const SwitchboardOptions& options, SecretSource& secrets) : board_(options, secrets) {}

  void apply(core::Instant now, const Event& event, Effects& out);
  void expire(core::Instant now, Effects& out);
  [[nodiscard]] std::optional<core::Instant> next_deadline() const {
    return board_.timers.next_deadline();
  }

  // The shell takes a new anchor now and then, so that records follow corrections of the clock.
  void set_wall(const core::WallAnchor& wall) { board_.wall = wall; }

  [[nodiscard]] ControlStatus status() const;
  [[nodiscard]] const Switchboard& board() const { return board_; }

 private:
  Switchboard board_;
};

}  // namespace pbx::call
