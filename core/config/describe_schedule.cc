#include <array>
#include <string_view>

#include "core/config/describe.h"
#include "core/config/phrase_form.h"

namespace pbx::config {
namespace {

constexpr Count kSpans{0, 24};
constexpr Count kDates{0, 1000};
constexpr Count kCalendars{0, 16};
constexpr Count kDays{0, 1000};
constexpr std::array<std::string_view, 7> kDayNames{"monday", "tuesday",  "wednesday", "thursday",
                                                    "friday", "saturday", "sunday"};

constexpr PhraseForm kHours{.what = "hours such as 09:00-18:00", .max = 20};
constexpr PhraseForm kDate{.what = "a date such as 2026-12-31", .max = 10};
constexpr PhraseForm kHoliday{.what = "holidays such as 2026-11-04 Unity Day or 01-01 New Year",
                              .max = 100};

}  // namespace

void describe(Visitor& v, WeekHours& week) {
  for (std::size_t i = 0; i < kDayNames.size(); ++i)
    v.list({.name = kDayNames[i],
            .help = "When it is open on this day; a span such as 22:00-06:00 runs into the next "
                    "day, 00:00-24:00 is the whole day, no span is closed.",
            .example = i < 5 ? "09:00-18:00" : ""},
           week.days[i], kHours, kSpans);
}

void describe(Visitor& v, DatedHours& dates) {
  v.option({.name = "from", .help = "The first day.", .example = "2026-12-31", .required = true},
           dates.from, kDate);
  v.option({.name = "to",
            .help = "The last day, that day included.",
            .default_text = "the day of `from` alone",
            .example = "2026-12-31"},
           dates.to, kDate);
  v.list({.name = "hours", .help = "When it is open on each of these days; no span is closed."},
         dates.hours, kHours, kSpans);
  v.option({.name = "name",
            .help = "What people are told who ask why it is open or closed.",
            .default_text = "none",
            .example = "inventory"},
           dates.name, TextForm{.min = 1, .max = 64});
}

void describe(Visitor& v, HolidayHours& holidays) {
  v.option(
      {.name = "calendar", .help = "A name in `holidays`.", .example = "russia", .required = true},
      holidays.calendar, kPlainName);
  v.list({.name = "hours", .help = "When it is open on such a day; no span is closed."},
         holidays.hours, kHours, kSpans);
}

void describe(Visitor& v, Schedule& schedule) {
  v.option({.name = "zone",
            .help = "The time zone whose clock the hours are of, by its IANA name.",
            .example = "Europe/Moscow",
            .required = true},
           schedule.zone,
           PhraseForm{.what = "a time zone such as Europe/Moscow or UTC", .max = 64});
  v.option({.name = "code",
            .help = "Dialled by an extension it closes the schedule by hand (night mode), dialled "
                    "again it gives it back to its hours.",
            .default_text = "none",
            .example = "*28"},
           schedule.code, TextForm{.min = 1, .max = 15, .kind = TextKind::kDial});
  v.list({.name = "switched_by",
          .help = "The extensions that may dial `code`; with none given all may.",
          .example = "101"},
         schedule.switched_by, TextForm{.min = 1, .max = 32, .kind = TextKind::kDial},
         Count{0, 100});
  v.section({.name = "week", .help = "The hours of a week without exceptions."}, schedule.week);
  v.items(
      {.name = "dates",
       .help = "Days that differ, the first that has the day; they win over holidays and week."},
      schedule.dates, kDates);
  v.items({.name = "holidays",
           .help = "Calendars whose days differ, the first that has the day; they win over week."},
          schedule.holidays, kCalendars);
}

void describe(Visitor& v, HolidayCalendar& calendar) {
  v.option({.name = "file",
            .help = "An iCalendar file (.ics) whose events of whole days are holidays.",
            .default_text = "none",
            .example = "/etc/strowger/russia.ics"},
           calendar.file, PathForm{});
  v.list({.name = "days",
          .help = "Holidays besides those of the file, each a date, or month and day of every "
                  "year, and a name.",
          .example = "01-01 New Year"},
         calendar.days, kHoliday, kDays);
}

}  // namespace pbx::config
