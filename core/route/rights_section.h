// core/route/rights_section.h — section `rights` of a configuration, compiled.
//
// Pure.

#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/flaw.h"
#include "core/config/config.h"
#include "core/route/rights.h"

namespace pbx::route {

using PriceTables = std::map<std::string, std::shared_ptr<const PriceTable>, std::less<>>;
using Schedules = std::vector<std::shared_ptr<const Schedule>>;
using RightsGroups = std::map<std::string, RightsGroup, std::less<>>;

// By name.  Paths of flaws: "rights.employees.destinations[1]"; with a flaw the groups are not to
// be used.
[[nodiscard]] RightsGroups compile_rights(const config::Config& config, const Schedules& schedules,
                                          const PriceTables& prices,
                                          std::vector<core::Flaw>& flaws);

}  // namespace pbx::route
