#include "core/call/switchboard.h"

#include <algorithm>

#include <fmt/format.h>

namespace pbx::call {
namespace {

constexpr std::uint8_t kControlOrigin = 1;  // SIP threads name legs with origins from 16 on
constexpr std::size_t kKeyOctets = 30;      // RFC 4568 6.2: 128 bit key, 112 bit salt

}  // namespace

Switchboard::Switchboard(const SwitchboardOptions& options, SecretSource& secret_source)
    : config(options.config),
      routing(options.routing),
      secrets(secret_source),
      wall(options.wall),
      lasting_ids(0, options.first_id),
      leg_ids(kControlOrigin),
      other_ids(kControlOrigin),
      ports(options.config->media.rtp_ports.first, options.config->media.rtp_ports.last,
            options.config->media.port_quarantine),
      call_rate(options.config->server.limits.calls_per_second_max),
      sessions_of_worker(options.workers, 0) {
  for (const Fact& fact : options.facts) remember(*this, fact);
}

Call* Switchboard::find(core::CallId call) {
  const auto found = calls.find(call);
  return found == calls.end() ? nullptr : &found->second;
}

Call* Switchboard::find_by_leg(core::LegId leg) {
  const auto found = call_of_leg.find(leg);
  return found == call_of_leg.end() ? nullptr : find(found->second);
}

const config::Extension* Switchboard::extension(std::string_view id) const {
  const auto found = config->extensions.find(id);
  return found == config->extensions.end() ? nullptr : &found->second;
}

const config::Trunk* Switchboard::trunk(std::string_view name) const {
  const auto found = config->trunks.find(name);
  return found == config->trunks.end() ? nullptr : &found->second;
}

route::ScheduleOverride Switchboard::hand_on(std::string_view schedule) const {
  const auto found = overrides.find(schedule);
  return found == overrides.end() ? route::ScheduleOverride{} : found->second;
}

SrtpKey Switchboard::make_key() {
  SrtpKey key;
  key.key_salt.resize(kKeyOctets);
  secrets.fill(std::as_writable_bytes(std::span(key.key_salt)));
  return key;
}

void to_sip(Turn& turn, const Leg& leg, SipCommand command) {
  turn.out.push_back(ToSip{leg.profile, std::move(command)});
}

void to_media(Turn& turn, const Call& call, MediaCommand command) {
  turn.out.push_back(ToMedia{call.worker, std::move(command)});
}

void notice(Turn& turn, Notice::Level level, std::string text) {
  turn.out.push_back(Notice{level, std::move(text)});
}

void store_fact(Turn& turn, Fact::Kind kind, const std::string& name, std::string text) {
  turn.out.push_back(StoreCommand{StoreFact{{kind, name, std::move(text)}}});
}

bool take_port(Switchboard& board, Turn& turn, Leg& leg) {
  if (leg.local.port != 0) return true;
  const auto port = board.ports.take(turn.now);
  if (port)
    leg.local.port = *port;
  else
    notice(turn, Notice::Level::kWarn,
           fmt::format("leg={} no media port: {} of {} rest after a call; widen media.rtp_ports or "
                       "shorten media.port_quarantine",
                       leg.id, board.ports.free(), board.ports.size()));
  return port.has_value();
}

std::optional<std::chrono::seconds> retry_after_of(const Switchboard& board,
                                                   const core::Cause& cause) {
  if (cause.sip_status != 503) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::seconds>(board.config->server.limits.retry_after);
}

void set_media(Switchboard& board, Turn& turn, Call& call, Leg& leg, const MediaParams& params) {
  if (leg.has_media) {
    to_media(turn, call, MediaUpdate{leg.id, params});
    return;
  }
  leg.has_media = true;
  ++board.sessions_of_worker[call.worker.value - 1u];
  to_media(turn, call, MediaOpen{leg.id, call.id, leg.local, params, leg.policy.dscp});
}

void begin_segment(Switchboard& board, Turn& turn, Call& call, Segment::Kind kind,
                   std::string detail) {
  auto& segments = call.cdr.segments;
  if (!segments.empty() && segments.back().until == core::WallTime{}) {
    if (segments.size() >= board.config->call.segments_max) return;  // the last one grows
    segments.back().until = turn.wall;
  }
  segments.push_back({kind, turn.wall, {}, std::move(detail)});
}

void restart_timer(Switchboard& board, Call& call, core::Instant deadline) {
  stop_timer(board, call);
  call.timer = board.timers.schedule(deadline, CallTimer{call.id});
}

void stop_timer(Switchboard& board, Call& call) {
  if (call.timer) board.timers.cancel(call.timer);
  call.timer = {};
}

std::string shown(const Switchboard& board, std::string_view number) {
  if (!board.config->server.mask_numbers || number.size() <= 4) return std::string(number);
  return fmt::format("{}***{}", number.substr(0, number.size() / 3),
                     number.substr(number.size() - number.size() / 4));
}

}  // namespace pbx::call
