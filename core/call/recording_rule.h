// core/call/recording_rule.h — is this call recorded, and in which file.  Pure.

#pragma once

#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/wall_time.h"
#include "core/call/cdr.h"
#include "core/config/config.h"

namespace pbx::call {

// `never` of either side, extension or trunk, wins; then the rule decides (config/recording.h).
// `called` is null where a service answers.
[[nodiscard]] bool should_record(const config::Config& config, const CdrLeg& caller,
                                 const CdrLeg* called);

// "2026/11/22/<call>-<recording>.wav" below the recording directory (UTC): known before there is
// a file, so that what a killed daemon left can be found.
[[nodiscard]] std::string recording_path(core::WallTime started, core::CallId call,
                                         core::RecordingId recording);

}  // namespace pbx::call
