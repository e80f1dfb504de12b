#include "core/route/schedule.h"

#include <map>

#include <doctest/doctest.h>

namespace pbx::route {
namespace {

using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::year;

local_days day(int y, unsigned m, unsigned d) {
  return local_days(year(y) / std::chrono::month(m) / std::chrono::day(d));
}

DayHours spans(std::initializer_list<const char*> texts) {
  DayHours found;
  for (const char* const text : texts) found.push_back(*parse_span(text));
  return found;
}

core::WallTime at(const char* text) { return *core::parse_iso8601(text); }

Schedule compiled(ScheduleShape shape) {
  auto schedule = Schedule::compile(std::move(shape));
  REQUIRE(schedule.has_value());
  return std::move(*schedule);
}

ScheduleShape every_day(const char* zone, std::initializer_list<const char*> texts) {
  ScheduleShape shape{.name = "daily", .zone = zone};
  for (DayHours& of_day : shape.week) of_day = spans(texts);
  return shape;
}

ScheduleShape on(std::size_t weekday, const char* zone, std::initializer_list<const char*> texts) {
  ScheduleShape shape{.name = "once a week", .zone = zone};
  shape.week[weekday] = spans(texts);
  return shape;
}
constexpr std::size_t kMonday = 0, kFriday = 4, kSaturday = 5, kSunday = 6;

std::shared_ptr<const HolidayCalendar> russia() {
  std::vector<Holiday> days;
  for (const int y : {2026, 2027})
    for (unsigned d = 1; d <= 8; ++d) days.push_back({day(y, 1, d), "New Year"});
  days.push_back({day(2026, 5, 9), "Victory Day"});
  days.push_back({day(2026, 11, 4), "Unity Day"});
  return std::make_shared<HolidayCalendar>("russia", std::move(days));
}

ScheduleShape office() {
  ScheduleShape shape{.name = "office", .zone = "Europe/Moscow"};
  for (std::size_t i = 0; i < 5; ++i) shape.week[i] = spans({"09:00-13:00", "14:00-18:00"});
  shape.week[kSaturday] = spans({"10:00-14:00"});
  shape.dates = {
      {day(2026, 1, 5), day(2026, 1, 5), spans({"10:00-12:00"}), "duty"},
      {day(2026, 2, 21), day(2026, 2, 21), spans({"09:00-18:00"}), "working Saturday"},
      {day(2026, 12, 31), day(2026, 12, 31), spans({"09:00-12:00"}), "short day"},
      {day(2026, 8, 3), day(2026, 8, 16), {}, "works closed"},
  };
  shape.holidays = {{russia(), {}}};
  return shape;
}

ScheduleShape weekdays(const char* zone, const char* text) {
  ScheduleShape shape{.name = "weekdays", .zone = zone};
  for (std::size_t i = 0; i < 5; ++i) shape.week[i] = spans({text});
  return shape;
}

ScheduleShape friday_night_before_holiday() {
  ScheduleShape shape = on(kFriday, "UTC", {"22:00-06:00"});
  const std::vector<Holiday> days = {{day(2026, 11, 28), "Founders' Day"}};
  shape.holidays = {{std::make_shared<HolidayCalendar>("own", days), {}}};
  return shape;
}

ScheduleShape holiday_with_hours() {
  ScheduleShape shape = office();
  shape.holidays[0].hours = spans({"11:00-15:00"});
  return shape;
}

ScheduleShape one_day(local_days date) {
  ScheduleShape shape{.name = "one day"};
  shape.dates = {{date, date, spans({"08:00-09:00"}), "fair"}};
  return shape;
}

std::map<std::string, ScheduleShape> shapes() {
  return {
      {"office", office()},
      {"office, holidays with hours", holiday_with_hours()},
      {"night", every_day("Europe/Berlin", {"22:00-06:00"})},
      {"gap", on(kSunday, "Europe/Berlin", {"02:00-02:30"})},
      {"around gap", on(kSunday, "Europe/Berlin", {"01:30-03:30"})},
      {"from gap", on(kSunday, "Europe/Berlin", {"02:30-04:00"})},
      {"into gap", on(kSunday, "Europe/Berlin", {"01:00-02:30"})},
      {"into fold", on(kSunday, "Europe/Berlin", {"01:30-02:15"})},
      {"end of fold", on(kSunday, "Europe/Berlin", {"02:30-03:00"})},
      {"new york", weekdays("America/New_York", "08:30-17:00")},
      {"lord howe", every_day("Australia/Lord_Howe", {"01:45-01:50"})},
      {"kolkata", every_day("Asia/Kolkata", {"10:00-19:00"})},
      {"always", every_day("UTC", {"00:00-24:00"})},
      {"never", every_day("UTC", {})},
      {"whole weekdays", weekdays("UTC", "00:00-24:00")},
      {"late", on(kMonday, "UTC", {"22:00-00:00"})},
      {"sunday night", on(kSunday, "UTC", {"22:00-06:00"})},
      {"friday night", friday_night_before_holiday()},
      {"saturday late", on(kSaturday, "America/Sao_Paulo", {"23:15-23:30"})},
      {"sunday early", on(kSunday, "America/Sao_Paulo", {"00:00-00:30"})},
      {"whole sunday", on(kSunday, "America/Sao_Paulo", {"00:00-24:00"})},
      {"in a year", one_day(day(2027, 10, 1))},
      {"far away", one_day(day(2030, 1, 1))},
      {"overlapping days", every_day("UTC", {"20:00-08:00", "08:00-10:00"})},
  };
}

}  // namespace

TEST_CASE("when a schedule is open and when that changes") {
  struct Row {
    const char* schedule;
    const char* now;
    bool open;
    const char* next;  // "" within the horizon never
  };
  const Row rows[] = {
      // several spans a day, Moscow is UTC+3
      {"office", "2026-11-23T05:59:59Z", false, "2026-11-23T06:00:00Z"},
      {"office", "2026-11-23T05:59:59.999Z", false, "2026-11-23T06:00:00Z"},
      {"office", "2026-11-23T06:00:00Z", true, "2026-11-23T10:00:00Z"},
      {"office", "2026-11-23T09:59:59.5Z", true, "2026-11-23T10:00:00Z"},
      {"office", "2026-11-23T10:00:00Z", false, "2026-11-23T11:00:00Z"},
      {"office", "2026-11-23T11:00:00Z", true, "2026-11-23T15:00:00Z"},
      {"office", "2026-11-23T15:00:00Z", false, "2026-11-24T06:00:00Z"},
      {"office", "2026-11-27T15:00:00Z", false, "2026-11-28T07:00:00Z"},
      {"office", "2026-11-28T07:00:00Z", true, "2026-11-28T11:00:00Z"},
      {"office", "2026-11-28T11:00:00Z", false, "2026-11-30T06:00:00Z"},
      {"office", "2026-11-28T21:30:00Z", false, "2026-11-30T06:00:00Z"},
      {"office", "2026-11-29T12:00:00Z", false, "2026-11-30T06:00:00Z"},
      // holidays and dates
      {"office", "2026-11-03T16:00:00Z", false, "2026-11-05T06:00:00Z"},
      {"office", "2026-11-03T21:00:00Z", false, "2026-11-05T06:00:00Z"},
      {"office", "2026-11-04T08:00:00Z", false, "2026-11-05T06:00:00Z"},
      {"office", "2026-12-31T06:00:00Z", true, "2026-12-31T09:00:00Z"},
      {"office", "2026-12-31T09:00:00Z", false, "2027-01-09T07:00:00Z"},
      {"office", "2026-01-05T06:30:00Z", false, "2026-01-05T07:00:00Z"},
      {"office", "2026-01-05T07:00:00Z", true, "2026-01-05T09:00:00Z"},
      {"office", "2026-01-05T09:00:00Z", false, "2026-01-09T06:00:00Z"},
      {"office", "2026-02-21T06:00:00Z", true, "2026-02-21T15:00:00Z"},
      {"office", "2026-02-21T10:30:00Z", true, "2026-02-21T15:00:00Z"},
      {"office", "2026-05-09T07:30:00Z", false, "2026-05-11T06:00:00Z"},
      {"office", "2026-08-03T08:00:00Z", false, "2026-08-17T06:00:00Z"},
      {"office", "2026-08-16T20:59:59Z", false, "2026-08-17T06:00:00Z"},
      {"office, holidays with hours", "2026-11-04T07:59:59Z", false, "2026-11-04T08:00:00Z"},
      {"office, holidays with hours", "2026-11-04T08:00:00Z", true, "2026-11-04T12:00:00Z"},
      {"office, holidays with hours", "2026-01-05T08:30:00Z", true, "2026-01-05T09:00:00Z"},
      // across midnight; Berlin is UTC+1, in summer UTC+2
      {"night", "2026-11-23T20:59:59Z", false, "2026-11-23T21:00:00Z"},
      {"night", "2026-11-23T21:00:00Z", true, "2026-11-24T05:00:00Z"},
      {"night", "2026-11-23T23:00:00Z", true, "2026-11-24T05:00:00Z"},
      {"night", "2026-11-24T04:59:59Z", true, "2026-11-24T05:00:00Z"},
      {"night", "2026-11-24T05:00:00Z", false, "2026-11-24T21:00:00Z"},
      {"late", "2026-11-23T21:59:59Z", false, "2026-11-23T22:00:00Z"},
      {"late", "2026-11-23T23:59:59Z", true, "2026-11-24T00:00:00Z"},
      {"late", "2026-11-24T00:00:00Z", false, "2026-11-30T22:00:00Z"},
      {"sunday night", "2026-11-23T03:00:00Z", true, "2026-11-23T06:00:00Z"},
      {"sunday night", "2026-11-23T22:30:00Z", false, "2026-11-29T22:00:00Z"},
      {"friday night", "2026-11-28T03:00:00Z", true, "2026-11-28T06:00:00Z"},
      {"friday night", "2026-11-28T06:00:00Z", false, "2026-12-04T22:00:00Z"},
      {"overlapping days", "2026-11-23T09:00:00Z", true, "2026-11-23T10:00:00Z"},
      {"overlapping days", "2026-11-23T20:00:00Z", true, "2026-11-24T10:00:00Z"},
      // clocks go forward: 2026-03-29, 02:00 becomes 03:00 at 01:00Z
      {"night", "2026-03-28T21:00:00Z", true, "2026-03-29T04:00:00Z"},
      {"night", "2026-03-29T00:30:00Z", true, "2026-03-29T04:00:00Z"},
      {"night", "2026-03-29T01:00:00Z", true, "2026-03-29T04:00:00Z"},
      {"night", "2026-03-29T04:00:00Z", false, "2026-03-29T20:00:00Z"},
      {"gap", "2026-03-28T12:00:00Z", false, "2026-04-05T00:00:00Z"},
      {"gap", "2026-03-29T00:59:59Z", false, "2026-04-05T00:00:00Z"},
      {"gap", "2026-03-29T01:00:00Z", false, "2026-04-05T00:00:00Z"},
      {"gap", "2026-03-29T01:15:00Z", false, "2026-04-05T00:00:00Z"},
      {"around gap", "2026-03-29T00:30:00Z", true, "2026-03-29T01:30:00Z"},
      {"around gap", "2026-03-29T01:00:00Z", true, "2026-03-29T01:30:00Z"},
      {"from gap", "2026-03-29T00:59:59Z", false, "2026-03-29T01:00:00Z"},
      {"from gap", "2026-03-29T01:00:00Z", true, "2026-03-29T02:00:00Z"},
      {"into gap", "2026-03-29T00:30:00Z", true, "2026-03-29T01:00:00Z"},
      {"into gap", "2026-03-29T01:00:00Z", false, "2026-04-04T23:00:00Z"},
      // clocks go back: 2026-10-25, 03:00 becomes 02:00 at 01:00Z
      {"night", "2026-10-24T20:00:00Z", true, "2026-10-25T05:00:00Z"},
      {"night", "2026-10-25T01:30:00Z", true, "2026-10-25T05:00:00Z"},
      {"night", "2026-10-25T05:00:00Z", false, "2026-10-25T21:00:00Z"},
      {"gap", "2026-10-24T12:00:00Z", false, "2026-10-25T00:00:00Z"},
      {"gap", "2026-10-25T00:15:00Z", true, "2026-10-25T00:30:00Z"},
      {"gap", "2026-10-25T00:45:00Z", false, "2026-10-25T01:00:00Z"},
      {"gap", "2026-10-25T01:15:00Z", true, "2026-10-25T01:30:00Z"},
      {"gap", "2026-10-25T01:30:00Z", false, "2026-11-01T01:00:00Z"},
      {"into fold", "2026-10-24T23:30:00Z", true, "2026-10-25T00:15:00Z"},
      {"into fold", "2026-10-25T00:15:00Z", false, "2026-10-25T01:00:00Z"},
      {"into fold", "2026-10-25T01:00:00Z", true, "2026-10-25T01:15:00Z"},
      {"end of fold", "2026-10-25T00:30:00Z", true, "2026-10-25T01:00:00Z"},
      {"end of fold", "2026-10-25T01:00:00Z", false, "2026-10-25T01:30:00Z"},
      {"end of fold", "2026-10-25T01:30:00Z", true, "2026-10-25T02:00:00Z"},
      // other zones
      {"new york", "2026-03-06T13:30:00Z", true, "2026-03-06T22:00:00Z"},
      {"new york", "2026-03-06T22:00:00Z", false, "2026-03-09T12:30:00Z"},
      {"new york", "2026-03-09T12:30:00Z", true, "2026-03-09T21:00:00Z"},
      {"new york", "2026-10-30T21:00:00Z", false, "2026-11-02T13:30:00Z"},
      {"lord howe", "2026-04-04T14:45:00Z", true, "2026-04-04T14:50:00Z"},
      {"lord howe", "2026-04-04T14:50:00Z", false, "2026-04-04T15:15:00Z"},
      {"lord howe", "2026-04-04T15:15:00Z", true, "2026-04-04T15:20:00Z"},
      {"kolkata", "2026-11-23T04:29:59Z", false, "2026-11-23T04:30:00Z"},
      {"kolkata", "2026-11-23T04:30:00Z", true, "2026-11-23T13:30:00Z"},
      // clocks that change at midnight
      {"saturday late", "2019-02-17T01:15:00Z", true, "2019-02-17T01:30:00Z"},
      {"saturday late", "2019-02-17T01:30:00Z", false, "2019-02-17T02:15:00Z"},
      {"saturday late", "2019-02-17T02:15:00Z", true, "2019-02-17T02:30:00Z"},
      {"sunday early", "2018-11-03T12:00:00Z", false, "2018-11-11T02:00:00Z"},
      {"whole sunday", "2018-11-04T02:59:59Z", false, "2018-11-04T03:00:00Z"},
      {"whole sunday", "2018-11-04T03:00:00Z", true, "2018-11-05T02:00:00Z"},
      // whole days and nothing
      {"always", "2026-11-23T00:00:00Z", true, ""},
      {"never", "2026-11-23T00:00:00Z", false, ""},
      {"whole weekdays", "2026-11-23T12:00:00Z", true, "2026-11-28T00:00:00Z"},
      {"whole weekdays", "2026-11-27T23:59:59Z", true, "2026-11-28T00:00:00Z"},
      {"whole weekdays", "2026-11-28T00:00:00Z", false, "2026-11-30T00:00:00Z"},
      {"in a year", "2026-11-23T00:00:00Z", false, "2027-10-01T08:00:00Z"},
      {"far away", "2026-11-23T00:00:00Z", false, ""},
  };
  std::map<std::string, Schedule> schedules;
  for (auto& [name, shape] : shapes()) schedules.emplace(name, compiled(shape));
  for (const Row& row : rows) {
    CAPTURE(row.schedule);
    CAPTURE(row.now);
    const Schedule& schedule = schedules.at(row.schedule);
    CHECK(schedule.is_open(at(row.now)) == row.open);
    const auto next = schedule.next_change(at(row.now));
    CHECK((next ? core::iso8601(*next) : "") ==
          (*row.next ? core::iso8601(at(row.next)) : std::string()));
  }
}

TEST_CASE(
    "the next change is the first minute that differs, through a year with both clock changes") {
  for (const char* const name : {"office", "night", "into fold", "from gap", "lord howe"}) {
    CAPTURE(name);
    const Schedule schedule = compiled(shapes().at(name));
    core::WallTime now = at("2026-03-20T00:00:00Z");
    const core::WallTime end = at("2026-04-10T00:00:00Z");
    for (auto next = *schedule.next_change(now); now < end; now += std::chrono::minutes(5)) {
      if (now >= next) next = *schedule.next_change(now);
      CHECK(schedule.is_open(now) != schedule.is_open(next));
      CHECK(schedule.is_open(now) == schedule.is_open(next - std::chrono::seconds(1)));
    }
  }
}

TEST_CASE("an override counts while it lasts") {
  using Kind = ScheduleOverride::Kind;
  const Schedule schedule = compiled(office());
  const auto open = at("2026-11-23T07:00:00Z"), closed = at("2026-11-23T16:00:00Z");
  struct Row {
    Kind kind;
    const char* until;  // "": without end
    core::WallTime now;
    bool is_open;
    const char* next;
  };
  const Row rows[] = {
      {Kind::kNone, "", open, true, "2026-11-23T10:00:00.000Z"},
      {Kind::kClosed, "", open, false, ""},
      {Kind::kOpen, "", closed, true, ""},
      {Kind::kClosed, "2026-11-23T08:00:00Z", open, false, "2026-11-23T08:00:00.000Z"},
      {Kind::kClosed, "2026-11-23T10:30:00Z", open, false, "2026-11-23T11:00:00.000Z"},
      {Kind::kClosed, "2026-11-23T07:00:00Z", open, true, "2026-11-23T10:00:00.000Z"},
      {Kind::kOpen, "2026-11-24T07:00:00Z", closed, true, "2026-11-24T10:00:00.000Z"},
      {Kind::kOpen, "2026-11-23T20:00:00Z", closed, true, "2026-11-23T20:00:00.000Z"},
      {Kind::kOpen, "2026-11-23T09:00:00Z", open, true, "2026-11-23T10:00:00.000Z"},
  };
  for (const Row& row : rows) {
    ScheduleOverride hand{.kind = row.kind, .by = "101"};
    if (*row.until) hand.until = at(row.until);
    CAPTURE(row.next);
    CHECK(schedule.is_open(row.now, hand) == row.is_open);
    const auto next = schedule.next_change(row.now, hand);
    CHECK((next ? core::iso8601(*next) : "") == row.next);
  }
}

TEST_CASE("a schedule says why it is open or closed") {
  struct Row {
    const char* schedule;
    const char* now;
    const char* text;
  };
  const Row rows[] = {
      {"office", "2026-11-23T07:00:00Z",
       "open: Monday 09:00-13:00; 2026-11-23 10:00 Europe/Moscow"},
      {"office", "2026-11-23T10:00:00Z",
       "closed: outside of Monday 09:00-13:00, 14:00-18:00; 2026-11-23 13:00 Europe/Moscow"},
      {"office", "2026-11-29T10:00:00Z",
       "closed: Sunday has no hours; 2026-11-29 13:00 Europe/Moscow"},
      {"office", "2026-11-04T08:00:00Z",
       "closed: holiday Unity Day of russia has no hours; 2026-11-04 11:00 Europe/Moscow"},
      {"office", "2026-12-31T06:00:00Z",
       "open: date 2026-12-31 short day 09:00-12:00; 2026-12-31 09:00 Europe/Moscow"},
      {"friday night", "2026-11-28T03:00:00Z",
       "open: Friday 22:00-06:00, begun the day before; 2026-11-28 03:00 UTC"},
  };
  for (const Row& row : rows)
    CHECK(compiled(shapes().at(row.schedule)).explain(at(row.now)) == row.text);
  const ScheduleOverride hand{.kind = ScheduleOverride::Kind::kClosed, .by = "101"};
  CHECK(compiled(office()).explain(at("2026-11-23T07:00:00Z"), hand) ==
        "closed: by hand of 101; 2026-11-23 10:00 Europe/Moscow");
}

TEST_CASE("impossible schedules are refused with the place") {
  const auto flaws_of = [](auto change) {
    ScheduleShape shape = office();
    change(shape);
    const auto schedule = Schedule::compile(shape);
    REQUIRE(!schedule.has_value());
    return schedule.error();
  };
  const auto only = [&](auto change, const char* path, const char* part) {
    const auto flaws = flaws_of(change);
    REQUIRE(flaws.size() == 1);
    CHECK(flaws[0].path == path);
    CHECK_MESSAGE(flaws[0].text.find(part) != std::string::npos, flaws[0].text);
  };
  using S = ScheduleShape;
  only([](S& s) { s.zone = "Mars/Olympus"; }, "zone", "there is no time zone Mars/Olympus");
  only([](S& s) { s.zone = ""; }, "zone", "there is no time zone");
  only([](S& s) { s.zone = "../etc/passwd"; }, "zone", "there is no time zone");
  only([](S& s) { s.week[0] = {{hours(25), hours(26)}}; }, "week.monday[0]", "00:00 to 24:00");
  only([](S& s) { s.week[1] = {{hours(24), hours(2)}}; }, "week.tuesday[0]", "00:00 to 24:00");
  only([](S& s) { s.week[1] = {{hours(-1), hours(2)}}; }, "week.tuesday[0]", "00:00 to 24:00");
  only([](S& s) { s.week[2] = {{hours(9), hours(9)}}; }, "week.wednesday[0]", "whole day");
  only(
      [](S& s) {
        s.week[3] = spans({"09:00-13:00", "12:59-18:00"});
      },
      "week.thursday[1]", "12:59-18:00 overlaps 09:00-13:00");
  only(
      [](S& s) {
        s.week[6] = spans({"22:00-06:00", "23:00-24:00"});
      },
      "week.sunday[1]", "overlaps 22:00-06:00");
  only(
      [](S& s) {
        s.week[6].assign(kSpansMax + 1, Span{hours(1), hours(2)});
      },
      "week.sunday", "more than 24");
  only([](S& s) { s.dates[1].last = day(2026, 2, 20); }, "dates[1]",
       "2026-02-20 is before 2026-02-21");
  only([](S& s) { s.dates[1].hours = {{hours(9), hours(30)}}; }, "dates[1].hours[0]", "24:00");
  only([](S& s) { s.dates.resize(kDatesMax + 1, s.dates[0]); }, "dates", "more than 1000");
  only([](S& s) { s.holidays[0].hours = {{hours(9), hours(9)}}; }, "holidays[0].hours[0]", "whole");
  only([](S& s) { s.holidays.resize(kCalendarsMax + 1, s.holidays[0]); }, "holidays", "more than");
  CHECK(flaws_of([](S& s) {
          s.zone = "?";
          s.week[0] = {{hours(9), hours(9)}};
        }).size() == 2);
}

TEST_CASE("hours as text") {
  for (const char* const text : {"09:00-18:00", "00:00-24:00", "22:00-06:00", "22:00-00:00"})
    CHECK(to_text(*parse_span(text)) == text);
  CHECK(to_text(*parse_span("9:05 - 18:30")) == "09:05-18:30");
  for (const char* const text : {"", "-", "9-18", "09:00", "09:00-", "09:0-10:00", "25:00-26:00",
                                 "24:00-01:00", "09:60-10:00", "09:00-09:00", "09:00-24:01",
                                 "a9:00-10:00", "009:00-10:00", "09:00-10:00-11:00"})
    CHECK_MESSAGE(!parse_span(text).has_value(), text);
}

TEST_CASE("a calendar keeps the first name of a day and its bound") {
  const HolidayCalendar calendar(
      "own", {{day(2026, 5, 2), "b"}, {day(2026, 5, 1), "a"}, {day(2026, 5, 2), "c"}});
  CHECK(calendar.days().size() == 2);
  CHECK(calendar.find(day(2026, 5, 2))->name == "b");
  CHECK(calendar.find(day(2026, 5, 3)) == nullptr);
  CHECK(!calendar.is_cut());
  std::vector<Holiday> many;
  for (std::size_t i = 0; i <= kHolidayDaysMax; ++i)
    many.push_back({day(1900, 1, 1) + std::chrono::days(i), ""});
  CHECK(HolidayCalendar("many", many).is_cut());
  CHECK(HolidayCalendar("many", many).days().size() == kHolidayDaysMax);
}

TEST_CASE("a date is a day that exists") {
  using std::chrono::local_days;
  using namespace std::chrono_literals;
  CHECK(*parse_date("2026-12-31") == local_days(2026y / 12 / 31));
  CHECK(*parse_date("2028-02-29") == local_days(2028y / 2 / 29));
  for (const char* wrong :
       {"", "2026-02-29", "2026-13-01", "2026-00-01", "2026-1-01", "20261231", "2026-12-31 ",
        "2026-12-3x", "-026-12-31", "2026-121-1", "+026-12-31"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_date(wrong).has_value());
  }
}

TEST_CASE("a hand on a schedule is written and read back") {
  for (const std::string text : {"none", "open", "closed", "closed until 2026-11-23T05:00:00Z"}) {
    CAPTURE(text);
    const auto hand = parse_override(text);
    REQUIRE(hand.has_value());
    CHECK(parse_override(to_text(*hand))->until == hand->until);
    CHECK(parse_override(to_text(*hand))->kind == hand->kind);
  }
  for (const std::string text : {"", "shut", "open until", "open until tomorrow",
                                 "none until 2026-11-23T05:00:00Z", "open for ever"}) {
    CAPTURE(text);
    CHECK(!parse_override(text).has_value());
  }
}

}  // namespace pbx::route
