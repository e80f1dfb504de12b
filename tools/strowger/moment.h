// tools/strowger/moment.h — a moment as a person at a terminal writes it.
//
// Reads the time zone of this machine (localtime), no clock.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/wall_time.h"

namespace pbx::tools {

// "2026-12-31 23:30", with seconds if wanted; the local time of this machine, or with "Z" or
// "+03:00" after it that of the offset.  "T" may stand for the space.  A time that clocks jump over
// is taken as if they had not.  Errors: kInvalidArgument.
[[nodiscard]] core::Result<core::WallTime> parse_moment(std::string_view text);

}  // namespace pbx::tools
