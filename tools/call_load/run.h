// tools/call_load/run.h — one run from the first registration to the report.
//
// Blocks.  The calling thread is the SIP thread; the RTP thread, if there is one, lives within.

#pragma once

#include <functional>

#include "core/base/result.h"
#include "tools/call_load/options.h"
#include "tools/call_load/report.h"

namespace pbx::call_load {

// `is_stop_asked` is called about 20 times a second; true ends the traffic early and in order.
// Errors: kUnavailable, kLimitReached: sockets could not be opened, or no callee could register.
[[nodiscard]] core::Result<RunResult> run(const Options& options,
                                          const std::function<bool()>& is_stop_asked);

}  // namespace pbx::call_load
