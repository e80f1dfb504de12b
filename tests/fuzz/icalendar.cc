// An administrator's calendar file may be anything: it is read or its mistakes have places; what it
// means lies in the years asked for and within the bound.
#include <cstdint>
#include <cstdlib>

#include "core/route/icalendar.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pbx;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto events = route::parse_icalendar("f", text);
  if (!events) {
    if (events.error().empty() || events.error().size() > config::kMistakesMax) std::abort();
    return 0;
  }
  const auto days = route::expand(*events, 2020, 2030);
  if (days.size() > route::kHolidayDaysMax + 1) std::abort();
  for (const route::Holiday& holiday : days) {
    const int year = static_cast<int>(std::chrono::year_month_day(holiday.day).year());
    if (year < 2020 || year > 2030) std::abort();
  }
  return 0;
}
