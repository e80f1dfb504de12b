#include "core/route/icalendar.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/base/text.h"

namespace pbx::route {
namespace {

using core::equals_nocase;
using core::parse_uint;
using std::chrono::days;
using std::chrono::local_days;
using std::chrono::year_month_day;

// One logical line: unfolded, NAME;PARAM=VALUE:VALUE in its parts.
struct Property {
  int line = 0;
  std::string text;
  std::string_view name, parameters, value;  // into text
};

// Gives the logical lines of a file (RFC 5545 3.1): CRLF or LF, folded with a space or a tab.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
  }

  bool next(Property& out) {
    do {
      if (rest_.empty()) return false;
      out.text = std::string(take());
      out.line = line_;
      while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t'))
        out.text += take().substr(1);
    } while (core::trim(out.text).empty());
    cut(out);
    return true;
  }

 private:
  std::string_view take() {
    const std::size_t end = rest_.find('\n');
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    ++line_;
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  // The value begins at the first colon outside of a quoted parameter.
  static void cut(Property& out) {
    const std::string_view text = out.text;
    bool quoted = false;
    std::size_t colon = 0;
    for (; colon < text.size() && (quoted || text[colon] != ':'); ++colon)
      if (text[colon] == '"') quoted = !quoted;
    const std::string_view head = text.substr(0, colon);
    const std::size_t semicolon = std::min(head.find(';'), head.size());
    out.name = core::trim(head.substr(0, semicolon));
    out.parameters = head.substr(semicolon);
    out.value = colon < text.size() ? core::trim(text.substr(colon + 1)) : std::string_view();
  }

  std::string_view rest_;
  int line_ = 0;
};

// Calls `each(piece)` for the pieces of a list until one is refused.  False: one was, or too many.
template <typename Each>
bool for_each_piece(std::string_view list, char separator, Each each) {
  for (std::size_t count = 0; count < kListMax; ++count) {
    const std::size_t end = std::min(list.find(separator), list.size());
    if (!each(list.substr(0, end))) return false;
    if (end == list.size()) return true;
    list.remove_prefix(end + 1);
  }
  return false;
}

std::optional<int> parse_signed(std::string_view text, unsigned max) {
  const bool minus = text.starts_with('-');
  if (minus || text.starts_with('+')) text.remove_prefix(1);
  const auto number = parse_uint<unsigned>(text, max);
  if (!number || *number == 0) return std::nullopt;
  return minus ? -static_cast<int>(*number) : static_cast<int>(*number);
}

// "20260101", or with a time of day, which is returned in `time`.
std::optional<local_days> parse_date(std::string_view text, std::string_view& time) {
  if (text.size() < 8) return std::nullopt;
  const auto year = parse_uint<unsigned>(text.substr(0, 4), kYearMax);
  const auto month = parse_uint<unsigned>(text.substr(4, 2), 12);
  const auto day = parse_uint<unsigned>(text.substr(6, 2), 31);
  if (!year || *year < kYearMin || !month || !day) return std::nullopt;
  const year_month_day date{std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month),
                            std::chrono::day(*day)};
  time = text.substr(8);
  if (!date.ok() || (!time.empty() && time.front() != 'T')) return std::nullopt;
  return local_days(date);
}

std::optional<local_days> parse_whole_day(std::string_view text) {
  std::string_view time;
  const auto day = parse_date(text, time);
  return day && (time.empty() || time == "T000000") ? day : std::nullopt;
}

std::optional<YearlyRule::Day> parse_weekday(std::string_view text) {
  static constexpr std::array<std::string_view, 7> kNames = {"SU", "MO", "TU", "WE",
                                                             "TH", "FR", "SA"};
  if (text.size() < 2) return std::nullopt;
  const std::string_view name = text.substr(text.size() - 2);
  const auto found = std::find_if(kNames.begin(), kNames.end(),
                                  [&](auto known) { return equals_nocase(known, name); });
  if (found == kNames.end()) return std::nullopt;
  YearlyRule::Day day{0, std::chrono::weekday(static_cast<unsigned>(found - kNames.begin()))};
  if (text.size() == 2) return day;
  const auto nth = parse_signed(text.substr(0, text.size() - 2), 5);
  if (!nth) return std::nullopt;
  day.nth = *nth;
  return day;
}

bool parse_months(std::string_view text, YearlyRule& rule) {
  return for_each_piece(text, ',', [&](std::string_view piece) {
    const auto month = parse_uint<unsigned>(piece, 12);
    if (month && *month > 0) rule.months.push_back(*month);
    return month && *month > 0;
  });
}

bool parse_month_days(std::string_view text, YearlyRule& rule) {
  return for_each_piece(text, ',', [&](std::string_view piece) {
    const auto day = parse_signed(piece, 31);
    if (day) rule.month_days.push_back(*day);
    return day.has_value();
  });
}

bool parse_weekdays(std::string_view text, YearlyRule& rule) {
  return for_each_piece(text, ',', [&](std::string_view piece) {
    const auto day = parse_weekday(piece);
    if (day) rule.days.push_back(*day);
    return day.has_value();
  });
}

bool parse_part(std::string_view name, std::string_view value, YearlyRule& rule) {
  if (equals_nocase(name, "FREQ")) return equals_nocase(value, "YEARLY");
  if (equals_nocase(name, "WKST")) return true;  // without BYWEEKNO it changes nothing
  if (equals_nocase(name, "BYMONTH")) return parse_months(value, rule);
  if (equals_nocase(name, "BYMONTHDAY")) return parse_month_days(value, rule);
  if (equals_nocase(name, "BYDAY")) return parse_weekdays(value, rule);
  if (equals_nocase(name, "UNTIL")) {
    std::string_view time;  // of the last day: whatever it is, the day is in
    rule.until = parse_date(value, time);
    return rule.until.has_value();
  }
  const auto number = parse_uint<unsigned>(value, 10'000);
  if (!number || *number == 0) return false;
  if (equals_nocase(name, "INTERVAL")) {
    rule.interval = *number;
    return true;
  }
  if (!equals_nocase(name, "COUNT")) return false;
  rule.count = *number;
  return true;
}

// Empty: the rule is good.
std::string parse_rule(std::string_view text, YearlyRule& rule) {
  std::string_view bad;
  bool has_frequency = false;
  const bool good = for_each_piece(text, ';', [&](std::string_view part) {
    const auto pair = core::split_once(part, '=');
    bad = part;
    if (!pair || !parse_part(pair->first, pair->second, rule)) return false;
    has_frequency = has_frequency || equals_nocase(pair->first, "FREQ");
    return true;
  });
  if (!good) return fmt::format("RRULE: {:.40} is not understood", bad);
  if (!has_frequency) return "RRULE has no FREQ";
  if (rule.count && rule.until) return "RRULE has both COUNT and UNTIL";
  const bool bare =
      std::any_of(rule.days.begin(), rule.days.end(), [](const auto& day) { return day.nth == 0; });
  if (bare && rule.month_days.empty()) return "RRULE: BYDAY without a number, as in 4TH or -1MO";
  if (!rule.days.empty() && rule.months.empty()) return "RRULE: BYDAY without BYMONTH";
  return {};
}

// "P1D" or "P1W": whole days (RFC 5545 3.3.6).
std::optional<unsigned> parse_duration(std::string_view text) {
  if (!text.starts_with('P') || text.size() < 3) return std::nullopt;
  const char unit = text.back();
  const auto number = parse_uint<unsigned>(text.substr(1, text.size() - 2), kEventDaysMax);
  if (!number || (unit != 'D' && unit != 'W')) return std::nullopt;
  return unit == 'W' ? *number * 7 : *number;
}

// RFC 5545 3.3.11: \, \; \\ and \n.
std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '\\' && i + 1 < text.size();
    if (escaped) ++i;
    out += escaped && (text[i] == 'n' || text[i] == 'N') ? ' ' : text[i];
  }
  return out;
}

class Reader {
 public:
  Reader(std::string_view file, std::string_view text) : file_(file), lines_(text) {}

  void read() {
    Property property;
    bool is_calendar = false;
    while (lines_.next(property) && mistakes_.size() < config::kMistakesMax) {
      if (!is_calendar && !is(property, "BEGIN", "VCALENDAR"))
        return add(property.line, "not an iCalendar file: it does not begin with BEGIN:VCALENDAR");
      is_calendar = true;
      if (events_.size() > kEventsMax)
        return add(property.line, fmt::format("more than {} events", kEventsMax));
      take(property);
    }
    if (!is_calendar) add(1, "the file is empty");
    if (event_) add(event_->line, "BEGIN:VEVENT has no END:VEVENT");
  }

  std::vector<CalendarEvent> events() && { return std::move(events_); }
  std::vector<config::Mistake> mistakes() && { return std::move(mistakes_); }

 private:
  static bool is(const Property& property, std::string_view name, std::string_view value) {
    return equals_nocase(property.name, name) && equals_nocase(property.value, value);
  }

  void add(int line, std::string text) {
    if (mistakes_.size() < config::kMistakesMax)
      mistakes_.push_back({std::string(file_), line, 1, std::move(text)});
  }

  void take(const Property& property) {
    if (is(property, "BEGIN", "VEVENT")) return begin(property);
    if (!event_) return;
    if (is(property, "END", "VEVENT")) return end();
    // What is inside an event, as VALARM, has properties of its own.
    if (equals_nocase(property.name, "BEGIN"))
      ++inner_;
    else if (equals_nocase(property.name, "END") && inner_ > 0)
      --inner_;
    else if (inner_ == 0)
      set(property);
  }

  void begin(const Property& property) {
    if (event_) add(property.line, "BEGIN:VEVENT within a VEVENT");
    event_ = CalendarEvent{.line = property.line};
    end_.reset();
    has_first_ = is_cancelled_ = false;
    inner_ = 0;
  }

  void set(const Property& property) {
    const std::string_view name = property.name;
    if (equals_nocase(name, "SUMMARY"))
      event_->name = unescape(property.value);
    else if (equals_nocase(name, "DTSTART"))
      has_first_ = set_date(property, event_->first);
    else if (equals_nocase(name, "DTEND"))
      set_end(property);
    else if (equals_nocase(name, "DURATION"))
      set_duration(property);
    else if (equals_nocase(name, "EXDATE"))
      set_excluded(property);
    else if (equals_nocase(name, "RRULE"))
      set_rule(property);
    else if (equals_nocase(name, "STATUS"))
      is_cancelled_ = is(property, "STATUS", "CANCELLED");
    else if (equals_nocase(name, "RDATE"))
      add(property.line, "RDATE is not understood");
  }

  // A date that could not be read is told once, here: the event then counts as having one.
  bool set_date(const Property& property, local_days& out) {
    const auto day = parse_whole_day(property.value);
    if (day)
      out = *day;
    else
      add(property.line, fmt::format("{} {:.40}: a holiday is whole days, as in 20260101",
                                     property.name, property.value));
    return true;
  }

  void set_end(const Property& property) {
    end_.emplace();
    set_date(property, *end_);
  }

  void set_duration(const Property& property) {
    if (const auto length = parse_duration(property.value))
      event_->days = *length;
    else
      add(property.line, fmt::format("DURATION {:.40}: whole days, as in P1D", property.value));
  }

  void set_excluded(const Property& property) {
    const bool good = for_each_piece(property.value, ',', [&](std::string_view piece) {
      const auto day = parse_whole_day(core::trim(piece));
      if (day && event_->excluded.size() < kListMax) event_->excluded.push_back(*day);
      return day.has_value();
    });
    if (!good || event_->excluded.size() >= kListMax)
      add(property.line, fmt::format("EXDATE: at most {} whole days, as in 20260101", kListMax));
  }

  void set_rule(const Property& property) {
    if (event_->rule) return add(property.line, "a second RRULE in one event");
    const std::string fault = parse_rule(property.value, event_->rule.emplace());
    if (!fault.empty()) add(property.line, fault);
  }

  void end() {
    CalendarEvent event = std::move(*event_);
    event_.reset();
    if (!has_first_) return add(event.line, "the event has no DTSTART");
    // RFC 5545 3.6.1: DTEND is the day after; calendars that mean one day may repeat DTSTART.
    if (end_ && *end_ < event.first) return add(event.line, "DTEND is before DTSTART");
    const auto length = end_ ? std::max((*end_ - event.first).count(), days::rep{1})
                             : std::max<days::rep>(event.days, 1);
    if (length > static_cast<days::rep>(kEventDaysMax))
      return add(event.line, fmt::format("longer than {} days", kEventDaysMax));
    event.days = static_cast<unsigned>(length);
    if (!is_cancelled_) events_.push_back(std::move(event));
  }

  std::string_view file_;
  Lines lines_;
  std::vector<CalendarEvent> events_;
  std::vector<config::Mistake> mistakes_;
  std::optional<CalendarEvent> event_;  // between BEGIN and END
  std::optional<local_days> end_;
  bool has_first_ = false;
  bool is_cancelled_ = false;
  int inner_ = 0;
};

// ---------------------------------------------------------------- occurrences

bool is_month_day(const YearlyRule& rule, unsigned day, unsigned last) {
  return std::any_of(rule.month_days.begin(), rule.month_days.end(), [&](int wanted) {
    return wanted > 0 ? static_cast<unsigned>(wanted) == day
                      : day + static_cast<unsigned>(-wanted) == last + 1;
  });
}

bool is_weekday(const YearlyRule& rule, local_days date, unsigned day, unsigned last) {
  const std::chrono::weekday weekday(date);
  const int from_start = static_cast<int>((day - 1) / 7) + 1;
  const int from_end = -static_cast<int>((last - day) / 7) - 1;
  return std::any_of(rule.days.begin(), rule.days.end(), [&](const YearlyRule::Day& wanted) {
    return wanted.weekday == weekday &&
           (wanted.nth == 0 || wanted.nth == from_start || wanted.nth == from_end);
  });
}

// The days of one year that the rule names, ascending.  A day that the year does not have, as
// 29 February, is left out (RFC 5545 3.3.10).
std::vector<local_days> days_of_year(const YearlyRule& rule, local_days first, int year) {
  const year_month_day start(first);
  const bool bare = rule.month_days.empty() && rule.days.empty();
  std::vector<local_days> found;
  for (unsigned month = 1; month <= 12; ++month) {
    const bool wanted = rule.months.empty() ? std::chrono::month(month) == start.month()
                                            : std::find(rule.months.begin(), rule.months.end(),
                                                        month) != rule.months.end();
    if (!wanted) continue;
    const auto first_day = std::chrono::year(year) / std::chrono::month(month) / 1;
    const unsigned last =
        static_cast<unsigned>((first_day.year() / first_day.month() / std::chrono::last).day());
    for (unsigned day = 1; day <= last; ++day) {
      const local_days date = local_days(first_day) + days(day - 1);
      const bool fits = bare ? std::chrono::day(day) == start.day()
                             : (rule.month_days.empty() || is_month_day(rule, day, last)) &&
                                   (rule.days.empty() || is_weekday(rule, date, day, last));
      if (fits) found.push_back(date);
    }
  }
  return found;
}

// The first days of all occurrences through `last_year`.  DTSTART is always the first of them,
// also where the rule does not name it.
std::vector<local_days> starts_of(const CalendarEvent& event, int last_year) {
  std::vector<local_days> starts = {event.first};
  if (!event.rule) return starts;
  const YearlyRule& rule = *event.rule;
  const int first_year = static_cast<int>(year_month_day(event.first).year());
  const auto is_over = [&](local_days day) {
    return (rule.count && starts.size() >= *rule.count) || (rule.until && day > *rule.until);
  };
  for (int year = first_year; year <= last_year; year += static_cast<int>(rule.interval)) {
    for (const local_days day : days_of_year(rule, event.first, year)) {
      if (day <= event.first) continue;
      if (is_over(day)) return starts;
      starts.push_back(day);
    }
  }
  return starts;
}

}  // namespace

tl::expected<std::vector<CalendarEvent>, std::vector<config::Mistake>> parse_icalendar(
    std::string_view file, std::string_view text) {
  if (text.size() > kIcalendarSizeMax) {
    return tl::unexpected(std::vector<config::Mistake>{
        {std::string(file), 0, 0, fmt::format("larger than {} octets", kIcalendarSizeMax)}});
  }
  Reader reader(file, text);
  reader.read();
  auto mistakes = std::move(reader).mistakes();
  if (!mistakes.empty()) return tl::unexpected(std::move(mistakes));
  return std::move(reader).events();
}

std::vector<Holiday> expand(const std::vector<CalendarEvent>& events, int first_year,
                            int last_year) {
  last_year = std::min(last_year, kYearMax);
  std::vector<Holiday> holidays;
  for (const CalendarEvent& event : events) {
    for (const local_days start : starts_of(event, last_year)) {
      const auto& out = event.excluded;
      if (std::find(out.begin(), out.end(), start) != out.end()) continue;
      for (unsigned i = 0; i < event.days; ++i) {
        const local_days day = start + days(i);
        const int year = static_cast<int>(year_month_day(day).year());
        if (year < first_year || year > last_year) continue;
        if (holidays.size() > kHolidayDaysMax) return holidays;
        holidays.push_back({day, event.name});
      }
    }
  }
  return holidays;
}

}  // namespace pbx::route
