// core/route/schedule_section.h — sections `schedules` and `holidays` of a configuration, compiled.
//
// Pure as long as `read_file` is.
//
// Holidays of each year, of a file or of the list, are known from kHolidayYearFirst to
// kHolidayYearLast.

#pragma once

#include <memory>
#include <vector>

#include "core/base/flaw.h"
#include "core/config/config.h"
#include "core/number/numbering.h"
#include "core/route/schedule.h"

namespace pbx::route {

inline constexpr int kHolidayYearFirst = 2000;
inline constexpr int kHolidayYearLast = 2099;

// By name.  Those with a flaw are left out; the paths of flaws are those of the documentation:
// "schedules.office.week.monday[1]", "holidays.russia.file".
[[nodiscard]] std::vector<std::shared_ptr<const Schedule>> compile_schedules(
    const config::Config& config, const number::Numbering::ReadFile& read_file,
    std::vector<core::Flaw>& flaws);

}  // namespace pbx::route
