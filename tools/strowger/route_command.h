// tools/strowger/route_command.h — `strowger route explain` and `strowger schedule`: where a call
// would go and why, and whether something is open.
//
// Both ask the configuration, not the daemon: they show what a change does before the reload, and
// know no night mode and no load.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/route/route_explanation.h"
#include "tools/strowger/commands.h"

namespace pbx::tools {

// As on the command line; "" for what was not given.
struct RouteArguments {
  std::filesystem::path conf = "/etc/strowger";  // a file, or a directory of *.yaml
  std::string from, to, at, trunk, plan, call_id;
  std::vector<std::string> headers;  // "X-Name: value"
};

struct ScheduleArguments {
  std::filesystem::path conf = "/etc/strowger";
  std::string name, at;
};

Exit explain_route(const RouteArguments& arguments, const ShowTime& time);
Exit show_schedule(const ScheduleArguments& arguments, const ShowTime& time);

// The facts of the call, then rule by rule, then what becomes of it.
[[nodiscard]] std::string format_route(const route::RouteQuestion& question,
                                       const route::RouteExplanation& told, const ShowTime& time);

}  // namespace pbx::tools
