#include "core/route/schedule.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/text.h"

namespace pbx::route {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::local_seconds;
using std::chrono::minutes;

constexpr minutes kDay = days(1);
constexpr std::array<std::string_view, 7> kKeys = {"monday", "tuesday",  "wednesday", "thursday",
                                                   "friday", "saturday", "sunday"};
constexpr std::array<std::string_view, 7> kNames = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                    "Friday", "Saturday", "Sunday"};

std::size_t weekday_of(local_days day) { return std::chrono::weekday(day).iso_encoding() - 1; }

// The end of a span, counted from the midnight before it begins: up to 48 hours.
minutes end_of(const Span& span) { return span.to > span.from ? span.to : span.to + kDay; }

UtcSeconds seconds_of(core::WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time);
}

std::optional<minutes> parse_clock(std::string_view text) {
  const auto parts = core::split_once(text, ':');
  if (!parts || parts->first.empty() || parts->first.size() > 2 || parts->second.size() != 2)
    return std::nullopt;
  const auto hour = core::parse_uint<unsigned>(parts->first, 24);
  const auto minute = core::parse_uint<unsigned>(parts->second, 59);
  if (!hour || !minute) return std::nullopt;
  return minutes(*hour * 60 + *minute);
}

std::string clock_text(minutes time) {
  return fmt::format("{:02}:{:02}", time.count() / 60, time.count() % 60);
}

std::string date_text(local_days day) {
  const std::chrono::year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string hours_text(const DayHours& hours) {
  std::string text;
  for (const Span& span : hours) text += (text.empty() ? "" : ", ") + to_text(span);
  return text;
}

bool is_possible(const Span& span) {
  const auto in_day = [](minutes time) { return time >= minutes(0) && time <= kDay; };
  return in_day(span.from) && span.from < kDay && in_day(span.to);
}

// Null: nothing is wrong with the span itself.
const char* fault_of(const Span& span) {
  if (!is_possible(span)) return "a time of day is 00:00 to 24:00, and nothing begins at 24:00";
  if (span.from == span.to) return "begins and ends at the same time; the whole day is 00:00-24:00";
  return nullptr;
}

const Span* overlapped(const DayHours& hours, std::size_t index) {
  for (std::size_t other = 0; other < index; ++other) {
    const Span &a = hours[other], &b = hours[index];
    if (a.from < end_of(b) && b.from < end_of(a)) return &a;
  }
  return nullptr;
}

void check_hours(const DayHours& hours, const std::string& path, std::vector<core::Flaw>& flaws) {
  if (hours.size() > kSpansMax)
    return core::add_flaw(flaws, path, fmt::format("more than {} spans in a day", kSpansMax));
  for (std::size_t i = 0; i < hours.size(); ++i) {
    const std::string place = fmt::format("{}[{}]", path, i);
    if (const char* const fault = fault_of(hours[i])) {
      core::add_flaw(flaws, place, fault);
    } else if (const Span* const other = overlapped(hours, i)) {
      core::add_flaw(
          flaws, place,
          fmt::format("{} overlaps {} of the same day", to_text(hours[i]), to_text(*other)));
    }
  }
}

std::vector<core::Flaw> check(const ScheduleShape& shape) {
  std::vector<core::Flaw> flaws;
  for (std::size_t i = 0; i < shape.week.size(); ++i)
    check_hours(shape.week[i], fmt::format("week.{}", kKeys[i]), flaws);
  if (shape.dates.size() > kDatesMax)
    core::add_flaw(flaws, "dates", fmt::format("more than {} dates", kDatesMax));
  for (std::size_t i = 0; i < shape.dates.size(); ++i) {
    const DatedHours& dated = shape.dates[i];
    if (dated.last < dated.first)
      core::add_flaw(flaws, fmt::format("dates[{}]", i),
                     fmt::format("{} is before {}", date_text(dated.last), date_text(dated.first)));
    check_hours(dated.hours, fmt::format("dates[{}].hours", i), flaws);
  }
  if (shape.holidays.size() > kCalendarsMax)
    core::add_flaw(flaws, "holidays", fmt::format("more than {} calendars", kCalendarsMax));
  for (std::size_t i = 0; i < shape.holidays.size(); ++i)
    check_hours(shape.holidays[i].hours, fmt::format("holidays[{}].hours", i), flaws);
  return flaws;
}

// The span of `hours` that holds `offset`, counted from midnight of the day they belong to.
const Span* span_at(const DayHours& hours, std::chrono::seconds offset) {
  for (const Span& span : hours)
    if (span.from <= offset && offset < end_of(span)) return &span;
  return nullptr;
}

}  // namespace

std::string_view weekday_key(std::size_t index) { return kKeys.at(index); }

core::Result<Span> parse_span(std::string_view text) {
  const auto parts = core::split_once(text, '-');
  const auto from = parts ? parse_clock(core::trim(parts->first)) : std::nullopt;
  const auto to = parts ? parse_clock(core::trim(parts->second)) : std::nullopt;
  if (!from || !to)
    return core::fail(core::ErrorCode::kInvalidArgument, "hours are written like 09:00-18:00");
  const Span span{*from, *to};
  if (const char* const fault = fault_of(span))
    return core::fail(core::ErrorCode::kInvalidArgument, fault);
  return span;
}

core::Result<local_days> parse_date(std::string_view text) {
  std::array<std::string_view, 3> parts;
  const bool has_form = text.size() == 10 && core::split(text, '-', parts) == 3 &&
                        parts[0].size() == 4 && parts[1].size() == 2;
  const auto year = core::parse_uint<unsigned>(parts[0]);
  const auto month = core::parse_uint<unsigned>(parts[1]);
  const auto day = core::parse_uint<unsigned>(parts[2]);
  if (!has_form || !year || !month || !day)
    return core::fail(core::ErrorCode::kInvalidArgument, "a date is written like 2026-12-31");
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day));
  if (!date.ok()) return core::fail(core::ErrorCode::kInvalidArgument, "there is no such day");
  return local_days(date);
}

std::string to_text(const Span& span) { return clock_text(span.from) + "-" + clock_text(span.to); }

core::Checked<Schedule> Schedule::compile(ScheduleShape shape) {
  std::vector<core::Flaw> flaws = check(shape);
  auto zone = TimeZone::open(shape.zone);
  if (!zone) core::add_flaw(flaws, "zone", zone.error().detail);
  if (!flaws.empty()) return tl::unexpected(std::move(flaws));
  return Schedule(std::move(shape), std::move(*zone));
}

Schedule::Schedule(ScheduleShape shape, TimeZone zone)
    : shape_(std::move(shape)), zone_(std::move(zone)) {}

Schedule::DayRule Schedule::rule_of(local_days day) const {
  for (const DatedHours& dated : shape_.dates)
    if (dated.first <= day && day <= dated.last)
      return {&dated.hours, Source::kDate, dated.name, {}};
  for (const HolidayHours& holidays : shape_.holidays)
    if (const Holiday* const found = holidays.calendar->find(day))
      return {&holidays.hours, Source::kHoliday, found->name, holidays.calendar->name()};
  return {&shape_.week[weekday_of(day)], Source::kWeek, {}, {}};
}

Schedule::Standing Schedule::standing_at(UtcSeconds time) const {
  const local_seconds local = zone_.local_at(time);
  const local_days today = std::chrono::floor<days>(local);
  for (const local_days day : {today, today - days(1)})
    if (const Span* const span = span_at(*rule_of(day).hours, local - day)) return {span, day};
  return {};
}

bool Schedule::is_open(core::WallTime now, const ScheduleOverride& hand) const {
  if (hand.is_in_force(now)) return hand.kind == ScheduleOverride::Kind::kOpen;
  return standing_at(seconds_of(now)).span != nullptr;
}

// The first moment after `after` at which the schedule is no longer `open`, among the moments that
// follow from the hours of `day` and from changes of the clock about it.
std::optional<UtcSeconds> Schedule::change_around(local_days day, UtcSeconds after,
                                                  bool open) const {
  std::optional<UtcSeconds> first;
  const auto consider = [&](UtcSeconds moment) {
    if (moment <= after || (first && moment >= *first)) return;
    if ((standing_at(moment).span != nullptr) != open) first = moment;
  };
  for (const Span& span : *rule_of(day).hours)
    for (const minutes edge : {span.from, end_of(span)})
      for (const UtcSeconds moment : zone_.moments_of(day + edge)) consider(moment);
  const UtcSeconds noon(day.time_since_epoch() + kDay / 2);
  for (const TimeZone::Period& change : zone_.changes(noon - days(2), noon + days(2)))
    consider(change.begin);
  return first;
}

std::optional<UtcSeconds> Schedule::plain_change(UtcSeconds after) const {
  const bool open = standing_at(after).span != nullptr;
  const local_days today = std::chrono::floor<days>(zone_.local_at(after));
  std::optional<UtcSeconds> first;
  // A span may end two days after the day it belongs to began, and clocks may go back over
  // midnight: what a day gives can lie after what the next ones give.
  local_days last = today + kHorizon;
  for (local_days day = today - days(2); day <= last; day += days(1)) {
    const auto found = change_around(day, after, open);
    if (!found || (first && *first <= *found)) continue;
    if (!first) last = std::min(last, day + days(3));
    first = found;
  }
  return first;
}

std::optional<core::WallTime> Schedule::next_change(core::WallTime now,
                                                    const ScheduleOverride& hand) const {
  const bool by_hand = hand.is_in_force(now);
  if (by_hand && !hand.until) return std::nullopt;
  if (by_hand && is_open(*hand.until) != is_open(now, hand)) return hand.until;
  return plain_change(seconds_of(by_hand ? *hand.until : now));
}

std::string Schedule::reason(UtcSeconds time) const {
  const local_days today = std::chrono::floor<days>(zone_.local_at(time));
  const Standing standing = standing_at(time);
  const local_days day = standing.span ? standing.begun : today;
  const DayRule rule = rule_of(day);
  std::string text(kNames[weekday_of(day)]);
  if (rule.source == Source::kDate) text = fmt::format("date {} {}", date_text(day), rule.name);
  if (rule.source == Source::kHoliday)
    text = fmt::format("holiday {} of {}", rule.name, rule.calendar);
  if (standing.span)
    return fmt::format("open: {} {}{}", text, to_text(*standing.span),
                       day < today ? ", begun the day before" : "");
  if (rule.hours->empty()) return fmt::format("closed: {} has no hours", text);
  return fmt::format("closed: outside of {} {}", text, hours_text(*rule.hours));
}

std::string to_text(const ScheduleOverride& hand) {
  using Kind = ScheduleOverride::Kind;
  if (hand.kind == Kind::kNone) return "none";
  std::string text = hand.kind == Kind::kOpen ? "open" : "closed";
  if (hand.until) text += " until " + core::iso8601(*hand.until);
  return text;
}

core::Result<ScheduleOverride> parse_override(std::string_view text) {
  using Kind = ScheduleOverride::Kind;
  ScheduleOverride hand;
  const std::string_view word = text.substr(0, text.find(' '));
  if (word == "open")
    hand.kind = Kind::kOpen;
  else if (word == "closed")
    hand.kind = Kind::kClosed;
  else if (word != "none")
    return core::fail(core::ErrorCode::kInvalidArgument, "neither open, closed nor none");
  constexpr std::string_view kUntil = " until ";
  const std::string_view rest = text.substr(word.size());
  if (rest.empty()) return hand;
  if (!rest.starts_with(kUntil) || hand.kind == Kind::kNone)
    return core::fail(core::ErrorCode::kInvalidArgument, "only `until TIME` may follow");
  const auto until = core::parse_iso8601(rest.substr(kUntil.size()));
  if (!until) return core::forward_error(until);
  hand.until = *until;
  return hand;
}

std::string Schedule::explain(core::WallTime now, const ScheduleOverride& hand) const {
  const UtcSeconds time = seconds_of(now);
  const local_seconds local = zone_.local_at(time);
  const local_days today = std::chrono::floor<days>(local);
  const std::string clock = clock_text(std::chrono::floor<minutes>(local - today));
  std::string text = reason(time);
  if (hand.is_in_force(now))
    text = fmt::format("{}: by hand{}{}", is_open(now, hand) ? "open" : "closed",
                       hand.by.empty() ? "" : " of ", hand.by);
  return fmt::format("{}; {} {} {}", text, date_text(today), clock, zone_.name());
}

}  // namespace pbx::route
