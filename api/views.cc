#include "api/views.h"

#include <algorithm>

#include "core/base/json_writer.h"
#include "storage/reader.h"

namespace pbx::api {
namespace {

using core::JsonWriter;

template <typename Body>
std::string object(Body body) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  body(json);
  json.end_object();
  return out;
}

std::int64_t seconds_between(core::WallTime from, core::WallTime until) {
  using std::chrono::seconds;
  return std::max<std::int64_t>(
      0, (std::chrono::floor<seconds>(until) - std::chrono::floor<seconds>(from)).count());
}

void write_party(JsonWriter& json, std::string_view name, const call::Party& party) {
  json.begin_object(name);
  json.member("number", party.number);
  json.member("name", party.name);
  json.end_object();
}

void write_call(JsonWriter& json, const call::CallView& call, core::WallTime now) {
  const auto& cdr = call.cdr;
  json.begin_object();
  json.member("id", call.id.text());
  json.member("state", call.state);
  json.member("started", core::iso8601(cdr.started));
  json.member("duration_s", seconds_between(cdr.started, now));
  if (cdr.answered) json.member("talk_s", seconds_between(*cdr.answered, now));
  write_party(json, "caller", cdr.caller);
  json.member("dialed", cdr.dialed);
  write_party(json, "called", cdr.called);
  json.member("recorded", !cdr.recordings.empty());
  json.end_object();
}

void write_texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  json.begin_array(name);
  for (const auto& text : texts) json.value(text);
  json.end_array();
}

void write_guard_entry(JsonWriter& json, const GuardEntry& entry) {
  json.begin_object();
  json.member("profile", entry.profile);
  json.member("address", entry.address.text());
  json.member("failures", entry.failures);
  json.member("banned", entry.banned_until.has_value());
  if (entry.banned_until) json.member("until", core::iso8601(*entry.banned_until));
  if (!entry.reason.empty()) json.member("reason", entry.reason);
  json.end_object();
}

void write_message(JsonWriter& json, const TracedMessage& message) {
  json.begin_object();
  json.member("at", core::iso8601(message.at));
  json.member("direction", message.sent ? "sent" : "received");
  json.member("transport", storage::kTransportNames.of(message.transport));
  json.member("remote", message.remote.text());
  json.member("text", message.text);
  json.end_object();
}

void write_trunk(JsonWriter& json, const call::TrunkView& trunk) {
  json.begin_object();
  json.member("name", trunk.name);
  json.member("state", trunk.state);
  json.member("reason", trunk.reason);
  json.member("server", trunk.server);
  if (trunk.round_trip) json.member("round_trip_ms", trunk.round_trip->count());
  json.member("since", core::iso8601(trunk.since));
  json.member("calls_in", trunk.calls_in);
  json.member("calls_out", trunk.calls_out);
  json.member("calls_total", trunk.calls_total);
  json.member("calls_failed", trunk.calls_failed);
  json.member("talked_today_s", trunk.talked.count() / 1000);
  json.end_object();
}

void write_registration(JsonWriter& json, const call::Binding& binding, core::WallTime now) {
  json.begin_object();
  json.member("extension", binding.extension);
  json.member("profile", binding.profile_name);
  json.member("contact", binding.contact_uri);
  json.member("received", binding.received.text());
  json.member("transport", storage::kTransportNames.of(binding.transport));
  json.member("expires", core::iso8601(binding.expires));
  json.member("expires_s", seconds_between(now, binding.expires));
  json.member("q", binding.q_thousandths / 1000.0);
  json.member("user_agent", binding.user_agent);
  json.end_object();
}

}  // namespace

std::string to_json(const call::CallList& list, core::WallTime now) {
  return object([&](JsonWriter& json) {
    json.member("total", list.total);
    json.begin_array("calls");
    for (const auto& call : list.calls) write_call(json, call, now);
    json.end_array();
  });
}

std::string to_json(const call::CallDetail& detail) {
  return object([&](JsonWriter& json) {
    json.member("id", detail.call.id.text());
    json.member("state", detail.call.state);
    json.key("cdr");
    storage::write(json, detail.call.cdr);
    json.begin_array("media");
    for (const auto& [leg, report] : detail.media) {
      json.begin_object();
      json.member("leg", leg.text());
      json.key("report");
      storage::write(json, report);
      json.end_object();
    }
    json.end_array();
  });
}

std::string to_json(const call::TrunkList& list) {
  return object([&](JsonWriter& json) {
    json.begin_array("trunks");
    for (const call::TrunkView& trunk : list.trunks) write_trunk(json, trunk);
    json.end_array();
  });
}

std::string to_json(const call::ScheduleList& list) {
  return object([&](JsonWriter& json) {
    json.begin_array("schedules");
    for (const call::ScheduleView& schedule : list.schedules) {
      json.begin_object();
      json.member("name", schedule.name);
      json.member("open", schedule.open);
      json.member("by_hand", schedule.by_hand);
      json.member("reason", schedule.reason);
      json.end_object();
    }
    json.end_array();
  });
}

std::string to_json(const call::BlockList& list) {
  return object([&](JsonWriter& json) {
    json.begin_array("blocks");
    for (const call::BlockView& block : list.blocks) {
      json.begin_object();
      json.member("extension", block.extension);
      json.member("reason", block.reason);
      json.member("calls", block.calls);
      json.member("until", core::iso8601(block.until));
      json.end_object();
    }
    json.end_array();
  });
}

std::string to_json(const call::ControlStatus& status, const Info& info, core::WallTime now) {
  return object([&](JsonWriter& json) {
    json.member("name", info.name);
    json.member("version", info.version);
    json.member("started", core::iso8601(info.started));
    json.member("uptime_s", seconds_between(info.started, now));
    json.member("draining", status.draining);
    json.member("calls", status.calls);
    json.member("legs", status.legs);
    json.member("calls_total", status.calls_total);
    json.member("calls_refused", status.calls_refused);
    json.member("registrations", status.bindings);
    json.member("recordings", status.recordings);
    json.member("ports_free", status.ports_free);
    json.member("ports_total", status.ports_total);
  });
}

std::string to_json(const std::vector<HealthPart>& parts) {
  bool ok = true;
  for (const auto& part : parts) ok = ok && part.ok;
  return object([&](JsonWriter& json) {
    json.member("ok", ok);
    json.begin_array("parts");
    for (const auto& part : parts) {
      json.begin_object();
      json.member("name", part.name);
      json.member("ok", part.ok);
      json.member("detail", part.detail);
      json.end_object();
    }
    json.end_array();
  });
}

std::string to_json(const ReloadAnswer& answer) {
  return object([&](JsonWriter& json) {
    json.member("applied", answer.mistakes.empty());
    write_texts(json, "mistakes", answer.mistakes);
    write_texts(json, "changed", answer.live);
    write_texts(json, "needs_restart", answer.restart);
  });
}

std::string to_json(const std::vector<GuardEntry>& entries) {
  return object([&](JsonWriter& json) {
    json.begin_array("guard");
    for (const auto& entry : entries) write_guard_entry(json, entry);
    json.end_array();
  });
}

std::string to_json(const std::vector<AccountView>& accounts,
                    const std::vector<call::Binding>& bindings, bool with_passwords) {
  return object([&](JsonWriter& json) {
    json.begin_array("accounts");
    for (const auto& account : accounts) {
      json.begin_object();
      json.member("number", account.number);
      json.member("name", account.name);
      json.member("profile", account.profile);
      json.member("password_generated", account.generated);
      if (with_passwords && account.generated) json.member("password", account.password.reveal());
      json.member("registrations", std::count_if(bindings.begin(), bindings.end(), [&](auto& b) {
                    return b.extension == account.number;
                  }));
      json.end_object();
    }
    json.end_array();
  });
}

std::string registrations_json(const std::vector<call::Binding>& bindings, core::WallTime now) {
  return object([&](JsonWriter& json) {
    json.begin_array("registrations");
    for (const auto& binding : bindings)
      if (binding.expires > now) write_registration(json, binding, now);
    json.end_array();
  });
}

std::string log_levels_json(const std::vector<std::pair<std::string, std::string>>& levels) {
  return object([&](JsonWriter& json) {
    json.begin_array("levels");
    for (const auto& [component, level] : levels) {
      json.begin_object();
      json.member("component", component);
      json.member("level", level);
      json.end_object();
    }
    json.end_array();
  });
}

std::string to_json(const TraceView& trace) {
  return object([&](JsonWriter& json) {
    json.member("live", trace.live);
    json.member("complete", trace.complete);
    json.key(trace.live ? "detail" : "cdr");
    json.raw(trace.call_json);
    json.begin_array("messages");
    for (const auto& message : trace.messages) write_message(json, message);
    json.end_array();
  });
}

std::string page_json(std::string_view name, const std::vector<std::string>& rows,
                      std::string_view next) {
  return object([&](JsonWriter& json) {
    json.begin_array(name);
    for (const auto& row : rows) json.raw(row);
    json.end_array();
    json.member("next", next);
  });
}

}  // namespace pbx::api
