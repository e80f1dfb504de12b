// core/base/turn_pace.h — keeps the turns of a busy thread apart, so that each finds more to do.
//
// For thread shells whose work comes in single messages: a wake-up costs more than a message.
// While turns come close together the thread rests between them, at most the interval after each
// began; what comes meanwhile is handled together.  A thread that is woken now and then never
// rests, so an idle exchange answers at once.  Owner: the thread.

#pragma once

#include "core/base/time.h"

namespace pbx::core {

class TurnPace {
 public:
  explicit TurnPace(Duration interval) : interval_(interval) {}

  void begin(Instant now) {
    before_ = began_;
    began_ = now;
  }
  // When the next turn may begin: `now` or later.
  [[nodiscard]] Instant next(Instant now) const {
    const bool is_busy = began_ - before_ < 2 * interval_;
    return is_busy && began_ + interval_ > now ? began_ + interval_ : now;
  }
  // Sleeps until then.
  void rest() const;

 private:
  Duration interval_;
  Instant before_{}, began_{};  // of the last two turns
};

}  // namespace pbx::core
