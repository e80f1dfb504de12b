#include "core/route/schedule_section.h"

#include "section_samples.h"

namespace pbx::route {
namespace {

constexpr const char* kCalendar =
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20200509\r\nRRULE:FREQ=YEARLY\r\n"
    "SUMMARY:Victory Day\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

struct Made {
  std::vector<std::shared_ptr<const Schedule>> schedules;
  std::string flaws;
};

Made made(const std::string& text) {
  const auto config = testing::config_of(text);
  std::vector<core::Flaw> flaws;
  const auto read = [](const std::filesystem::path& file) -> core::Result<std::string> {
    if (file == "a.ics") return std::string(kCalendar);
    if (file == "broken.ics") return std::string("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n");
    return core::fail(core::ErrorCode::kNotFound, "is not there");
  };
  auto schedules = compile_schedules(*config, read, flaws);
  return {std::move(schedules), testing::text_of(flaws)};
}

}  // namespace

TEST_CASE("week, dates and holidays of a configuration decide when it is open") {
  const Made all = made(
      "holidays:\n"
      "  russia: {file: a.ics, days: [01-01 New Year, 2026-11-04 Unity Day]}\n"
      "schedules:\n"
      "  office:\n"
      "    zone: Europe/Moscow\n"
      "    week:\n"
      "      monday: [09:00-13:00, 14:00-18:00]\n"
      "      wednesday: [09:00-18:00]\n"
      "      friday: [09:00-18:00]\n"
      "      saturday: [22:00-06:00]\n"
      "    dates:\n"
      "      - {from: 2026-11-24, hours: [10:00-11:00], name: inventory}\n"
      "      - {from: 2026-12-28, to: 2026-12-31}\n"
      "    holidays: [{calendar: russia, hours: [12:00-13:00]}]\n");
  CHECK(all.flaws.empty());
  REQUIRE(all.schedules.size() == 1);
  struct Row {
    const char* time;
    bool open;
  };
  const Row rows[] = {
      {"2026-11-23T09:30:00+03:00", true},   // Monday
      {"2026-11-23T13:30:00+03:00", false},  // at lunch
      {"2026-11-24T10:30:00+03:00", true},   // a dated Tuesday
      {"2026-11-25T08:30:00+03:00", false},
      {"2026-11-29T05:30:00+03:00", true},   // Sunday, of Saturday's night
      {"2026-11-04T09:30:00+03:00", false},  // a holiday on Wednesday
      {"2026-11-04T12:30:00+03:00", true},
      {"2026-12-28T09:30:00+03:00", false},  // a dated Monday
      {"2027-01-01T09:30:00+03:00", false},  // Fridays
      {"2027-01-01T12:30:00+03:00", true},
      {"2031-05-09T09:30:00+03:00", false},  // of the file
  };
  for (const Row& row : rows) {
    CAPTURE(row.time);
    CHECK(all.schedules[0]->is_open(core::parse_iso8601(row.time).value()) == row.open);
  }
}

TEST_CASE("29 February is a holiday of leap years alone") {
  const Made leap = made(
      "holidays: {a: {days: [02-29 Leap Day]}}\n"
      "schedules: {s: {zone: UTC, holidays: [{calendar: a, hours: [00:00-24:00]}]}}\n");
  REQUIRE(leap.schedules.size() == 1);
  CHECK(leap.schedules[0]->is_open(core::parse_iso8601("2028-02-29T09:30:00Z").value()));
  CHECK_FALSE(leap.schedules[0]->is_open(core::parse_iso8601("2027-03-01T09:30:00Z").value()));
}

TEST_CASE("what is wrong is told at its option, and the schedule is left out") {
  struct Row {
    const char* text;
    const char* flaw;
  };
  const Row rows[] = {
      {"schedules: {s: {zone: Mars}}\n", "schedules.s.zone: "},
      {"schedules: {s: {zone: UTC, week: {monday: [09:00-18:00, 9-18]}}}\n",
       "schedules.s.week.monday[1]: `9-18`: hours are written like 09:00-18:00\n"},
      {"schedules: {s: {zone: UTC, week: {friday: [25:00-26:00]}}}\n",
       "schedules.s.week.friday[0]: `25:00-26:00`: hours"},
      {"schedules: {s: {zone: UTC, week: {sunday: [09:00-12:00, 11:00-13:00]}}}\n",
       "schedules.s.week.sunday[1]: 11:00-13:00 overlaps 09:00-12:00 of the same day\n"},
      {"schedules: {s: {zone: UTC, dates: [{from: 2026-02-30}]}}\n",
       "schedules.s.dates[0].from: `2026-02-30`: there is no such day\n"},
      {"schedules: {s: {zone: UTC, dates: [{from: 2026-12-31, to: 2026-12-30}]}}\n",
       "schedules.s.dates[0]: 2026-12-30 is before 2026-12-31\n"},
      {"schedules: {s: {zone: UTC, dates: [{from: 2026-12-31, hours: [all]}]}}\n",
       "schedules.s.dates[0].hours[0]: `all`: hours"},
      {"holidays: {russia: }\nschedules: {s: {zone: UTC, holidays: [{calendar: rusia}]}}\n",
       "schedules.s.holidays[0].calendar: there is no calendar `rusia`, did you mean `russia`?"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const Made wrong = made(row.text);
    CAPTURE(wrong.flaws);
    CHECK(wrong.flaws.starts_with(row.flaw));
    CHECK(wrong.schedules.empty());
  }
}

TEST_CASE("wrong holidays are told with their place") {
  CHECK(made("holidays: {a: {days: [01-01 New Year, 2026-02-30 Never, 13-01 Never, soon]}}\n")
            .flaws ==
        "holidays.a.days[1]: `2026-02-30`: there is no such day\n"
        "holidays.a.days[2]: `13-01` is no day; allowed: 2026-11-04 and a name, or 11-04 and a "
        "name\n"
        "holidays.a.days[3]: `soon` is no day; allowed: 2026-11-04 and a name, or 11-04 and a "
        "name\n");
  CHECK(made("holidays: {a: {file: b.ics}}\n").flaws == "holidays.a.file: b.ics is not there\n");
  CHECK(made("holidays: {a: {file: broken.ics}}\n")
            .flaws.starts_with("holidays.a.file: broken.ics:"));
}

}  // namespace pbx::route
