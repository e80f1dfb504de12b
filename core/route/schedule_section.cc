#include "core/route/schedule_section.h"

#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/base/text.h"
#include "core/config/suggest.h"
#include "core/route/icalendar.h"

namespace pbx::route {
namespace {

using Calendars = std::map<std::string, std::shared_ptr<const HolidayCalendar>, std::less<>>;

// Reads all schedules; what is wrong goes to `flaws` with its place.
class Section {
 public:
  Section(const config::Config& config, const number::Numbering::ReadFile& read_file,
          std::vector<core::Flaw>& flaws)
      : config_(config), read_file_(read_file), flaws_(flaws) {}

  std::vector<std::shared_ptr<const Schedule>> run() && {
    for (const auto& [name, calendar] : config_.holidays) read_calendar(calendar);
    std::vector<std::shared_ptr<const Schedule>> schedules;
    for (const auto& [name, schedule] : config_.schedules) {
      const std::size_t flaws_before = flaws_.size();
      ScheduleShape shape = shape_of(schedule);
      if (flaws_.size() > flaws_before) continue;
      if (auto compiled = compile(std::move(shape))) schedules.push_back(std::move(compiled));
    }
    return schedules;
  }

 private:
  void add(std::string path, std::string text) {
    core::add_flaw(flaws_, std::move(path), std::move(text));
  }

  void read_calendar(const config::HolidayCalendar& from) {
    const std::string path = "holidays." + from.name;
    std::vector<Holiday> days;
    for (std::size_t i = 0; i < from.days.size(); ++i)
      add_days(from.days[i], fmt::format("{}.days[{}]", path, i), days);
    if (!from.file.empty()) read_events(from.file, path + ".file", days);
    auto calendar = std::make_shared<const HolidayCalendar>(from.name, std::move(days));
    if (calendar->is_cut())
      add(path, fmt::format("more than {} days from {} to {}", kHolidayDaysMax, kHolidayYearFirst,
                            kHolidayYearLast));
    calendars_.emplace(from.name, std::move(calendar));
  }

  void read_events(const std::filesystem::path& file, const std::string& path,
                   std::vector<Holiday>& days) {
    const auto text = read_file_(file);
    if (!text) return add(path, fmt::format("{} {}", file.string(), text.error().detail));
    const auto events = parse_icalendar(file.string(), *text);
    if (!events) {
      for (const config::Mistake& mistake : events.error()) add(path, mistake.message());
      return;
    }
    std::vector<Holiday> found = expand(*events, kHolidayYearFirst, kHolidayYearLast);
    days.insert(days.end(), std::make_move_iterator(found.begin()),
                std::make_move_iterator(found.end()));
  }

  // "2026-11-04 Unity Day", or "11-04 Unity Day" of each year.
  void add_days(std::string_view text, const std::string& path, std::vector<Holiday>& days) {
    text = core::trim(text);
    const std::size_t cut = std::min(text.find(' '), text.size());
    const std::string_view date = text.substr(0, cut);
    const std::string name(core::trim(text.substr(cut)));
    if (date.size() == std::string_view("2026-11-04").size()) {
      const auto day = parse_date(date);
      if (!day) return add(path, fmt::format("`{}`: {}", date, day.error().detail));
      days.push_back({*day, name});
      return;
    }
    const std::size_t days_before = days.size();
    for (int year = kHolidayYearFirst; year <= kHolidayYearLast; ++year)
      if (const auto day = parse_date(fmt::format("{}-{}", year, date)))
        days.push_back({*day, name});
    if (days.size() == days_before)
      add(path,
          fmt::format("`{}` is no day; allowed: 2026-11-04 and a name, or 11-04 and a name", date));
  }

  ScheduleShape shape_of(const config::Schedule& from) {
    const std::string path = "schedules." + from.name;
    ScheduleShape shape{.name = from.name, .zone = from.zone};
    for (std::size_t i = 0; i < shape.week.size(); ++i)
      shape.week[i] = hours_of(from.week.days[i], fmt::format("{}.week.{}", path, weekday_key(i)));
    for (std::size_t i = 0; i < from.dates.size(); ++i)
      shape.dates.push_back(dates_of(from.dates[i], fmt::format("{}.dates[{}]", path, i)));
    for (std::size_t i = 0; i < from.holidays.size(); ++i) {
      const config::HolidayHours& holidays = from.holidays[i];
      const std::string place = fmt::format("{}.holidays[{}]", path, i);
      const auto known = calendars_.find(holidays.calendar);
      if (known == calendars_.end())
        add(place + ".calendar",
            config::not_there("calendar", holidays.calendar, config::keys_of(calendars_)));
      else
        shape.holidays.push_back({known->second, hours_of(holidays.hours, place + ".hours")});
    }
    return shape;
  }

  DatedHours dates_of(const config::DatedHours& from, const std::string& path) {
    const auto day_of = [&](const std::string& text, const char* option) {
      const auto day = parse_date(text);
      if (!day) add(path + option, fmt::format("`{}`: {}", text, day.error().detail));
      return day.value_or(std::chrono::local_days());
    };
    DatedHours dates;
    dates.first = day_of(from.from, ".from");
    dates.last = from.to.empty() ? dates.first : day_of(from.to, ".to");
    dates.hours = hours_of(from.hours, path + ".hours");
    dates.name = from.name;
    return dates;
  }

  DayHours hours_of(const config::HoursText& texts, const std::string& path) {
    DayHours hours;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const auto span = parse_span(texts[i]);
      if (span)
        hours.push_back(*span);
      else
        add(fmt::format("{}[{}]", path, i), fmt::format("`{}`: {}", texts[i], span.error().detail));
    }
    return hours;
  }

  std::shared_ptr<const Schedule> compile(ScheduleShape shape) {
    const std::string path = "schedules." + shape.name;
    auto schedule = Schedule::compile(std::move(shape));
    if (schedule) return std::make_shared<const Schedule>(std::move(*schedule));
    for (const core::Flaw& flaw : schedule.error()) add(path + '.' + flaw.path, flaw.text);
    return nullptr;
  }

  const config::Config& config_;
  const number::Numbering::ReadFile& read_file_;
  std::vector<core::Flaw>& flaws_;
  Calendars calendars_;
};

}  // namespace

std::vector<std::shared_ptr<const Schedule>> compile_schedules(
    const config::Config& config, const number::Numbering::ReadFile& read_file,
    std::vector<core::Flaw>& flaws) {
  return Section(config, read_file, flaws).run();
}

}  // namespace pbx::route
