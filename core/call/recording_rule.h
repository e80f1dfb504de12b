// core/call/recording_rule.h — is this call recorded.  Pure.

#pragma once

#include <string_view>

#include "core/config/config.h"

namespace pbx::call {

// `never` of either side wins; then the rule decides (config/recording.h).
[[nodiscard]] bool should_record(const config::Config& config, std::string_view caller,
                                 std::string_view called);

}  // namespace pbx::call
