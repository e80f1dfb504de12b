#include "tools/strowger/format.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/strowger/json_view.h"
#include "tools/strowger/table.h"

namespace pbx::tools {
namespace {

using Value = boost::json::value;

// Lines of "name   value".
class Facts {
 public:
  void add(std::string name, std::string value) {
    if (value == "-") return;
    width_ = std::max(width_, width(name));
    facts_.emplace_back(std::move(name), printable(value));
  }
  [[nodiscard]] std::string text() const {
    std::string out;
    for (const auto& [name, value] : facts_)
      out += fmt::format("{}{}  {}\n", name, std::string(width_ - width(name), ' '), value);
    return out;
  }

 private:
  std::size_t width_ = 0;
  std::vector<std::pair<std::string, std::string>> facts_;
};

std::string when(const Value& value, std::string_view path, const ShowTime& time) {
  const auto iso = text(value, path);
  return iso == "-" ? iso : time(iso);
}

// With milliseconds, to see what came quickly after what.
std::string exactly_when(const Value& value, std::string_view path, const ShowTime& time) {
  constexpr std::size_t kSeconds = 19;  // "2026-11-22T01:15:13", then ".204Z"
  const auto iso = text(value, path);
  const auto shown = when(value, path, time);
  const bool has_fraction = shown.ends_with('Z') || iso.size() < kSeconds + 5;
  return has_fraction ? shown : shown + iso.substr(kSeconds, 4);
}

std::string party(const Value& value, std::string_view path) {
  const auto number = text(value, std::string(path) + ".number");
  const auto name = text(value, std::string(path) + ".name");
  return name == "-" ? number : fmt::format("{} ({})", number, name);
}

std::string cause(const Value& value) {
  return fmt::format("{} (SIP {}, Q.850 {})", text(value, "cause.text"), text(value, "cause.sip"),
                     text(value, "cause.q850"));
}

std::string or_nothing(const Table& table, std::string_view nothing) {
  return table.rows() > 0 ? table.text() : std::string(nothing) + '\n';
}

std::string percent_lost(const Value& stream) {
  const double lost = static_cast<double>(number(stream, "lost"));
  const double all = lost + static_cast<double>(number(stream, "packets"));
  return all > 0 ? fmt::format("{:.1f}%", 100 * lost / all) : "-";
}

std::string milliseconds(const Value& value, std::string_view path) {
  if (find(value, path) == nullptr) return "-";
  return fmt::format("{:.1f} ms", static_cast<double>(number(value, path)) / 1000);
}

void add_stream(Table& table, const std::string& leg, const char* direction, const Value& media,
                const char* mos) {
  const auto* stream = find(media, direction);
  if (stream == nullptr) return;
  table.add({leg, direction, text(*stream, "codec"), text(*stream, "packets"),
             percent_lost(*stream), milliseconds(*stream, "jitter_us"), text(media, mos),
             milliseconds(media, "round_trip_us"), text(media, "remote_rtp"),
             is_true(media, "transcoded") ? "transcoded"
             : is_true(media, "relayed")  ? "relay"
                                          : "mix"});
}

Table media_table() {
  return Table({"LEG", "STREAM", "CODEC", ">PACKETS", ">LOST", ">JITTER", ">MOS", ">ROUND TRIP",
                "REMOTE", "PATH"});
}

void add_media(Table& table, const std::string& leg, const Value& media) {
  add_stream(table, leg, "received", media, "mos_received");
  add_stream(table, leg, "sent", media, "mos_sent");
}

std::string legs_text(const Value& record, const ShowTime& time) {
  Table table(
      {"LEG", "SIDE", "NUMBER", "STARTED", "ANSWERED", "ENDED", "CAUSE", "ADDRESS", "PHONE"});
  for (const auto& leg : list(record, "legs"))
    table.add({text(leg, "leg"), is_true(leg, "caller") ? "caller" : "called", party(leg, "party"),
               when(leg, "started", time), when(leg, "answered", time), when(leg, "ended", time),
               text(leg, "cause.text"), text(leg, "peer"), text(leg, "user_agent")});
  return table.rows() > 0 ? "\n" + table.text() : "";
}

std::string segments_text(const Value& record, const ShowTime& time) {
  Table table({"SEGMENT", "FROM", "UNTIL", "DETAIL"});
  for (const auto& segment : list(record, "segments"))
    table.add({text(segment, "kind"), when(segment, "from", time), when(segment, "until", time),
               text(segment, "detail")});
  return table.rows() > 0 ? "\n" + table.text() : "";
}

std::string record_media_text(const Value& record) {
  Table table = media_table();
  for (const auto& leg : list(record, "legs"))
    if (const auto* media = find(leg, "media")) add_media(table, text(leg, "leg"), *media);
  return table.rows() > 0 ? "\n" + table.text() : "";
}

std::string ids_text(const Value& record, std::string_view path) {
  std::string out;
  for (const auto& id : list(record, path))
    if (id.is_string()) out += (out.empty() ? "" : " ") + std::string(id.get_string());
  return out.empty() ? "-" : out;
}

void add_record_facts(Facts& facts, const Value& record, const ShowTime& time) {
  facts.add("caller", party(record, "caller"));
  facts.add("dialed", text(record, "dialed"));
  facts.add("called", party(record, "called"));
  facts.add("started", when(record, "started", time));
  facts.add("answered", when(record, "answered", time));
}

}  // namespace

std::string format_status(const Value& answer, const ShowTime& time) {
  Facts facts;
  facts.add("exchange", text(answer, "name") + " " + text(answer, "version"));
  facts.add("state", is_true(answer, "draining") ? "draining, no new calls" : "in service");
  facts.add("started", when(answer, "started", time) + ", " +
                           duration_text(number(answer, "uptime_s")) + " ago");
  facts.add("calls", fmt::format("{} now, {} since start, {} refused", text(answer, "calls"),
                                 text(answer, "calls_total"), text(answer, "calls_refused")));
  facts.add("legs", text(answer, "legs"));
  facts.add("recordings", text(answer, "recordings") + " now");
  facts.add("registrations", text(answer, "registrations"));
  facts.add("media ports",
            fmt::format("{} free of {}", text(answer, "ports_free"), text(answer, "ports_total")));
  return facts.text();
}

std::string format_calls(const Value& answer, const ShowTime& time) {
  Table table({"CALL", "STATE", "CALLER", "DIALED", "CALLED", "STARTED", ">TALK", "REC"});
  for (const auto& call : list(answer, "calls"))
    table.add({text(call, "id"), text(call, "state"), party(call, "caller"), text(call, "dialed"),
               party(call, "called"), when(call, "started", time),
               find(call, "talk_s") != nullptr ? duration_text(number(call, "talk_s")) : "-",
               text(call, "recorded")});
  std::string out = or_nothing(table, "no calls in progress");
  const auto total = number(answer, "total");
  if (total > static_cast<std::int64_t>(table.rows()))
    out += fmt::format("{} of {} shown\n", table.rows(), total);
  return out;
}

std::string format_call(const Value& answer, const ShowTime& time) {
  const auto* record = find(answer, "cdr");
  if (record == nullptr) return "nothing is known of this call\n";
  Facts facts;
  facts.add("call", text(answer, "id"));
  facts.add("state", text(answer, "state"));
  add_record_facts(facts, *record, time);
  facts.add("recordings", ids_text(*record, "recordings"));
  Table media = media_table();
  for (const auto& leg : list(answer, "media"))
    if (const auto* report = find(leg, "report")) add_media(media, text(leg, "leg"), *report);
  return facts.text() + legs_text(*record, time) + segments_text(*record, time) +
         (media.rows() > 0 ? "\n" + media.text() : "");
}

std::string format_registrations(const Value& answer, const ShowTime& time) {
  Table table({"EXTENSION", "CONTACT", "FROM", "TRANSPORT", "UNTIL", ">LEFT", "PHONE"});
  for (const auto& row : list(answer, "registrations"))
    table.add({text(row, "extension"), text(row, "contact"), text(row, "received"),
               text(row, "transport"), when(row, "expires", time),
               duration_text(number(row, "expires_s")), text(row, "user_agent")});
  return or_nothing(table, "no phone is registered");
}

std::string format_trunks(const Value& answer, const ShowTime& time) {
  Table table({"TRUNK", "STATE", "SINCE", "SERVER", ">RTT", ">IN", ">OUT", ">TRIED", ">FAILED",
               ">TALKED", "WHY"});
  for (const auto& row : list(answer, "trunks"))
    table.add({text(row, "name"), text(row, "state"), when(row, "since", time), text(row, "server"),
               find(row, "round_trip_ms") ? text(row, "round_trip_ms") + " ms" : "-",
               text(row, "calls_in"), text(row, "calls_out"), text(row, "calls_total"),
               text(row, "calls_failed"), duration_text(number(row, "talked_today_s")),
               text(row, "reason")});
  return or_nothing(table, "no trunks are configured");
}

std::string format_schedules(const Value& answer) {
  Table table({"SCHEDULE", "STATE", "WHY"});
  for (const auto& row : list(answer, "schedules"))
    table.add({text(row, "name"), is_true(row, "open") ? "open" : "closed", text(row, "reason")});
  return or_nothing(table, "no schedules are configured");
}

std::string format_blocks(const Value& answer, const ShowTime& time) {
  Table table({"EXTENSION", "BECAUSE OF", ">CALLS", "UNTIL"});
  for (const auto& row : list(answer, "blocks"))
    table.add({text(row, "extension"), text(row, "reason"), text(row, "calls"),
               when(row, "until", time)});
  return or_nothing(table, "no extension is blocked");
}

std::string format_accounts(const Value& answer) {
  Table table({"NUMBER", "NAME", "PROFILE", ">REGISTERED", "PASSWORD"});
  for (const auto& row : list(answer, "accounts")) {
    const auto profile = text(row, "profile");
    const bool generated = is_true(row, "password_generated");
    table.add({text(row, "number"), text(row, "name"), profile == "-" ? "any" : profile,
               text(row, "registrations"), generated ? text(row, "password") : "configured"});
  }
  return or_nothing(table, "no extensions are configured");
}

std::string format_cdrs(const Value& answer, const ShowTime& time) {
  Table table(
      {"CALL", "STARTED", "CALLER", "DIALED", "CALLED", "OUTCOME", ">TALK", "CAUSE", "REC"});
  for (const auto& row : list(answer, "cdr"))
    table.add({text(row, "id"), when(row, "started", time), party(row, "caller"),
               text(row, "dialed"), party(row, "called"), text(row, "outcome"),
               duration_text(number(row, "talk_ms") / 1000), text(row, "cause.text"),
               list(row, "recordings").empty() ? "no" : "yes"});
  return or_nothing(table, "no calls match");
}

std::string format_cdr(const Value& record, const ShowTime& time) {
  Facts facts;
  facts.add("call", text(record, "id"));
  add_record_facts(facts, record, time);
  facts.add("ended", when(record, "ended", time) + " by " + text(record, "ended_by"));
  facts.add("talk", duration_text(number(record, "talk_ms") / 1000));
  facts.add("outcome", text(record, "outcome"));
  facts.add("cause", cause(record));
  facts.add("recordings", ids_text(record, "recordings"));
  return facts.text() + legs_text(record, time) + segments_text(record, time) +
         record_media_text(record);
}

std::string format_recordings(const Value& answer, const ShowTime& time) {
  Table table({"RECORDING", "CALL", "STARTED", "LEFT", "RIGHT", ">LENGTH", ">SIZE", "STATE"});
  for (const auto& row : list(answer, "recordings")) {
    const auto problem = text(row, "problem");
    const bool over = is_true(row, "complete") || problem != "-";
    table.add({text(row, "id"), text(row, "call"), when(row, "started", time), text(row, "left"),
               text(row, "right"), duration_text(number(row, "duration_ms") / 1000),
               size_text(static_cast<std::uint64_t>(number(row, "size_bytes"))),
               is_true(row, "complete") ? "complete"
               : over                   ? problem
                                        : "recording"});
  }
  return or_nothing(table, "no recordings match");
}

std::string format_recording(const Value& row, const ShowTime& time) {
  Facts facts;
  facts.add("recording", text(row, "id"));
  facts.add("call", text(row, "call"));
  facts.add("started", when(row, "started", time));
  facts.add("left", text(row, "left"));
  facts.add("right", text(row, "right"));
  facts.add("length", duration_text(number(row, "duration_ms") / 1000));
  facts.add("size", size_text(static_cast<std::uint64_t>(number(row, "size_bytes"))));
  facts.add("file", text(row, "path"));
  facts.add("sha256", text(row, "sha256"));
  facts.add("link", "/r/" + text(row, "token"));
  facts.add("complete", text(row, "complete"));
  facts.add("problem", text(row, "problem"));
  return facts.text();
}

std::string format_trace(const Value& answer, const ShowTime& time) {
  std::string out;
  for (const auto& message : list(answer, "messages")) {
    const bool sent = text(message, "direction") == "sent";
    out += fmt::format("{} {} {} {}\n", exactly_when(message, "at", time),
                       sent ? "sent to" : "received from", text(message, "remote"),
                       text(message, "transport"));
    const auto body = text(message, "text");
    for (std::size_t from = 0; from < body.size();) {
      const auto end = std::min(body.find('\n', from), body.size());
      auto line = body.substr(from, end - from);
      if (line.ends_with('\r')) line.pop_back();
      out += "    " + printable(line) + '\n';
      from = end + 1;
    }
    out += '\n';
  }
  if (out.empty()) out = "no SIP messages of this call are kept\n\n";
  if (!is_true(answer, "complete"))
    out += "not every SIP profile answered: messages may be missing\n\n";
  if (const auto* live = find(answer, "detail")) return out + format_call(*live, time);
  if (const auto* record = find(answer, "cdr")) return out + format_cdr(*record, time);
  return out;
}

std::string format_reload(const Value& answer) {
  std::string out;
  const auto lines = [&](const char* path, const char* heading) {
    if (list(answer, path).empty()) return;
    out += std::string(heading) + '\n';
    for (const auto& line : list(answer, path))
      if (line.is_string()) out += "  " + printable(std::string_view(line.get_string())) + '\n';
  };
  lines("mistakes", "the configuration has mistakes, nothing was changed:");
  if (!is_true(answer, "applied")) return out;
  lines("changed", "changed:");
  lines("needs_restart", "takes effect at the next start:");
  return out.empty() ? "nothing to change\n" : out;
}

std::string format_log_levels(const Value& answer) {
  Table table({"COMPONENT", "LEVEL"});
  for (const auto& row : list(answer, "levels")) {
    const auto component = text(row, "component");
    table.add({component == "-" ? "(general)" : component, text(row, "level")});
  }
  return table.text();
}

std::string format_guard(const Value& answer, const ShowTime& time) {
  Table table({"ADDRESS", "PROFILE", ">FAILURES", "REASON", "BANNED UNTIL"});
  for (const auto& row : list(answer, "guard"))
    table.add({text(row, "address"), text(row, "profile"), text(row, "failures"),
               text(row, "reason"), when(row, "until", time)});
  return or_nothing(table, "no address is watched or banned");
}

std::string format_health(const Value& answer) {
  Table table({"PART", "STATE", "DETAIL"});
  for (const auto& part : list(answer, "parts"))
    table.add({text(part, "name"), is_true(part, "ok") ? "ok" : "FAILED", text(part, "detail")});
  return table.text();
}

}  // namespace pbx::tools
