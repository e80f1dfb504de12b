#include "storage/json_fields.h"

#include <fmt/format.h>
#include "storage/names.h"
#include "storage/record_json.h"

namespace pbx::storage {
namespace {

namespace js = boost::json;

void read_party(const JsonFields& fields, std::string_view name, call::Party& party) {
  const auto* value = fields.find(name);
  if (value == nullptr) return;
  const JsonFields inner(*value, fields.bad());
  inner.read("number", party.number);
  inner.read("name", party.name);
}

void read_cause(const JsonFields& fields, core::Cause& cause) {
  const auto* value = fields.find("cause");
  if (value == nullptr) return;
  const JsonFields inner(*value, fields.bad());
  inner.read("sip", cause.sip_status);
  inner.read("q850", cause.q850);
  inner.read("text", cause.text);
}

void read_stream(const JsonFields& fields, std::string_view name, call::StreamReport& stream) {
  const auto* value = fields.find(name);
  if (value == nullptr) return;
  const JsonFields inner(*value, fields.bad());
  if (inner.find("codec") != nullptr) inner.read("codec", kCodecNames, stream.codec.emplace());
  inner.read("packets", stream.packets);
  inner.read("bytes", stream.bytes);
  inner.read("lost", stream.lost);
  inner.read("late", stream.late);
  inner.read("duplicate", stream.duplicate);
  inner.read("reordered", stream.reordered);
  inner.read("jitter_us", stream.jitter);
}

call::MediaReport read_media(const js::value& value, bool& bad) {
  const JsonFields fields(value, bad);
  call::MediaReport report;
  read_stream(fields, "received", report.received);
  read_stream(fields, "sent", report.sent);
  fields.read("round_trip_us", report.round_trip);
  fields.read("mos_received", report.mos_received);
  fields.read("mos_sent", report.mos_sent);
  fields.read_with("remote_rtp", report.remote_rtp, core::parse_socket_address);
  fields.read("relayed", report.relayed);
  fields.read("transcoded", report.transcoded);
  fields.read("srtp", report.srtp);
  return report;
}

call::CdrLeg read_leg(const js::value& value, bool& bad) {
  const JsonFields fields(value, bad);
  call::CdrLeg leg;
  fields.read("leg", leg.leg);
  fields.read("caller", leg.caller);
  fields.read("extension", leg.extension);
  fields.read("trunk", leg.trunk);
  read_party(fields, "party", leg.party);
  fields.read("contact", leg.contact);
  fields.read("peer", leg.peer);
  fields.read("user_agent", leg.user_agent);
  fields.read("sip_call_id", leg.sip_call_id);
  fields.read("diversion", leg.diversion);
  fields.read("started", leg.started);
  fields.read("ringing", leg.ringing);
  fields.read("answered", leg.answered);
  fields.read("ended", leg.ended);
  read_cause(fields, leg.cause);
  if (const auto* media = fields.find("media")) leg.media = read_media(*media, bad);
  return leg;
}

call::Segment read_segment(const js::value& value, bool& bad) {
  const JsonFields fields(value, bad);
  call::Segment segment;
  fields.read("kind", kSegmentNames, segment.kind);
  fields.read("from", segment.from);
  fields.read("until", segment.until);
  fields.read("detail", segment.detail);
  return segment;
}

void read_cdr_lists(const JsonFields& fields, call::Cdr& cdr) {
  bool& bad = fields.bad();
  fields.for_each("legs", [&](const js::value& v) { cdr.legs.push_back(read_leg(v, bad)); });
  fields.for_each("segments",
                  [&](const js::value& v) { cdr.segments.push_back(read_segment(v, bad)); });
  fields.for_each("recordings", [&](const js::value& v) {
    const auto* text = v.if_string();
    if (text == nullptr)
      bad = true;
    else
      cdr.recordings.push_back(fields.id<core::RecordingId>({text->data(), text->size()}));
  });
}

call::Cdr read_cdr(const JsonFields& fields) {
  call::Cdr cdr;
  fields.read("id", cdr.id);
  fields.read("chain", cdr.chain);
  fields.read("started", cdr.started);
  fields.read("answered", cdr.answered);
  fields.read("ended", cdr.ended);
  read_party(fields, "caller", cdr.caller);
  fields.read("dialed", cdr.dialed);
  read_party(fields, "called", cdr.called);
  fields.read("outcome", kOutcomeNames, cdr.outcome);
  fields.read("ended_by", kEndedByNames, cdr.ended_by);
  read_cause(fields, cdr.cause);
  fields.read("digits", cdr.digits);
  read_cdr_lists(fields, cdr);
  if (!cdr.id) fields.bad() = true;
  return cdr;
}

call::Recording read_recording(const JsonFields& fields) {
  call::Recording recording;
  fields.read("id", recording.id);
  fields.read("call", recording.call);
  fields.read("chain", recording.chain);
  fields.read("token", recording.token);
  fields.read("started", recording.started);
  fields.read("left", recording.left);
  fields.read("right", recording.right);
  fields.read("path", recording.path);
  fields.read("duration_ms", recording.duration);
  fields.read("size_bytes", recording.size_bytes);
  fields.read("sha256", recording.sha256);
  fields.read("complete", recording.complete);
  fields.read("problem", recording.problem);
  if (!recording.id) fields.bad() = true;
  return recording;
}

call::Binding read_binding(const JsonFields& fields) {
  call::Binding binding;
  fields.read("id", binding.id);
  fields.read("profile", binding.profile_name);
  fields.read("extension", binding.extension);
  fields.read("contact", binding.contact_uri);
  fields.read_with("received", binding.received, core::parse_socket_address);
  fields.read("transport", kTransportNames, binding.transport);
  fields.read_with("local_ip", binding.local_ip, core::parse_ip);
  fields.read("q_thousandths", binding.q_thousandths);
  fields.read("expires", binding.expires);
  fields.read("instance", binding.instance);
  fields.read("sip_call_id", binding.sip_call_id);
  fields.read("cseq", binding.cseq);
  fields.read("path", binding.path);
  fields.read("user_agent", binding.user_agent);
  if (!binding.id) fields.bad() = true;
  return binding;
}

Account read_account(const JsonFields& fields) {
  Account account;
  std::string password;
  fields.read("number", account.number);
  fields.read("password", password);
  account.password = config::Secret(std::move(password));
  if (account.number.empty()) fields.bad() = true;
  return account;
}

core::Result<> check_version(const JsonFields& fields) {
  int version = 0;
  fields.read("v", version);
  if (version < 1) return core::fail(core::ErrorCode::kCorrupt, "record without a version");
  if (version > kRecordVersion)
    return core::fail(core::ErrorCode::kCorrupt, fmt::format("record of version {}", version));
  return {};
}

template <typename Read>
auto parse_record(std::string_view json, Read read)
    -> core::Result<decltype(read(std::declval<const JsonFields&>()))> {
  if (json.size() > kRecordBytesMax)
    return core::fail(core::ErrorCode::kCorrupt, "record too long");
  js::parse_options options;
  options.max_depth = kRecordDepthMax;
  js::error_code error;
  js::monotonic_resource memory(json.size() * 4 + 256);  // one block for nearly every record
  const js::value value = js::parse({json.data(), json.size()}, error, &memory, options);
  if (error) return core::fail(core::ErrorCode::kCorrupt, "record is not JSON");
  bool bad = false;
  const JsonFields fields(value, bad);
  if (auto version = check_version(fields); !version) return core::forward_error(version);
  auto record = read(fields);
  if (bad) return core::fail(core::ErrorCode::kCorrupt, "record with a wrong member");
  return record;
}

}  // namespace

core::Result<call::Cdr> parse_cdr(std::string_view json) { return parse_record(json, read_cdr); }
core::Result<call::Recording> parse_recording(std::string_view json) {
  return parse_record(json, read_recording);
}
core::Result<call::Binding> parse_binding(std::string_view json) {
  return parse_record(json, read_binding);
}
core::Result<Account> parse_account(std::string_view json) {
  return parse_record(json, read_account);
}

}  // namespace pbx::storage
