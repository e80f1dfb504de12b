// api/views.h — the JSON of what the daemon's parts answer (docs/api.md).
//
// Pure.
#pragma once

#include <string>
#include <vector>

#include "api/ports.h"
#include "core/call/view.h"

namespace pbx::api {

[[nodiscard]] std::string to_json(const call::CallList& list, core::WallTime now);
[[nodiscard]] std::string to_json(const call::CallDetail& detail);
[[nodiscard]] std::string to_json(const call::ControlStatus& status, const Info& info,
                                  core::WallTime now);
[[nodiscard]] std::string to_json(const call::TrunkList& list);
[[nodiscard]] std::string to_json(const call::ScheduleList& list);
[[nodiscard]] std::string to_json(const call::BlockList& list);
[[nodiscard]] std::string to_json(const std::vector<HealthPart>& parts);
[[nodiscard]] std::string to_json(const ReloadAnswer& answer);
[[nodiscard]] std::string to_json(const std::vector<GuardEntry>& entries);
// `with_passwords` shows those that the exchange generated.
[[nodiscard]] std::string to_json(const std::vector<AccountView>& accounts,
                                  const std::vector<call::Binding>& bindings, bool with_passwords);
// Those that have not run out at `now`.
[[nodiscard]] std::string registrations_json(const std::vector<call::Binding>& bindings,
                                             core::WallTime now);
[[nodiscard]] std::string log_levels_json(
    const std::vector<std::pair<std::string, std::string>>& levels);

// `call_json` is a CallDetail or a CDR as text.
struct TraceView {
  std::string call_json;
  bool live = false;     // the call is still going on
  bool complete = true;  // every profile answered in time
  std::vector<TracedMessage> messages;
};
[[nodiscard]] std::string to_json(const TraceView& trace);

// {"<name>":[row,...],"next":"..."}
[[nodiscard]] std::string page_json(std::string_view name, const std::vector<std::string>& rows,
                                    std::string_view next);

}  // namespace pbx::api
