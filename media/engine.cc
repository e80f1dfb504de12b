#include "media/engine.h"

#include <algorithm>
#include <variant>

#include "core/base/assert.h"
#include "media/rtcp.h"

namespace pbx::media {

void Engine::Lateness::add(core::Duration late) {
  sum += late;
  std::size_t bucket = 0;
  while (bucket < kBounds_ms.size() && late > std::chrono::milliseconds(kBounds_ms[bucket]))
    ++bucket;
  ++counts[bucket];
}

Engine::Engine(const EngineOptions& options, Network& network, RecorderTap* tap)
    : options_(options),
      tap_(tap),
      context_{network, counters_, options_},
      random_(options.seed),
      pool_(options.pool_packets_max) {}

Engine::~Engine() = default;

void Engine::apply(core::Instant now, const call::MediaCommand& command) {
  std::visit([this, now](const auto& one) { on(now, one); }, command);
}

EngineLeg* Engine::find(core::LegId leg) const {
  const auto found = slots_.find(leg);
  return found == slots_.end() ? nullptr : legs_[found->second].get();
}

std::optional<Slot> Engine::slot_of(core::LegId leg) const {
  const auto found = slots_.find(leg);
  return found == slots_.end() ? std::nullopt : std::optional(found->second);
}

PathKind Engine::path_of(core::LegId leg) const {
  const EngineLeg* found = find(leg);
  return found == nullptr ? PathKind::kNone : found->path;
}

std::vector<core::LegId> Engine::open_legs() const {
  std::vector<core::LegId> open;
  for (const auto& leg : legs_)
    if (leg != nullptr) open.push_back(leg->session.leg());
  return open;
}

// --- commands ---

void Engine::fail_open(const call::MediaOpen& command, std::string detail) {
  ++counters_.sessions_failed;
  events_.emplace_back(call::MediaFailed{command.leg, std::move(detail)});
}

void Engine::on(core::Instant now, const call::MediaOpen& command) {
  if (slots_.contains(command.leg)) return fail_open(command, "the leg is open already");
  if (slots_.size() >= options_.sessions_max) return fail_open(command, "sessions_max reached");
  const Slot slot = free_slots_.empty() ? static_cast<Slot>(legs_.size()) : free_slots_.back();
  const core::Result<> opened = context_.network.open(slot, command.local);
  if (!opened) return fail_open(command, opened.error().detail);
  if (free_slots_.empty()) legs_.emplace_back();
  else free_slots_.pop_back();
  legs_[slot] = std::make_unique<EngineLeg>(
      EngineLeg{Session(context_, slot, command, core::Random(random_.next()))});
  slots_.emplace(command.leg, slot);
  ++counters_.sessions_opened;
  pool_.reserve(slots_.size() * kPacketsPerSession);
  if (slots_.size() == 1) next_housekeeping_ = now + kHousekeeping;
  on(now, call::MediaUpdate{command.leg, command.params});
}

void Engine::on(core::Instant now, const call::MediaUpdate& command) {
  EngineLeg* leg = find(command.leg);
  if (leg == nullptr) return;
  const core::Result<> updated = leg->session.update(now, command.params);
  if (!updated) events_.emplace_back(call::MediaFailed{command.leg, updated.error().detail});
  choose_around(now, *leg);
}

void Engine::on(core::Instant now, const call::MediaConnect& command) {
  EngineLeg* a = find(command.a);
  EngineLeg* b = find(command.b);
  if (a == nullptr || b == nullptr || a == b) return;
  unlink(*a);
  unlink(*b);
  link(*a, *b);
  link(*b, *a);
  a->session.await_life(now);
  b->session.await_life(now);
  choose(now, *a);
  choose(now, *b);
}

void Engine::on(core::Instant now, const call::MediaDisconnect& command) {
  EngineLeg* leg = find(command.leg);
  if (leg == nullptr) return;
  EngineLeg* other = leg->source;
  unlink(*leg);
  choose(now, *leg);
  if (other != nullptr) choose(now, *other);
}

void Engine::on(core::Instant now, const call::MediaEcho& command) {
  EngineLeg* leg = find(command.leg);
  if (leg == nullptr) return;
  EngineLeg* other = leg->source;
  unlink(*leg);
  link(*leg, *leg);
  choose(now, *leg);
  if (other != nullptr && other != leg) choose(now, *other);
}

void Engine::on(core::Instant now, const call::MediaClose& command) {
  EngineLeg* leg = find(command.leg);
  if (leg == nullptr) {
    events_.emplace_back(call::MediaClosed{command.leg, {}});
    return;
  }
  const Slot slot = leg->session.slot();
  EngineLeg* other = leg->source;
  unlink(*leg);
  if (other != nullptr && other != leg) choose(now, *other);
  leg->session.send_bye(now);
  events_.emplace_back(call::MediaClosed{command.leg, leg->session.report()});
  context_.network.close(slot);
  slots_.erase(command.leg);
  legs_[slot].reset();
  free_slots_.push_back(slot);
}

void Engine::on(core::Instant, const call::MediaQuery& command) {
  call::MediaStatus status{command.request, {}};
  for (const core::LegId id : command.legs)
    if (const EngineLeg* leg = find(id)) status.legs.emplace_back(id, leg->session.report());
  events_.emplace_back(std::move(status));
}

void Engine::on(core::Instant now, const call::MediaRecord& command) {
  EngineLeg* left = find(command.left);
  EngineLeg* right = find(command.right);
  if (tap_ == nullptr || left == nullptr) return;
  if (left->said.recording) end_recording(now, left->said.recording);
  const auto is_wide = [](const EngineLeg* leg) {
    const auto& send = leg->session.params().send;
    return send && call::info(send->codec).sample_hz > 8000;
  };
  tap_->start(now, command.recording, command.call,
              is_wide(left) || (right != nullptr && is_wide(right)));
  left->said = {command.recording, RecordSide::kLeft};
  if (right != nullptr) right->said = {command.recording, RecordSide::kRight};
  else left->heard = {command.recording, RecordSide::kRight};
}

void Engine::on(core::Instant now, const call::MediaStopRecord& command) {
  end_recording(now, command.recording);
}

void Engine::end_recording(core::Instant now, core::RecordingId recording) {
  if (tap_ == nullptr) return;
  for (const auto& leg : legs_) {
    if (leg == nullptr) continue;
    if (leg->said.recording == recording) leg->said = {};
    if (leg->heard.recording == recording) leg->heard = {};
  }
  tap_->stop(now, recording);
}

// --- who hears whom ---

void Engine::link(EngineLeg& listener, EngineLeg& source) {
  listener.source = &source;
  source.listener = &listener;
}

void Engine::unlink(EngineLeg& leg) {
  // A bridge has two sides and echo one: both directions end together.
  for (EngineLeg* other : {leg.source, leg.listener}) {
    if (other == nullptr || other == &leg) continue;
    if (other->source == &leg) other->source = nullptr;
    if (other->listener == &leg) other->listener = nullptr;
  }
  leg.source = leg.listener = nullptr;
}

void Engine::choose(core::Instant, EngineLeg& leg) {
  PathInputs in;
  in.listener = &leg.session.params();
  if (leg.source != nullptr) {
    in.source = &leg.source->session.params();
    in.source_seen = leg.source->session.seen_format();
  }
  leg.path = choose_path(in);
  if (leg.path == PathKind::kRelay) {
    leg.session.note_relayed();
    leg.source->session.note_relayed();
  } else {
    leg.session.end_relay();
  }
}

void Engine::choose_around(core::Instant now, EngineLeg& leg) {
  choose(now, leg);
  if (leg.listener != nullptr && leg.listener != &leg) choose(now, *leg.listener);
}

// --- packets ---

void Engine::on_datagram(core::Instant now, Slot slot, Port port,
                         const core::SocketAddress& source, RtpPacket packet) {
  if (slot >= legs_.size() || legs_[slot] == nullptr) return;
  EngineLeg& leg = *legs_[slot];
  ++counters_.packets_in;
  counters_.bytes_in += packet.bytes().size();
  if (port == Port::kRtcp || is_rtcp(packet.bytes()))
    return leg.session.receive_rtcp(now, source, packet);
  on_rtp(now, leg, source, std::move(packet));
}

void Engine::on_rtp(core::Instant now, EngineLeg& leg, const core::SocketAddress& source,
                    RtpPacket packet) {
  const call::Format* before = leg.session.seen_format();
  const Incoming incoming = leg.session.receive(now, source, packet);
  if (incoming.kind == Incoming::Kind::kRefused) return;
  if (leg.session.seen_format() != before && leg.listener != nullptr) choose(now, *leg.listener);
  if (leg.said.recording) tap_said(leg, incoming, packet);
  EngineLeg* listener = leg.listener;
  if (listener == nullptr) return counters_.drop(Drop::kDirection);
  if (listener->path == PathKind::kRelay) listener->session.relay(now, incoming, packet);
}

void Engine::tap_said(const EngineLeg& leg, const Incoming& incoming, const RtpPacket& packet) {
  if (incoming.kind == Incoming::Kind::kEvent) return;
  tap_->packet(leg.said.recording, leg.said.side, *incoming.format, packet.header(),
               packet.arrival(), packet.payload());
}

// --- time ---

std::optional<core::Instant> Engine::next_deadline() const {
  if (slots_.empty()) return std::nullopt;
  return next_housekeeping_;
}

void Engine::on_time(core::Instant now) {
  if (!slots_.empty() && now >= next_housekeeping_) housekeep(now);
}

void Engine::housekeep(core::Instant now) {
  next_housekeeping_ = now + kHousekeeping;
  if (tap_ != nullptr) tap_->flush();
  for (const auto& leg : legs_) {
    if (leg == nullptr) continue;
    leg->session.on_time(now);
    if (leg->session.take_silence(now))
      events_.emplace_back(call::MediaSilent{leg->session.leg()});
  }
}

Engine::Census Engine::census() const {
  Census census;
  census.sessions = slots_.size();
  census.recordings = tap_ == nullptr ? 0 : tap_->active();
  for (const auto& leg : legs_) {
    if (leg == nullptr) continue;
    if (leg->path == PathKind::kRelay) ++census.relay_paths;
    if (leg->path == PathKind::kTick) ++census.tick_paths;
  }
  return census;
}

}  // namespace pbx::media
