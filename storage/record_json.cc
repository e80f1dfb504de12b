#include "storage/record_json.h"

#include <cmath>

#include "core/base/wall_time.h"
#include "storage/names.h"

namespace pbx::storage {
namespace {

using core::JsonWriter;

constexpr std::size_t kCdrBytesTypical = 2048;

// Milliseconds first: times of damaged records may be too far apart for nanoseconds.
std::int64_t milliseconds_between(core::WallTime from, core::WallTime until) {
  using std::chrono::milliseconds;
  return (std::chrono::floor<milliseconds>(until) - std::chrono::floor<milliseconds>(from)).count();
}

// What has not happened yet is left out.
void time_member(JsonWriter& json, std::string_view name, core::WallTime time) {
  if (time != core::WallTime{}) json.member(name, core::iso8601(time));
}
void time_member(JsonWriter& json, std::string_view name,
                 const std::optional<core::WallTime>& time) {
  if (time) time_member(json, name, *time);
}
// Empty texts are left out: most are, and a record is read by its members anyway.
void text_member(JsonWriter& json, std::string_view name, std::string_view text) {
  if (!text.empty()) json.member(name, text);
}

void write_party(JsonWriter& json, std::string_view name, const call::Party& party) {
  json.begin_object(name);
  json.member("number", party.number);
  text_member(json, "name", party.name);
  json.end_object();
}

void write_cause(JsonWriter& json, const core::Cause& cause) {
  json.begin_object("cause");
  json.member("sip", cause.sip_status);
  json.member("q850", cause.q850);
  text_member(json, "text", cause.text);
  json.end_object();
}

void write_stream(JsonWriter& json, std::string_view name, const call::StreamReport& stream) {
  json.begin_object(name);
  if (stream.codec) json.member("codec", kCodecNames.of(*stream.codec));
  json.member("packets", stream.packets);
  json.member("bytes", stream.bytes);
  json.member("lost", stream.lost);
  json.member("late", stream.late);
  json.member("duplicate", stream.duplicate);
  json.member("reordered", stream.reordered);
  json.member("jitter_us", stream.jitter.count());
  json.end_object();
}

void mos_member(JsonWriter& json, std::string_view name, double mos) {
  if (mos > 0) json.member(name, std::round(mos * 100) / 100);
}

void write_leg(JsonWriter& json, const call::CdrLeg& leg) {
  json.begin_object();
  json.member("leg", leg.leg.text());
  json.member("caller", leg.caller);
  text_member(json, "extension", leg.extension);
  text_member(json, "trunk", leg.trunk);
  write_party(json, "party", leg.party);
  text_member(json, "contact", leg.contact);
  text_member(json, "peer", leg.peer);
  text_member(json, "user_agent", leg.user_agent);
  text_member(json, "sip_call_id", leg.sip_call_id);
  text_member(json, "diversion", leg.diversion);
  time_member(json, "started", leg.started);
  time_member(json, "ringing", leg.ringing);
  time_member(json, "answered", leg.answered);
  time_member(json, "ended", leg.ended);
  write_cause(json, leg.cause);
  if (leg.media) {
    json.key("media");
    write(json, *leg.media);
  }
  json.end_object();
}

void write_segment(JsonWriter& json, const call::Segment& segment) {
  json.begin_object();
  json.member("kind", kSegmentNames.of(segment.kind));
  time_member(json, "from", segment.from);
  time_member(json, "until", segment.until);
  text_member(json, "detail", segment.detail);
  json.end_object();
}

void write_cdr_lists(JsonWriter& json, const call::Cdr& cdr) {
  json.begin_array("legs");
  for (const auto& leg : cdr.legs) write_leg(json, leg);
  json.end_array();
  json.begin_array("segments");
  for (const auto& segment : cdr.segments) write_segment(json, segment);
  json.end_array();
  json.begin_array("recordings");
  for (const auto id : cdr.recordings) json.value(id.text());
  json.end_array();
}

template <typename Body>
std::string versioned(std::size_t size_expected, Body body) {
  std::string out;
  out.reserve(size_expected);
  JsonWriter json(out);
  json.begin_object();
  json.member("v", kRecordVersion);
  body(json);
  json.end_object();
  return out;
}

void write_cdr_members(JsonWriter& json, const call::Cdr& cdr) {
  json.member("id", cdr.id.text());
  json.member("chain", cdr.chain.text());
  time_member(json, "started", cdr.started);
  time_member(json, "answered", cdr.answered);
  time_member(json, "ended", cdr.ended);
  json.member("duration_ms", milliseconds_between(cdr.started, cdr.ended));
  json.member("talk_ms", cdr.answered ? milliseconds_between(*cdr.answered, cdr.ended) : 0);
  write_party(json, "caller", cdr.caller);
  json.member("dialed", cdr.dialed);
  write_party(json, "called", cdr.called);
  json.member("outcome", kOutcomeNames.of(cdr.outcome));
  json.member("ended_by", kEndedByNames.of(cdr.ended_by));
  write_cause(json, cdr.cause);
  json.member("digits", cdr.digits);
  write_cdr_lists(json, cdr);
}

}  // namespace

void write(JsonWriter& json, const call::MediaReport& report) {
  json.begin_object();
  write_stream(json, "received", report.received);
  write_stream(json, "sent", report.sent);
  // Known only where the other side sends RTCP, or audio at all.
  if (report.round_trip.count() > 0) json.member("round_trip_us", report.round_trip.count());
  mos_member(json, "mos_received", report.mos_received);
  mos_member(json, "mos_sent", report.mos_sent);
  text_member(json, "remote_rtp", report.remote_rtp ? report.remote_rtp.text() : std::string{});
  json.member("relayed", report.relayed);
  json.member("transcoded", report.transcoded);
  json.member("srtp", report.srtp);
  json.end_object();
}

void write(JsonWriter& json, const call::Cdr& cdr) {
  json.begin_object();
  write_cdr_members(json, cdr);
  json.end_object();
}

std::string to_json(const call::Cdr& cdr) {
  return versioned(kCdrBytesTypical, [&](JsonWriter& json) { write_cdr_members(json, cdr); });
}

std::string to_json(const call::Recording& recording) {
  return versioned(512, [&](JsonWriter& json) {
    json.member("id", recording.id.text());
    json.member("call", recording.call.text());
    json.member("chain", recording.chain.text());
    json.member("token", recording.token);
    time_member(json, "started", recording.started);
    json.member("left", recording.left);
    json.member("right", recording.right);
    json.member("path", recording.path);
    json.member("duration_ms", recording.duration.count());
    json.member("size_bytes", recording.size_bytes);
    text_member(json, "sha256", recording.sha256);
    json.member("complete", recording.complete);
    text_member(json, "problem", recording.problem);
  });
}

std::string to_json(const call::Binding& binding) {
  return versioned(512, [&](JsonWriter& json) {
    json.member("id", binding.id.text());
    json.member("profile", binding.profile_name);
    json.member("extension", binding.extension);
    json.member("contact", binding.contact_uri);
    text_member(json, "received", binding.received ? binding.received.text() : std::string{});
    json.member("transport", kTransportNames.of(binding.transport));
    text_member(json, "local_ip", binding.local_ip.text());
    json.member("q_thousandths", binding.q_thousandths);
    time_member(json, "expires", binding.expires);
    text_member(json, "instance", binding.instance);
    json.member("sip_call_id", binding.sip_call_id);
    json.member("cseq", binding.cseq);
    text_member(json, "path", binding.path);
    text_member(json, "user_agent", binding.user_agent);
  });
}

std::string to_json(const Account& account) {
  return versioned(128, [&](JsonWriter& json) {
    json.member("number", account.number);
    json.member("password", account.password.reveal());
  });
}

}  // namespace pbx::storage
