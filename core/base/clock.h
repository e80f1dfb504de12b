// core/base/clock.h — the only place of the project that reads a clock.
//
// Thread shells call these and hand the result inwards; pure code takes `now` as an argument and
// includes time.h or wall_time.h instead (tools/tidy.py checks it).

#pragma once

#include "core/base/time.h"
#include "core/base/wall_time.h"

namespace pbx::core {

[[nodiscard]] Instant monotonic_now();       // CLOCK_MONOTONIC: the base of epoll and timerfd too
[[nodiscard]] WallTime wall_now();           // CLOCK_REALTIME: may be stepped
[[nodiscard]] WallAnchor wall_anchor_now();  // both, read together

}  // namespace pbx::core
