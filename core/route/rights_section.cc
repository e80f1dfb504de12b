#include "core/route/rights_section.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/base/text.h"
#include "core/config/forms.h"
#include "core/config/suggest.h"
#include "core/number/phone_library.h"

namespace pbx::route {
namespace {

constexpr std::array<std::pair<std::string_view, Destination>, 8> kWords{
    {{"internal", Destination::kInternal},
     {"local", Destination::kLocal},
     {"national", Destination::kNational},
     {"mobile", Destination::kMobile},
     {"toll_free", Destination::kTollFree},
     {"premium", Destination::kPremium},
     {"international", Destination::kInternational},
     {"other", Destination::kOther}}};
constexpr std::string_view kNoCountry = "001";  // satellites and other numbers of no country

// One group; what is wrong goes to `flaws` with its place.
class GroupReader {
 public:
  GroupReader(const config::Rights& from, std::vector<core::Flaw>& flaws)
      : from_(from), path_("rights." + from.name), flaws_(flaws) {}

  RightsGroup read(const config::Config& config, const Schedules& schedules,
                   const PriceTables& prices) {
    group_.name = from_.name;
    group_.limits = from_.limits;
    group_.services.insert(from_.services.begin(), from_.services.end());
    for (std::size_t i = 0; i < from_.destinations.size(); ++i)
      read_destination(from_.destinations[i], fmt::format(".destinations[{}]", i));
    read_money(prices);
    read_schedule(config, schedules);
    for (std::size_t i = 0; i < from_.account_codes.size(); ++i) {
      const config::AccountCode& code = from_.account_codes[i];
      if (!group_.accounts.emplace(code.sha256.reveal(), code.name).second)
        add(fmt::format(".account_codes[{}].sha256", i), "another account has this code");
    }
    return std::move(group_);
  }

 private:
  void add(const std::string& option, std::string text) {
    core::add_flaw(flaws_, path_ + option, std::move(text));
  }

  void read_destination(const std::string& text, const std::string& option) {
    const auto parts = core::split_once(text, ' ');
    const config::WordForm words{kWords};
    const auto word = words.read(parts ? parts->first : std::string_view(text));
    if (!word)
      return add(option, fmt::format("`{}` {}; allowed: {}", text, word.error(), words.allowed()));
    if (!parts) {
      group_.destinations.insert(*word);
      return;
    }
    const std::string country(core::trim(parts->second));
    const bool is_known = country == kNoCountry || number::library_knows_country(country);
    if (*word != Destination::kInternational || !is_known)
      return add(option, fmt::format("`{}` is no destination; allowed: one word, or international "
                                     "and two capital letters of a country (ISO 3166-1)",
                                     text));
    group_.countries.insert(country);
  }

  void read_money(const PriceTables& prices) {
    const config::RightsLimits& limits = from_.limits;
    const auto table = prices.find(limits.prices);
    if (!limits.prices.empty() && table == prices.end())
      return add(".limits.prices",
                 config::not_there("price list", limits.prices, config::keys_of(prices)));
    if (limits.money_per_day.empty()) return;
    group_.money_per_day = parse_money(limits.money_per_day);
    if (!group_.money_per_day)
      add(".limits.money_per_day",
          fmt::format("`{}` is no amount such as 100 or 99.50", limits.money_per_day));
    if (table != prices.end()) group_.prices = table->second;
  }

  // A schedule with a flaw of its own is not among `schedules`; that has been told.
  void read_schedule(const config::Config& config, const Schedules& schedules) {
    if (from_.schedule.empty()) return;
    if (!config.schedules.contains(from_.schedule))
      return add(".schedule",
                 config::not_there("schedule", from_.schedule, config::keys_of(config.schedules)));
    const auto found = std::find_if(schedules.begin(), schedules.end(), [&](const auto& schedule) {
      return schedule->name() == from_.schedule;
    });
    if (found != schedules.end()) group_.schedule = *found;
  }

  const config::Rights& from_;
  std::string path_;
  std::vector<core::Flaw>& flaws_;
  RightsGroup group_;
};

}  // namespace

RightsGroups compile_rights(const config::Config& config, const Schedules& schedules,
                            const PriceTables& prices, std::vector<core::Flaw>& flaws) {
  RightsGroups groups;
  for (const auto& [name, rights] : config.rights)
    groups.emplace(name, GroupReader(rights, flaws).read(config, schedules, prices));
  return groups;
}

}  // namespace pbx::route
