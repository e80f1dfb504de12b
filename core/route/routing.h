// core/route/routing.h — all that a configuration says about numbers and routes, ready to be asked:
// sections `numbering`, `rewrites`, `domains`, `schedules`, `holidays`, `caller_lists`,
// `prices`, `trunk_groups`, `plans` and `rights`.
//
// Pure, immutable once made; any thread may ask.  `domain` is a name in `domains`, "" the house.
// Made once of each configuration and shared as
// shared_ptr<const Routing>.

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/flaw.h"
#include "core/config/config.h"
#include "core/config/loader.h"
#include "core/number/numbering.h"
#include "core/route/caller_lists.h"
#include "core/route/dial_plan.h"
#include "core/route/price_table.h"
#include "core/route/rights_section.h"

namespace pbx::route {

// The numbers of one call, brought to the form that rules are written in.
struct CallNumbers {
  number::Number called;  // what is no number, as a SIP user name: its text as it came, kUnknown
  number::Number caller;  // likewise; text "" if withheld
  std::string region;     // of the outside number, see RouteFacts
  std::vector<std::string_view> lists;  // that the caller is on; live as long as the Routing
};

// A call that changes domains more often runs in a circle.
inline constexpr std::uint32_t kPassagesOfCallMax = 8;

class Routing {
 public:
  using ReadFile = number::Numbering::ReadFile;

  // Flaws: whatever is wrong with one of the sections; their paths are those of the documentation:
  // "plans.incoming.rules[3].to".
  [[nodiscard]] static core::Checked<Routing> make(const config::Config& config,
                                                   const ReadFile& read_file);

  [[nodiscard]] const number::Numbering& numbering() const { return numbering_; }
  [[nodiscard]] const DialPlans& plans() const { return plans_; }
  // Null: none of that name.
  [[nodiscard]] const Schedule* find_schedule(std::string_view name) const;
  [[nodiscard]] const PriceTable* find_prices(std::string_view name) const;
  [[nodiscard]] const RightsGroup* find_rights(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> lists_of(std::string_view caller) const {
    return lists_.lists_of(caller);
  }

  // "RU/Moscow", from large to small, as rules say it; "" if nothing is known.
  [[nodiscard]] std::string region_of(const number::Number& number, std::string_view domain) const;
  // Where a domain is, for rights.
  [[nodiscard]] Home home_of(std::string_view domain) const;

  // Both as rewrite rules left them.  The outside number is the caller's if the call came by a
  // trunk, else the one called.
  [[nodiscard]] CallNumbers numbers_of(std::string_view called, std::string_view caller,
                                       bool by_trunk, std::string_view domain = {}) const;

 private:
  Routing(number::Numbering numbering, DialPlans plans)
      : numbering_(std::move(numbering)), plans_(std::move(plans)) {}

  number::Numbering numbering_;
  DialPlans plans_;
  CallerLists lists_;
  PriceTables prices_;
  RightsGroups rights_;
  std::string language_ = "en";  // of the names of regions
};

// "RU/Moscow", from large to small; "" if nothing is known.
[[nodiscard]] std::string region_text(const number::Region& region);

// Null: something is wrong, and was told.
[[nodiscard]] std::shared_ptr<const Routing> make_routing(const config::Config& config,
                                                          const config::Surroundings& surroundings,
                                                          const config::Surroundings::Tell& tell);
// For Surroundings::check.
void check_routing(const config::Config& config, const config::Surroundings& surroundings,
                   const config::Surroundings::Tell& tell);

}  // namespace pbx::route
