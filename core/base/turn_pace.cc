#include "core/base/turn_pace.h"

#include <time.h>

#include "core/base/clock.h"

namespace pbx::core {

void TurnPace::rest() const {
  const Instant now = monotonic_now();
  const Instant due = next(now);
  if (due == now) return;
  const auto left = due - now;  // below a second
  const timespec pause{0, static_cast<long>(left.count())};
  nanosleep(&pause, nullptr);
}

}  // namespace pbx::core
