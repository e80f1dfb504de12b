#include "api/routes.h"

#include <algorithm>

#include "api/handlers.h"
#include "core/base/json_writer.h"
#include "core/base/text.h"

namespace pbx::api {
namespace {

constexpr QueryParameter kCdrQuery[] = {
    {"from", "first moment of the start, RFC 3339"},
    {"to", "moment before which the call started, RFC 3339"},
    {"number", "caller, called or dialled number"},
    {"outcome", "answered, no_answer, busy, cancelled, refused, failed or interrupted"},
    {"limit", "rows; 0: all. Default 100"},
    {"after", "`next` of the page before (format=page)"},
    {"format", "page (default), json, jsonl or csv"},
};
constexpr QueryParameter kRecordingQuery[] = {
    {"from", "first moment of the start, RFC 3339"},
    {"to", "moment before which it started, RFC 3339"},
    {"call", "only those of this call"},
    {"limit", "rows of the page. Default 100, at most 1000"},
    {"after", "`next` of the page before"},
};
constexpr QueryParameter kRegistrationQuery[] = {{"extension", "only those of this extension"}};
constexpr QueryParameter kScheduleQuery[] = {
    {"state", "open, closed, or none: back to its hours"},
    {"until", "when the hand is taken off again, RFC 3339; missing: when somebody does it"},
    {"by", "who, for those who ask why"},
};
constexpr QueryParameter kLogQuery[] = {
    {"component", "sip, media, control, ...; missing: the general level"},
    {"level", "error, warn, info, debug or trace"},
};

constexpr Route kRoutes[] = {
    {"GET", "/health", "Whether each part works; 503 if one does not", handlers::health, {}},
    {"GET", "/metrics", "Figures in Prometheus text format", handlers::metrics, {}},
    {"GET", "/r/{token}", "The sound of a recording, by its link", handlers::recording_link, {}},
    {"GET", "/api/v1/openapi.json", "This description", handlers::openapi, {}},
    {"GET", "/api/v1/status", "The exchange at a glance", handlers::status, {}},
    {"GET", "/api/v1/calls", "Calls in progress, oldest first", handlers::calls, {}},
    {"GET", "/api/v1/calls/{call}", "One call with its live media figures", handlers::call, {}},
    {"DELETE", "/api/v1/calls/{call}", "Hangs up", handlers::hang_up, {}},
    {"GET",
     "/api/v1/calls/{call}/trace",
     "SIP messages and media figures of a call, live or over",
     handlers::trace,
     {}},
    {"GET", "/api/v1/trunks", "Trunks: whether they live, what they carry", handlers::trunks, {}},
    {"GET", "/api/v1/fraud", "Extensions that the fraud watch has blocked", handlers::blocks, {}},
    {"DELETE",
     "/api/v1/fraud/{extension}",
     "Lifts the block of an extension",
     handlers::lift_block,
     {}},
    {"GET", "/api/v1/schedules", "Schedules: open or closed, and why", handlers::schedules, {}},
    {"PUT", "/api/v1/schedules/{schedule}", "Opens or closes a schedule by hand",
     handlers::set_schedule, kScheduleQuery},
    {"GET", "/api/v1/registrations", "Registered contacts", handlers::registrations,
     kRegistrationQuery},
    {"GET",
     "/api/v1/accounts",
     "Extensions; over the Unix socket with generated passwords",
     handlers::accounts,
     {}},
    {"GET", "/api/v1/cdr", "Call records, newest first", handlers::cdrs, kCdrQuery},
    {"GET", "/api/v1/cdr/{call}", "The record of one call", handlers::cdr, {}},
    {"GET", "/api/v1/recordings", "Recordings, newest first", handlers::recordings,
     kRecordingQuery},
    {"GET", "/api/v1/recordings/{recording}", "One row of the catalogue", handlers::recording, {}},
    {"GET",
     "/api/v1/recordings/{recording}/file",
     "Its sound; Range is understood",
     handlers::recording_file,
     {}},
    {"POST",
     "/api/v1/reload",
     "Reads the configuration again; nothing changes if it has mistakes",
     handlers::reload,
     {}},
    {"POST",
     "/api/v1/drain",
     "No new calls from now on; those in progress go on",
     handlers::drain,
     {}},
    {"GET", "/api/v1/log", "Log levels", handlers::log_levels, {}},
    {"PUT", "/api/v1/log", "Sets a log level until the next reload", handlers::set_log_level,
     kLogQuery},
    {"GET",
     "/api/v1/guard",
     "Sources watched or banned, and why",
     handlers::guard_list,
     {}},
    {"DELETE", "/api/v1/guard/{address}", "Lifts the ban of an address", handlers::guard_lift, {}},
};

std::string_view next_part(std::string_view& path) {
  const auto end = std::min(path.find('/'), path.size());
  const auto part = path.substr(0, end);
  path.remove_prefix(std::min(end + 1, path.size()));
  return part;
}

bool path_matches(std::string_view pattern, std::string_view path, std::string& parameter) {
  if (path.ends_with('/')) return false;  // next_part() would not see the empty part at the end
  while (!pattern.empty() && !path.empty()) {
    const auto want = next_part(pattern), have = next_part(path);
    if (want.starts_with('{') && !have.empty())
      parameter = have;
    else if (want != have)
      return false;
  }
  return pattern.empty() && path.empty();
}

void write_parameter(core::JsonWriter& json, std::string_view name, std::string_view where,
                     std::string_view summary) {
  json.begin_object();
  json.member("name", name);
  json.member("in", where);
  json.member("required", where == "path");
  if (!summary.empty()) json.member("description", summary);
  json.begin_object("schema");
  json.member("type", "string");
  json.end_object();
  json.end_object();
}

void write_operation(core::JsonWriter& json, const Route& route) {
  json.begin_object(core::to_lower(route.method));
  json.member("summary", route.summary);
  json.begin_array("parameters");
  const auto open = route.pattern.find('{');
  if (open != std::string_view::npos)
    write_parameter(json, route.pattern.substr(open + 1, route.pattern.find('}') - open - 1),
                    "path", "");
  for (const auto& query : route.query) write_parameter(json, query.name, "query", query.summary);
  json.end_array();
  json.begin_object("responses");
  for (const auto& [code, text] : {std::pair{"200", "Done"}, std::pair{"default", "Error"}}) {
    json.begin_object(code);
    json.member("description", text);
    json.end_object();
  }
  json.end_object();
  json.end_object();
}

}  // namespace

std::span<const Route> routes() { return kRoutes; }

RouteMatch match(std::span<const Route> table, std::string_view method, std::string_view path) {
  RouteMatch result;
  for (const auto& route : table) {
    std::string parameter;
    if (!path_matches(route.pattern, path, parameter)) continue;
    if (route.method == method) return {&route, std::move(parameter), {}};
    if (!result.allowed_methods.empty()) result.allowed_methods += ", ";
    result.allowed_methods += route.method;
  }
  return result;
}

std::string openapi_text(std::span<const Route> table, std::string_view version) {
  std::string out;
  core::JsonWriter json(out);
  json.begin_object();
  json.member("openapi", "3.0.3");
  json.begin_object("info");
  json.member("title", "Strowger");
  json.member("version", version);
  json.end_object();
  json.begin_object("paths");
  // Routes of one path stand together in the table.
  for (std::size_t i = 0; i < table.size();) {
    const auto pattern = table[i].pattern;
    json.begin_object(pattern);
    for (; i < table.size() && table[i].pattern == pattern; ++i) write_operation(json, table[i]);
    json.end_object();
  }
  json.end_object();
  json.end_object();
  return out;
}

}  // namespace pbx::api
