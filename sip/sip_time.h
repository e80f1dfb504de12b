// sip/sip_time.h — the time that sofia-sip and the SIP thread live by.
//
// su_time() of sofia is the wall clock, and a clock step hits every SIP timer.  Here it becomes the
// monotonic clock plus an offset that only tests move (virtual time).
//
// Any thread.  The replacement is process-wide: use_monotonic_time() once, before the first Stack.

#pragma once

#include "core/base/time.h"
#include "core/base/wall_time.h"

namespace pbx::sip {

void use_monotonic_time();

// Monotonic time plus the test offset.
[[nodiscard]] core::Instant sip_now();

// The same moment on both clocks, for what is kept in times of day.
[[nodiscard]] core::WallAnchor sip_anchor_now();

// Tests only: all SIP time jumps ahead.  Stacks notice at their next wake-up.
void advance_sip_time(core::Duration by);

}  // namespace pbx::sip
