#include "core/route/icalendar.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace pbx::route {
namespace {

std::string calendar(std::string_view body) {
  return fmt::format("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}END:VCALENDAR\r\n", body);
}

// One event with these lines; each ends with \n here and with CRLF in the file.
std::string event(std::string_view lines) {
  std::string text = "BEGIN:VEVENT\r\nSUMMARY:day\r\n";
  for (const char c : lines) text += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return calendar(text + "\r\nEND:VEVENT\r\n");
}

std::vector<std::string> days_of(const std::string& text, int first = 2024, int last = 2028) {
  const auto events = parse_icalendar("h.ics", text);
  if (!events) return {"mistake: " + events.error().front().message()};
  std::vector<std::string> days;
  for (const Holiday& holiday : expand(*events, first, last)) {
    const std::chrono::year_month_day date(holiday.day);
    days.push_back(fmt::format("{}{:02}{:02}", static_cast<int>(date.year()),
                               static_cast<unsigned>(date.month()),
                               static_cast<unsigned>(date.day())));
  }
  return days;
}

}  // namespace

TEST_CASE("the days that an event means") {
  using Days = std::vector<std::string>;
  struct Row {
    const char* lines;
    Days days;
  };
  const Row rows[] = {
      {"DTSTART;VALUE=DATE:20260101", {"20260101"}},
      {"DTSTART:20260101", {"20260101"}},
      {"DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20260102", {"20260101"}},
      {"DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20260101", {"20260101"}},
      {"DTSTART;VALUE=DATE:20261231\nDTEND;VALUE=DATE:20270102", {"20261231", "20270101"}},
      {"DTSTART;VALUE=DATE:20260101\nDURATION:P2D", {"20260101", "20260102"}},
      {"DTSTART;TZID=Europe/Moscow:20260101T000000\nDTEND;TZID=Europe/Moscow:20260102T000000",
       {"20260101"}},
      {"DTEND;VALUE=DATE:20260103\nDTSTART;VALUE=DATE:20260102", {"20260102"}},
      {"dtstart;value=date:20260101", {"20260101"}},
      {"DTSTART;X-A=\"a:b;c\":20260101", {"20260101"}},
      {"DTSTART:20260101\nSTATUS:CANCELLED", {}},
      {"DTSTART:20260101\nSTATUS:CONFIRMED", {"20260101"}},
      {"DTSTART:20200101", {}},
      {"DTSTART:20260101\nBEGIN:VALARM\nDTSTART:20260202\nDURATION:PT5M\nEND:VALARM", {"20260101"}},
      // rules
      {"DTSTART:20200101\nRRULE:FREQ=YEARLY",
       {"20240101", "20250101", "20260101", "20270101", "20280101"}},
      {"DTSTART:20250509\nRRULE:FREQ=YEARLY;COUNT=2", {"20250509", "20260509"}},
      {"DTSTART:20200509\nRRULE:FREQ=YEARLY;COUNT=6", {"20240509", "20250509"}},
      {"DTSTART:20250509\nRRULE:FREQ=YEARLY;UNTIL=20270509", {"20250509", "20260509", "20270509"}},
      {"DTSTART:20250509\nRRULE:FREQ=YEARLY;UNTIL=20270508T235959Z", {"20250509", "20260509"}},
      {"DTSTART:20220509\nRRULE:FREQ=YEARLY;INTERVAL=3", {"20250509", "20280509"}},
      {"DTSTART:20240229\nRRULE:FREQ=YEARLY", {"20240229", "20280229"}},
      {"DTSTART:20240229\nRRULE:FREQ=YEARLY;COUNT=2", {"20240229", "20280229"}},
      {"DTSTART:20241128\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
       {"20241128", "20251127", "20261126", "20271125", "20281123"}},
      {"DTSTART:20240527\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1MO;BYMONTH=5",
       {"20240527", "20250526", "20260525", "20270531", "20280529"}},
      {"DTSTART:20241105\nRRULE:FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;"
       "BYMONTHDAY=2,3,4,5,6,7,8",
       {"20241105", "20281107"}},
      {"DTSTART:20240101\nRRULE:FREQ=YEARLY;COUNT=4;BYMONTH=1,5;BYMONTHDAY=1",
       {"20240101", "20240501", "20250101", "20250501"}},
      {"DTSTART:20240131\nRRULE:FREQ=YEARLY;BYMONTHDAY=-1;WKST=MO;COUNT=2",
       {"20240131", "20250131"}},
      {"DTSTART:20251231\nDTEND:20260102\nRRULE:FREQ=YEARLY;COUNT=2",
       {"20251231", "20260101", "20261231", "20270101"}},
      {"DTSTART:20240101\nRRULE:freq=yearly;count=1", {"20240101"}},
      // The first day counts also where the rule does not name it.
      {"DTSTART:20240102\nRRULE:FREQ=YEARLY;COUNT=2;BYMONTH=1;BYMONTHDAY=1",
       {"20240102", "20250101"}},
      // exceptions come off after the count
      {"DTSTART:20240509\nRRULE:FREQ=YEARLY;COUNT=3\nEXDATE;VALUE=DATE:20250509",
       {"20240509", "20260509"}},
      {"DTSTART:20240509\nRRULE:FREQ=YEARLY;COUNT=3\nEXDATE:20250509,20260509", {"20240509"}},
      {"DTSTART:20240509\nRRULE:FREQ=YEARLY;COUNT=3\nEXDATE:20250509\nEXDATE:20240509",
       {"20260509"}},
      {"DTSTART:20240509\nEXDATE:20240509T000000", {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.lines);
    CHECK(days_of(event(row.lines)) == row.days);
  }
}

TEST_CASE("what is not understood is told with file and line") {
  struct Row {
    std::string text;
    const char* message;  // its beginning
  };
  const auto with = [](const char* line) {
    return event(std::string("DTSTART:20260101\n") + line);
  };
  const Row rows[] = {
      {"", "h.ics:1:1: the file is empty"},
      {"\r\n\r\n", "h.ics:1:1: the file is empty"},
      {"<html>", "h.ics:1:1: not an iCalendar file"},
      {event("X-A:1"), "h.ics:3:1: the event has no DTSTART"},
      {event("DTSTART:2026-01-01"), "h.ics:5:1: DTSTART 2026-01-01: a holiday is whole days"},
      {event("DTSTART:20260230"), "h.ics:5:1: DTSTART"},
      {event("DTSTART:20260101T120000"), "h.ics:5:1: DTSTART 20260101T120000"},
      {event("DTSTART:20260101T000000Z"), "h.ics:5:1: DTSTART"},
      {event("DTSTART:18991231"), "h.ics:5:1: DTSTART"},
      {event("DTSTART:22000101"), "h.ics:5:1: DTSTART"},
      {event("DTSTART"), "h.ics:5:1: DTSTART"},
      {with("DTEND:20251231"), "h.ics:3:1: DTEND is before DTSTART"},
      {with("DTEND:20280101"), "h.ics:3:1: longer than 366 days"},
      {with("DTEND:x"), "h.ics:6:1: DTEND x"},
      {with("DURATION:PT8H"), "h.ics:6:1: DURATION PT8H: whole days"},
      {with("DURATION:P99W"), "h.ics:3:1: longer than 366 days"},
      {with("EXDATE:x"), "h.ics:6:1: EXDATE"},
      {with("RDATE:20260102"), "h.ics:6:1: RDATE is not understood"},
      {with("RRULE:FREQ=WEEKLY"), "h.ics:6:1: RRULE: FREQ=WEEKLY is not understood"},
      {with("RRULE:COUNT=1"), "h.ics:6:1: RRULE has no FREQ"},
      {with("RRULE:FREQ=YEARLY;COUNT=1;UNTIL=20270101"), "h.ics:6:1: RRULE has both"},
      {with("RRULE:FREQ=YEARLY;COUNT=0"), "h.ics:6:1: RRULE: COUNT=0"},
      {with("RRULE:FREQ=YEARLY;INTERVAL=-1"), "h.ics:6:1: RRULE: INTERVAL=-1"},
      {with("RRULE:FREQ=YEARLY;UNTIL=never"), "h.ics:6:1: RRULE: UNTIL=never"},
      {with("RRULE:FREQ=YEARLY;BYWEEKNO=20"), "h.ics:6:1: RRULE: BYWEEKNO=20"},
      {with("RRULE:FREQ=YEARLY;BYMONTH=13"), "h.ics:6:1: RRULE: BYMONTH=13"},
      {with("RRULE:FREQ=YEARLY;BYMONTHDAY=0"), "h.ics:6:1: RRULE: BYMONTHDAY=0"},
      {with("RRULE:FREQ=YEARLY;BYMONTH=1;BYDAY=MO"), "h.ics:6:1: RRULE: BYDAY without a number"},
      {with("RRULE:FREQ=YEARLY;BYDAY=1MO"), "h.ics:6:1: RRULE: BYDAY without BYMONTH"},
      {with("RRULE:FREQ=YEARLY;BYMONTH=1;BYDAY=6MO"), "h.ics:6:1: RRULE: BYDAY=6MO"},
      {with("RRULE:FREQ=YEARLY;BYMONTH=1;BYDAY=1XX"), "h.ics:6:1: RRULE: BYDAY=1XX"},
      {with("RRULE:FREQ=YEARLY;"), "h.ics:6:1: RRULE:"},
      {with("RRULE:FREQ=YEARLY\nRRULE:FREQ=YEARLY"), "h.ics:7:1: a second RRULE"},
      {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101\n", "h.ics:2:1: BEGIN:VEVENT has no END"},
      {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101\nBEGIN:VEVENT\nDTSTART:20260101\n"
       "END:VEVENT\n",
       "h.ics:4:1: BEGIN:VEVENT within"},
      {std::string(kIcalendarSizeMax + 1, 'x'), "h.ics: larger than"},
  };
  for (const Row& row : rows) {
    const auto events = parse_icalendar("h.ics", row.text);
    CAPTURE(row.message);
    REQUIRE(!events.has_value());
    const std::string message = events.error().front().message();
    CHECK_MESSAGE(message.starts_with(row.message), message);
  }
}

TEST_CASE("all mistakes are told at once, up to their bound") {
  std::string body;
  for (int i = 0; i < 300; ++i) body += "BEGIN:VEVENT\r\nEND:VEVENT\r\n";
  CHECK(parse_icalendar("h.ics", calendar(body)).error().size() == config::kMistakesMax);
  CHECK(parse_icalendar("h.ics", event("DTSTART:x\nRRULE:x")).error().size() == 2);
}

TEST_CASE("long lines are unfolded, escapes undone, and lines still counted") {
  const std::string text =
      "\xEF\xBB\xBF"
      "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY;LANGUAGE=ru:День\\, кото\n рый\\nдлинный\\;\n\t "
      "\\\\\n"
      "DTSTART;VALUE=\n DATE:2026\n 0509\nEND:VEVENT\nBEGIN:VEVENT\nEND:VEVENT\n";
  const auto wrong = parse_icalendar("h.ics", text);
  REQUIRE(!wrong.has_value());
  CHECK(wrong.error().front().line == 10);
  const auto events = parse_icalendar("h.ics", text.substr(0, text.rfind("BEGIN")));
  REQUIRE(events.has_value());
  CHECK(events->front().name == "День, который длинный; \\");
  CHECK(events->front().line == 2);
}

TEST_CASE("the number of events and of days is bounded") {
  std::string body;
  for (std::size_t i = 0; i <= kEventsMax; ++i)
    body += "BEGIN:VEVENT\nDTSTART:20260101\nEND:VEVENT\n";
  const auto events = parse_icalendar("h.ics", "BEGIN:VCALENDAR\n" + body + "END:VCALENDAR\n");
  REQUIRE(!events.has_value());
  CHECK(events.error().front().text == "more than 10000 events");
  CalendarEvent yearly{.name = "all", .rule = YearlyRule{}};
  yearly.first = std::chrono::local_days(std::chrono::year(1900) / 1 / 1);
  yearly.days = 365;
  const auto days = expand({yearly, yearly}, kYearMin, kYearMax);
  CHECK(days.size() == kHolidayDaysMax + 1);
  CHECK(HolidayCalendar("all", days).days().size() <= kHolidayDaysMax);
}

}  // namespace pbx::route
