#include "tools/call_load/report.h"

#include <algorithm>

#include "core/base/text.h"
#include "tools/call_load/json_line.h"

namespace pbx::call_load {
namespace {

double seconds(core::Duration duration) { return std::chrono::duration<double>(duration).count(); }

// null where there is nothing to divide by.
void add_ratio(JsonLine& json, std::string_view name, double value, double by) {
  if (by > 0)
    json.add(name, value / by);
  else
    json.add_null(name);
}

void add_times(JsonLine& json, std::string_view name, const Histogram& times) {
  constexpr double kMs = 1e6;
  json.begin(name);
  json.add("count", times.count());
  if (times.count() > 0) {
    json.add("min", static_cast<double>(times.min()) / kMs);
    json.add("mean", times.mean() / kMs);
    json.add("p50", static_cast<double>(times.percentile(0.5)) / kMs);
    json.add("p90", static_cast<double>(times.percentile(0.9)) / kMs);
    json.add("p99", static_cast<double>(times.percentile(0.99)) / kMs);
    json.add("p999", static_cast<double>(times.percentile(0.999)) / kMs);
    json.add("max", static_cast<double>(times.max()) / kMs);
  }
  json.end();
}

void add_failures(JsonLine& json, const std::map<std::string, std::uint64_t>& failures) {
  json.begin("failures");
  for (const auto& [cause, count] : failures) json.add(cause, count);
  json.end();
}

void add_plan(JsonLine& json, const Options& options) {
  constexpr std::string_view kModes[] = {"calls", "register", "options"};
  json.add("mode", kModes[static_cast<std::size_t>(options.mode)]);
  json.add("server", options.is_direct() ? "direct" : std::string_view(options.server.text()));
  json.add("rate", options.mode == Mode::kRegister ? options.register_rate : options.rate);
  if (options.mode != Mode::kCalls) return;
  json.add("hold_s", seconds(options.hold));
  json.add_bool("rtp_on", options.rtp);
  json.add("codec", core::to_lower(to_text(options.codec)));
  json.add("callee_codec", core::to_lower(to_text(options.callee_codec)));
  json.add("ptime_ms", std::uint64_t{options.ptime_ms});
}

void add_calls(JsonLine& json, const RunResult& result) {
  const CallStats& calls = result.calls;
  json.begin("calls");
  json.add("attempted", calls.attempted);
  json.add("ok", calls.ok);
  json.add("cancelled", calls.cancelled);
  json.add("failed", calls.failed);
  json.add("established", calls.established);
  json.add("concurrent_max", calls.concurrent_max);
  json.add("held_back", result.held_back);
  // The interval between two starts counts once for each start but the first.
  const double intervals = calls.attempted > 1 ? static_cast<double>(calls.attempted - 1) : 0;
  add_ratio(json, "rate_achieved", intervals, seconds(result.placing));
  json.add("holds", calls.holds);
  add_failures(json, calls.failures);
  json.begin("matched");
  json.add("by_mark", calls.matched_by_mark);
  json.add("by_pair", calls.matched_by_pair);
  json.add("by_callee", calls.matched_by_callee);
  json.add("unmatched", calls.unmatched);
  json.end();
  add_times(json, "setup_ms", calls.setup);
  add_times(json, "ringing_ms", calls.ringing);
  add_times(json, "bye_ms", calls.bye);
  json.end();
}

void add_requests(JsonLine& json, std::string_view name, const RequestStats& requests) {
  json.begin(name);
  json.add("attempted", requests.attempted);
  json.add("ok", requests.ok);
  json.add("failed", requests.failed);
  add_failures(json, requests.failures);
  add_times(json, "time_ms", requests.time);
  json.end();
}

void add_sip(JsonLine& json, const SipCounters& sip) {
  json.begin("sip");
  json.add("sent", sip.sent);
  json.add("received", sip.received);
  json.add("repeated", sip.repeated);
  json.add("repeats_received", sip.repeats_received);
  json.add("malformed", sip.malformed);
  json.add("unexpected", sip.unexpected);
  json.add("dropped", sip.dropped);
  json.add("send_errors", sip.send_errors);
  json.end();
}

void add_totals(JsonLine& json, const MediaTotals& totals) {
  json.add("sent", totals.sent);
  json.add("received", totals.received);
  json.add("lost", totals.lost);
  const auto expected = static_cast<double>(totals.received + totals.lost);
  add_ratio(json, "loss_percent", 100 * static_cast<double>(totals.lost), expected);
  json.add("unheard", totals.unheard);
  json.add("reordered", totals.reordered);
  json.add("duplicated", totals.duplicated);
  json.add("crossed", totals.crossed);
  json.add("unmarked", totals.unmarked);
}

void add_media(JsonLine& json, const Options& options, const RunResult& result) {
  const bool are_marked = !options.is_transcoded() && !options.tone;
  MediaTotals both = result.calls.caller_to_callee;
  both.add(result.calls.callee_to_caller);
  json.begin("rtp");
  add_totals(json, both);
  json.begin("caller_to_callee");
  add_totals(json, result.calls.caller_to_callee);
  json.end();
  json.begin("callee_to_caller");
  add_totals(json, result.calls.callee_to_caller);
  json.end();
  json.add_bool("marked", are_marked);
  Histogram delay = result.media.delay[0];
  delay.merge(result.media.delay[1]);
  add_times(json, "delay_ms", delay);
  add_times(json, "jitter_ms", result.media.jitter);
  add_times(json, "first_packet_ms", result.media.first_packet);
  json.add("not_rtp", result.media.not_rtp);
  json.add("strays", result.media.strays);
  json.add("send_errors", result.media.send_errors);
  json.add("clock_steps", result.media.clock_steps);
  json.end();
}

void add_generator(JsonLine& json, const Options& options, const RunResult& result) {
  const bool is_split = options.rtp && options.threads == 2 && options.mode == Mode::kCalls;
  const double started = static_cast<double>(result.calls.attempted + result.requests.attempted);
  const auto packets =
      static_cast<double>(result.media.datagrams_sent + result.media.datagrams_received);
  json.begin("generator");
  json.add("cpu_s", result.sip_cpu_s + result.rtp_cpu_s);
  json.add("sip_cpu_s", result.sip_cpu_s);
  json.add("rtp_cpu_s", result.rtp_cpu_s);
  if (is_split || !options.rtp || options.mode != Mode::kCalls)
    add_ratio(json, "sip_us_per_call", 1e6 * result.sip_cpu_s, started);
  if (is_split) add_ratio(json, "rtp_us_per_packet", 1e6 * result.rtp_cpu_s, packets);
  json.add("rss_kb", result.own_rss_kb);
  add_times(json, "tick_late_ms", result.media.tick_lateness);
  json.add("ticks_skipped", result.media.ticks_skipped);
  json.end();
}

void add_window(JsonLine& json, std::string_view name, const Window& window) {
  if (!window.begin || !window.end) return json.add_null(name);
  const LoadSample& begin = *window.begin;
  const LoadSample& end = *window.end;
  json.begin(name);
  const auto started = static_cast<double>(end.started - begin.started);
  const double talked = end.talk_seconds - begin.talk_seconds;
  json.add("seconds", seconds(end.at - begin.at));
  json.add("started", end.started - begin.started);
  json.add("call_seconds", talked);
  if (begin.server && end.server) {
    const double cpu = end.server->cpu_s() - begin.server->cpu_s();
    json.add("user_s", end.server->user_s - begin.server->user_s);
    json.add("system_s", end.server->system_s - begin.server->system_s);
    json.add("cpu_s", cpu);
    add_ratio(json, "cpu_percent", 100 * cpu, seconds(end.at - begin.at));
    add_ratio(json, "ms_per_start", 1000 * cpu, started);
    add_ratio(json, "ms_per_call_second", 1000 * cpu, talked);
  }
  json.end();
}

void add_server(JsonLine& json, const Options& options, const RunResult& result) {
  if (options.cpu_of == 0) return;
  const auto grown = static_cast<double>(result.rss_peak_kb) -
                     static_cast<double>(std::min(result.rss_before_kb, result.rss_peak_kb));
  json.begin("server_memory");
  json.add("pid", static_cast<std::uint64_t>(options.cpu_of));
  json.add("rss_before_kb", result.rss_before_kb);
  json.add("rss_peak_kb", result.rss_peak_kb);
  if (result.steady.end && result.steady.end->server)
    json.add("rss_steady_kb", result.steady.end->server->rss_kb);
  add_ratio(json, "rss_kb_per_call", grown, static_cast<double>(result.calls.concurrent_max));
  json.end();
}

}  // namespace

std::string to_json(const Options& options, const RunResult& result) {
  JsonLine json;
  add_plan(json, options);
  json.add_bool("stopped", result.is_stopped);
  if (options.mode == Mode::kCalls) {
    add_calls(json, result);
    if (options.rtp) add_media(json, options, result);
  }
  add_requests(json, options.mode == Mode::kOptions ? "options" : "registrations", result.requests);
  add_sip(json, result.sip);
  add_window(json, "steady", result.steady);
  add_window(json, "whole", result.whole);
  add_server(json, options, result);
  add_generator(json, options, result);
  return json.take();
}

}  // namespace pbx::call_load
