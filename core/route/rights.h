// core/route/rights.h — who may call what: destinations, hours, limits; who may use which service.
//
// Pure and immutable once made; any thread may ask.  What an extension has used so far is counted
// by the one who asks.  Money is whole millionths, as in price_table.h.
//
// Emergency numbers are always allowed, to everybody.  No rights at all (a null group: callers of
// foreign domains, unregistered ones) is emergency numbers alone.

#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "core/base/wall_time.h"
#include "core/config/rights.h"
#include "core/number/number.h"
#include "core/route/price_table.h"
#include "core/route/schedule.h"

namespace pbx::route {

// Of numbers as rights see them.
enum class Destination : std::uint8_t {
  kEmergency,
  kInternal,  // feature codes too
  kLocal,     // of the home area; short numbers too
  kNational,
  kMobile,
  kTollFree,
  kPremium,  // whatever country: premium, shared cost, personal numbers
  kInternational,
  kOther,  // what is no telephone number: digits that no plan knows, names
};
[[nodiscard]] std::string_view to_text(Destination destination);  // "toll_free"

// Where we are.
struct Home {
  std::string country = "RU";
  std::string area;  // "+7495": what numbers of the home area begin with; "": there are none
};
[[nodiscard]] Destination destination_of(const number::Number& number, const Home& home);

// A group of rights, compiled.
struct RightsGroup {
  std::string name;
  std::set<Destination> destinations;  // kInternational: of all countries
  std::set<std::string> countries;     // international ones besides
  std::set<config::Service> services;
  config::RightsLimits limits;
  std::optional<std::int64_t> money_per_day;                 // of limits, read
  std::shared_ptr<const PriceTable> prices;                  // never null if money_per_day
  std::shared_ptr<const Schedule> schedule;                  // null: at any time
  std::map<std::string, std::string, std::less<>> accounts;  // name by SHA-256

  // Whose code it is; null: nobody's.  `sha256` is that of code_text(), lower-case hexadecimal.
  [[nodiscard]] const std::string* find_account(std::string_view sha256) const;
  // What is hashed of a code that was dialled.
  [[nodiscard]] std::string code_text(std::string_view code) const;
};

// Of one extension, calls to outside alone.
struct RightsUsage {
  std::uint32_t calls_now = 0;
  std::uint32_t calls_this_hour = 0;  // begun in the last 60 minutes
  std::chrono::seconds talk_today{0};
  std::int64_t cost_today = 0;
};

struct RightsQuestion {
  const number::Number& called;
  const Home& home;  // of the domain in which the number was read
  const RightsUsage& usage;
  core::WallTime now;
  const ScheduleOverride& hand;  // on the group's schedule
  bool has_code = false;         // a code of the group was dialled: find_account()
};

enum class Refusal : std::uint8_t {
  kNone,
  kNoRights,
  kDestination,
  kSchedule,
  kConcurrent,
  kPerHour,
  kMinutes,
  kMoney,
  kPriceUnknown,
};
[[nodiscard]] std::string_view to_text(Refusal refusal);  // "per_hour", for metrics and records

struct RightsDecision {
  Refusal refusal = Refusal::kNone;
  std::string text;  // for people, why it is refused
  // Allowed, but to be ended after so long; none: no bound.  Above 0.
  std::optional<std::chrono::seconds> talk_max;

  [[nodiscard]] bool is_allowed() const { return refusal == Refusal::kNone; }
};

// `group` may be null: no rights.
[[nodiscard]] RightsDecision decide(const RightsGroup* group, const RightsQuestion& question);
[[nodiscard]] bool may_use(const RightsGroup* group, config::Service service);

}  // namespace pbx::route
