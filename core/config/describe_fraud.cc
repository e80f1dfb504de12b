#include "core/config/describe.h"

namespace pbx::config {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

void describe(Visitor& v, Fraud& fraud) {
  constexpr std::string_view kOff = "not watched";
  const NumberForm calls{.min = 1, .max = 10'000, .unit = "calls", .zero = kOff};
  v.option({.name = "international_per_hour",
            .help = "More calls abroad than this in an hour block the extension that made them."},
           fraud.international_per_hour, calls);
  v.option({.name = "short_per_hour",
            .help = "More answered calls to outside that were shorter than `short_talk` do."},
           fraud.short_per_hour, calls);
  v.option({.name = "short_talk", .help = "Below this a talk is short."}, fraud.short_talk,
           DurationForm{.min = seconds(1), .max = minutes(5)});
  v.option({.name = "closed_per_hour",
            .help = "More calls to outside than this in an hour in which `schedule` is closed do."},
           fraud.closed_per_hour, calls);
  v.option({.name = "schedule",
            .help = "Outside of it calls count as calls at night.",
            .default_text = "none",
            .example = "office"},
           fraud.schedule, TextForm{.min = 1, .max = 32, .kind = TextKind::kName});
  v.option({.name = "block_time",
            .help = "How long a blocked extension may call no number outside, emergency numbers "
                    "excepted; `strowger fraud lift` ends it sooner."},
           fraud.block_time, DurationForm{.min = minutes(1), .max = hours(24 * 30)});
  v.rule(fraud.closed_per_hour == 0 || !fraud.schedule.empty(), {"closed_per_hour", "schedule"},
         "closed_per_hour needs a schedule");
}

}  // namespace pbx::config
