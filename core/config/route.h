// core/config/route.h — sections `schedules`, `holidays`, `plans`, `caller_lists`, `prices` and
// `trunk_groups`: where calls go, when, at what price.
//
// Pure values, texts as they are written; core/route/routing.h reads them and makes of them what is
// asked for each call.

#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace pbx::config {

using HoursText = std::vector<std::string>;  // "09:00-18:00"; empty: closed

struct WeekHours {
  std::array<HoursText, 7> days;  // Monday first

  friend bool operator==(const WeekHours&, const WeekHours&) = default;
};

struct DatedHours {
  std::string from;  // "2026-12-31"
  std::string to;    // inclusive; "": that day alone
  HoursText hours;
  std::string name;  // for people

  friend bool operator==(const DatedHours&, const DatedHours&) = default;
};

struct HolidayHours {
  std::string calendar;  // a name in `holidays`
  HoursText hours;

  friend bool operator==(const HolidayHours&, const HolidayHours&) = default;
};

struct Schedule {
  std::string name;  // its key in `schedules`
  std::string zone;  // IANA
  WeekHours week;
  std::string code;                      // dialled to close it by hand and back; "": none
  std::vector<std::string> switched_by;  // extensions that may dial it; empty: all
  std::vector<DatedHours> dates;         // the first with the day counts, before all else
  std::vector<HolidayHours> holidays;    // then the first whose calendar has the day

  friend bool operator==(const Schedule&, const Schedule&) = default;
};

// The days of the file and those of the list together.
struct HolidayCalendar {
  std::string name;               // its key in `holidays`
  std::filesystem::path file;     // iCalendar; empty: none
  std::vector<std::string> days;  // "2026-01-01 New Year", "01-01 New Year" of each year

  friend bool operator==(const HolidayCalendar&, const HolidayCalendar&) = default;
};

// Conditions that are empty always hold.
struct PlanRule {
  std::string to;    // "queue sales", "reject busy"
  std::string name;  // "": "rule 3"
  std::string called;
  std::string caller;
  std::vector<std::string> trunks;   // any of them; "none" is a call from an extension
  std::vector<std::string> regions;  // any of them; "unknown"
  std::vector<std::string> lists;    // all of them: "vip", "not black"
  std::vector<std::string> headers;  // all of them: "X-A", "X-A: is this", "X-A ~ has this"
  std::string schedule;              // "office", "not office"
  std::string load;                  // "waiting_calls sales < 5"
  std::uint32_t percent = 100;

  friend bool operator==(const PlanRule&, const PlanRule&) = default;
};

struct Plan {
  std::string name;             // its key in `plans`
  std::vector<PlanRule> rules;  // the first that matches counts

  friend bool operator==(const Plan&, const Plan&) = default;
};

struct CallerList {
  std::string name;                  // its key in `caller_lists`
  std::vector<std::string> numbers;  // or patterns
  std::filesystem::path file;        // more numbers, a CSV table; empty: none

  friend bool operator==(const CallerList&, const CallerList&) = default;
};

struct PriceList {
  std::string name;            // its key in `prices`
  std::filesystem::path file;  // a CSV table; empty: no price is known

  friend bool operator==(const PriceList&, const PriceList&) = default;
};

struct GroupTrunk {
  std::string trunk;
  std::uint32_t priority = 1;  // 1 is tried before 2
  std::uint32_t weight = 1;    // the share of calls among those of one priority
  std::string prices;          // a name in `prices`; "": its prices are not known

  friend bool operator==(const GroupTrunk&, const GroupTrunk&) = default;
};

// Among trunks of one priority.
enum class TrunkOrder : std::uint8_t {
  kPriority,    // as listed
  kWeight,      // by chance in proportion to weight
  kLeastUsed,   // the fewest calls first
  kRoundRobin,  // the one after the last used first
  kCheapest,    // by `prices` for the number
};

struct TrunkGroup {
  std::string name;  // its key in `trunk_groups`
  std::vector<GroupTrunk> members;
  TrunkOrder order = TrunkOrder::kPriority;

  friend bool operator==(const TrunkGroup&, const TrunkGroup&) = default;
};

}  // namespace pbx::config
