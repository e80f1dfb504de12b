#include "core/route/routing.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/config/suggest.h"
#include "core/number/phone_library.h"
#include "core/route/hidden_rules.h"
#include "core/route/plan_section.h"
#include "core/route/schedule_section.h"

namespace pbx::route {
namespace {

using Flaws = std::vector<core::Flaw>;

void append(Flaws& flaws, Flaws more) {
  for (core::Flaw& flaw : more) core::add_flaw(flaws, std::move(flaw.path), std::move(flaw.text));
}

PriceTables read_price_lists(const config::Config& config, const Routing::ReadFile& read_file,
                             Flaws& flaws) {
  PriceTables tables;
  for (const auto& [name, list] : config.prices) {
    auto& table = tables[name] = std::make_shared<const PriceTable>();
    if (list.file.empty()) continue;
    const std::string path = fmt::format("prices.{}.file", name);
    const std::string file = list.file.string();
    const auto text = read_file(list.file);
    if (!text) {
      core::add_flaw(flaws, path, fmt::format("{} {}", file, text.error().detail));
      continue;
    }
    auto read = read_prices(file, *text);
    if (read) {
      table = std::make_shared<const PriceTable>(std::move(*read));
      continue;
    }
    for (const config::Mistake& mistake : read.error())
      core::add_flaw(flaws, path, mistake.message());
  }
  return tables;
}

// An empty name names nothing.
template <class Map>
void check_name(const Map& known, std::string_view what, const std::string& name, std::string path,
                Flaws& flaws) {
  if (name.empty() || known.contains(name)) return;
  core::add_flaw(flaws, std::move(path), config::not_there(what, name, config::keys_of(known)));
}

void check_trunk_group(const config::Config& config, const config::TrunkGroup& group,
                       Flaws& flaws) {
  std::set<std::string_view> trunks;
  for (std::size_t i = 0; i < group.members.size(); ++i) {
    const config::GroupTrunk& member = group.members[i];
    const std::string path = fmt::format("trunk_groups.{}.members[{}]", group.name, i);
    check_name(config.trunks, "trunk", member.trunk, path + ".trunk", flaws);
    check_name(config.prices, "price list", member.prices, path + ".prices", flaws);
    if (!trunks.insert(member.trunk).second)
      core::add_flaw(flaws, path + ".trunk",
                     fmt::format("`{}` is in the group already", member.trunk));
  }
}

void check_trunks(const config::Config& config, Flaws& flaws) {
  for (const auto& [name, trunk] : config.trunks) {
    check_name(config.plans, "plan", trunk.plan, fmt::format("trunks.{}.plan", name), flaws);
    if (name == kInsideWord)
      core::add_flaw(flaws, "trunks." + name,
                     "this name is the word of rules for calls from extensions; allowed: another");
  }
  for (const auto& [name, group] : config.trunk_groups) check_trunk_group(config, group, flaws);
}

core::Checked<DialPlans> compile_plans(std::vector<PlanShape> shapes,
                                       std::vector<std::shared_ptr<const Schedule>> schedules) {
  Flaws hidden;
  for (const PlanShape& shape : shapes) append(hidden, find_hidden_rules(shape));
  auto plans = DialPlans::compile(std::move(shapes), {std::move(schedules)});
  if (!plans) append(hidden, std::move(plans.error()));
  if (!hidden.empty()) return tl::unexpected(std::move(hidden));
  return plans;
}

}  // namespace

core::Checked<Routing> Routing::make(const config::Config& config, const ReadFile& read_file) {
  Flaws flaws;
  auto schedules = compile_schedules(config, read_file, flaws);
  auto prices = read_price_lists(config, read_file, flaws);
  auto rights = compile_rights(config, schedules, prices, flaws);
  check_trunks(config, flaws);
  auto numbering = number::Numbering::make(config, read_file);
  if (!numbering) {
    append(flaws, std::move(numbering.error()));
    return tl::unexpected(std::move(flaws));
  }
  auto lists = CallerLists::make(config, numbering->plan(), read_file, flaws);
  auto shapes = read_plans(config, numbering->plans(), flaws);
  if (!flaws.empty()) return tl::unexpected(std::move(flaws));
  auto plans = compile_plans(std::move(shapes), std::move(schedules));
  if (!plans) return tl::unexpected(std::move(plans.error()));
  Routing routing(std::move(*numbering), std::move(*plans));
  routing.lists_ = std::move(lists);
  routing.prices_ = std::move(prices);
  routing.rights_ = std::move(rights);
  if (config.server.language == config::Language::kRu) routing.language_ = "ru";
  return routing;
}

const Schedule* Routing::find_schedule(std::string_view name) const {
  const auto& all = plans_.schedules();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const auto& schedule) { return schedule->name() == name; });
  return found == all.end() ? nullptr : found->get();
}

const PriceTable* Routing::find_prices(std::string_view name) const {
  const auto found = prices_.find(name);
  return found == prices_.end() ? nullptr : found->second.get();
}

const RightsGroup* Routing::find_rights(std::string_view name) const {
  const auto found = rights_.find(name);
  return found == rights_.end() ? nullptr : &found->second;
}

std::string Routing::region_of(const number::Number& number, std::string_view domain) const {
  return region_text(numbering_.region_of(number, language_, domain));
}

Home Routing::home_of(std::string_view domain) const {
  const number::NumberPlanOptions& options = numbering_.plan(domain).options();
  Home home{options.country, {}};
  if (!options.area_code.empty())
    home.area = fmt::format("+{}{}", number::country_code_of(options.country), options.area_code);
  return home;
}

CallNumbers Routing::numbers_of(std::string_view called, std::string_view caller, bool by_trunk,
                                std::string_view domain) const {
  CallNumbers numbers;
  numbers.called = numbering_.read(called, domain);
  numbers.caller = numbering_.read(caller, domain);
  const number::Number& outside = by_trunk ? numbers.caller : numbers.called;
  numbers.region = region_of(outside, domain);
  numbers.lists = lists_of(numbers.caller.text);
  return numbers;
}

std::string region_text(const number::Region& region) {
  std::string text = region.country;
  for (const std::string* part : {&region.area, &region.city})
    if (!part->empty()) text += (text.empty() ? "" : "/") + *part;
  return text;
}

std::shared_ptr<const Routing> make_routing(const config::Config& config,
                                            const config::Surroundings& surroundings,
                                            const config::Surroundings::Tell& tell) {
  auto made = Routing::make(config, surroundings.read_table);
  if (made) return std::make_shared<const Routing>(std::move(*made));
  for (const core::Flaw& flaw : made.error()) tell(flaw.path, flaw.text);
  return nullptr;
}

void check_routing(const config::Config& config, const config::Surroundings& surroundings,
                   const config::Surroundings::Tell& tell) {
  static_cast<void>(make_routing(config, surroundings, tell));
}

}  // namespace pbx::route
