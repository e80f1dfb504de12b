#include "core/base/clock.h"

namespace pbx::core {

Instant monotonic_now() {
  return Instant(
      std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

WallTime wall_now() { return std::chrono::system_clock::now(); }

WallAnchor wall_anchor_now() { return {monotonic_now(), wall_now()}; }

}  // namespace pbx::core
