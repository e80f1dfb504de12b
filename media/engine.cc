#include "media/engine.h"

#include <algorithm>
#include <variant>

#include "core/base/assert.h"
#include "media/rtcp.h"

namespace pbx::media {

namespace {

// By which its digits count: telephone-event has a clock of its own (RFC 4733 2.3).
std::uint32_t event_clock(const call::MediaParams& params) {
  for (const call::Format& format : params.receive)
    if (format.codec == call::Codec::kTelephoneEvent) return format.clock_hz;
  return 8000;
}

}  // namespace

void Engine::Lateness::add(core::Duration late) {
  sum += late;
  std::size_t bucket = 0;
  while (bucket < kBounds_ms.size() && late > std::chrono::milliseconds(kBounds_ms[bucket]))
    ++bucket;
  ++counts[bucket];
}

Engine::Engine(const EngineOptions& options, Network& network, SoundLibrary& sounds,
               RecorderTap* tap)
    : options_(options),
      sounds_(sounds),
      music_(sounds.music()),
      tap_(tap),
      context_{network, counters_, options_, tap},
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
  const core::Result<> opened = context_.network.open(slot, command.local, command.dscp);
  if (!opened) return fail_open(command, opened.error().detail);
  if (free_slots_.empty())
    legs_.emplace_back();
  else
    free_slots_.pop_back();
  legs_[slot] =
      std::make_unique<EngineLeg>(Session(context_, slot, command, core::Random(random_.next())));
  slots_.emplace(command.leg, slot);
  legs_[slot]->phase = next_phase_++ % kPhases;
  ++counters_.sessions_opened;
  pool_.reserve(slots_.size() * kPacketsPerSession);
  if (slots_.size() == 1) next_housekeeping_ = now + kHousekeeping;
  on(now, call::MediaUpdate{command.leg, command.params});
}

void Engine::on(core::Instant now, const call::MediaUpdate& command) {
  EngineLeg* leg = find(command.leg);
  if (leg == nullptr) return;
  // Digits under way go on unless they now count otherwise.
  const call::MediaParams& before = leg->session.params();
  const bool same_events = before.send_dtmf == command.params.send_dtmf &&
                           event_clock(before) == event_clock(command.params);
  const core::Result<> updated = leg->session.update(now, command.params);
  if (!same_events) {
    leg->digits = DtmfSender(command.params.send_dtmf ? command.params.send_dtmf->clock_hz : 8000);
    leg->events = DtmfReceiver(event_clock(command.params));
  }
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
  pass_early(now, *a);
  pass_early(now, *b);
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
  unschedule(*leg);
  forget_recording(now, *leg);
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

void Engine::on(core::Instant now, const call::MediaPlay& command) {
  EngineLeg* leg = find(command.leg);
  if (leg == nullptr) return;
  auto playback = sounds_.make(command.source, command.loop);
  if (!playback) {
    // Nobody waits for ever for a file that is not there.
    events_.emplace_back(call::PlaybackDone{command.leg, command.playback});
    return;
  }
  leg->playback = std::move(*playback);
  leg->playback_id = command.playback;
  choose_around(now, *leg);
}

void Engine::on(core::Instant now, const call::MediaStopPlay& command) {
  EngineLeg* leg = find(command.leg);
  if (leg == nullptr || leg->playback == nullptr) return;
  leg->playback.reset();
  choose_around(now, *leg);
}

void Engine::on(core::Instant now, const call::MediaSendDigit& command) {
  EngineLeg* leg = find(command.leg);
  if (leg != nullptr) pass_on(now, *leg, command.digit, command.duration);
}

void Engine::set_options(const EngineOptions& options) {
  const EngineOptions before = std::exchange(options_, options);
  options_.sessions_max = before.sessions_max;
  options_.pool_packets_max = before.pool_packets_max;
  options_.wall_offset = before.wall_offset;
  options_.seed = before.seed;
}

// --- recording ---

void Engine::on(core::Instant now, const call::MediaRecord& command) {
  EngineLeg* left = find(command.left);
  EngineLeg* right = find(command.right);
  if (tap_ == nullptr || left == nullptr || left == right) return;
  forget_recording(now, *left);
  if (right != nullptr) forget_recording(now, *right);
  const auto is_wide = [](const EngineLeg* leg) {
    const auto& send = leg->session.params().send;
    return send && call::info(send->codec).sample_hz > 8000;
  };
  const bool wideband = is_wide(left) || (right != nullptr && is_wide(right));
  tap_->start(now, {command.recording, command.call, command.started, wideband});
  left->recording = command.recording;
  left->side = RecordSide::kLeft;
  if (right == nullptr) return left->session.record_sent(command.recording);
  right->recording = command.recording;
  right->side = RecordSide::kRight;
}

void Engine::on(core::Instant now, const call::MediaStopRecord& command) {
  end_recording(now, command.recording);
}

void Engine::end_recording(core::Instant now, core::RecordingId recording) {
  if (tap_ == nullptr || !recording) return;
  for (const auto& leg : legs_) {
    if (leg == nullptr) continue;
    if (leg->recording == recording) leg->recording = {};
    if (leg->session.sent_recording() == recording) leg->session.record_sent({});
  }
  tap_->stop(now, recording);
}

// A recording without any leg ends; the side of one that goes is silent from then on.
void Engine::forget_recording(core::Instant now, EngineLeg& leg) {
  const core::RecordingId recording = leg.recording;
  leg.recording = {};
  leg.session.record_sent({});
  if (!recording) return;
  const bool wanted = std::any_of(legs_.begin(), legs_.end(), [&](const auto& other) {
    return other != nullptr && other->recording == recording;
  });
  if (!wanted) end_recording(now, recording);
}

// --- packets ---

void Engine::on_datagram(core::Instant now, Slot slot, Port port, const core::SocketAddress& source,
                         RtpPacket packet) {
  if (slot >= legs_.size() || legs_[slot] == nullptr) return;
  EngineLeg& leg = *legs_[slot];
  ++counters_.packets_in;
  counters_.bytes_in += packet.bytes().size();
  if (leg.session.params().fax) return on_fax(now, leg, port, source, packet);
  if (port == Port::kRtcp || is_rtcp(packet.bytes()))
    return leg.session.receive_rtcp(now, source, packet);
  on_rtp(now, leg, source, std::move(packet));
}

// UDPTL (ITU-T T.38 clause 9) is for the two machines alone: from one socket to the other.
void Engine::on_fax(core::Instant now, EngineLeg& leg, Port port, const core::SocketAddress& source,
                    RtpPacket& packet) {
  if (port != Port::kRtp || !leg.session.receive_fax(now, source, packet)) return;
  if (leg.listener != nullptr && leg.listener->session.params().fax)
    leg.listener->session.send_fax(packet);
  else
    counters_.drop(Drop::kDirection);
}

void Engine::on_rtp(core::Instant now, EngineLeg& leg, const core::SocketAddress& source,
                    RtpPacket packet) {
  const call::Format* before = leg.session.seen_format();
  const Incoming incoming = leg.session.receive(now, source, packet);
  if (incoming.kind == Incoming::Kind::kRefused) return;
  if (leg.session.seen_format() != before && leg.listener != nullptr) choose(now, *leg.listener);
  if (incoming.kind == Incoming::Kind::kEvent) return on_event(now, leg, incoming, packet);
  if (leg.recording) tap_said(leg, incoming, packet);
  if (leg.listener == nullptr && leg.receiver == nullptr) {
    if (!leg.early.put(std::move(packet))) counters_.drop(Drop::kDirection);
    return;
  }
  deliver(now, leg, incoming, std::move(packet));
}

void Engine::deliver(core::Instant now, EngineLeg& leg, const Incoming& incoming,
                     RtpPacket packet) {
  EngineLeg* listener = leg.listener;
  const bool relayed = listener != nullptr && listener->path == PathKind::kRelay;
  // While digits are being sent, they stand in the place of audio.
  if (relayed && listener->digits.is_idle()) listener->session.relay(now, incoming, packet);
  if (leg.receiver != nullptr) leg.receiver->put(now, *incoming.format, std::move(packet));
}

// Payload types may mean something else since an update: they are looked up again.
void Engine::pass_early(core::Instant now, EngineLeg& leg) {
  leg.early.drain(now, [&](RtpPacket packet) {
    const Incoming incoming = leg.session.classify(packet.header().payload_type);
    if (incoming.format != nullptr) deliver(now, leg, incoming, std::move(packet));
  });
}

void Engine::on_event(core::Instant now, EngineLeg& leg, const Incoming& incoming,
                      RtpPacket& packet) {
  const Digits digits = leg.events.on_packet(packet.header(), packet.payload(), now);
  if (leg.receiver != nullptr) leg.receiver->pass_over(packet.header().sequence);
  EngineLeg* listener = leg.listener;
  const bool relayed =
      listener != nullptr && listener->path == PathKind::kRelay && listener->digits.is_idle();
  const bool as_packets = relayed && listener->session.takes_events();
  if (as_packets)
    listener->session.relay(now, incoming, packet);
  else if (relayed)
    listener->session.skip(packet);
  for (const Digit& digit : digits)
    on_digit(now, {&leg, digit, call::DigitSource::kRfc4733, as_packets});
}

void Engine::on_digit(core::Instant now, const HeardDigit& heard) {
  EngineLeg& leg = *heard.leg;
  EngineLeg* listener = leg.listener;
  const bool has_ear = listener != nullptr && listener != &leg && listener->playback == nullptr &&
                       listener->path != PathKind::kNone;
  bool forwarded = heard.forwarded;
  if (!forwarded && has_ear)
    forwarded = pass_on(now, *listener, heard.digit.digit, heard.digit.duration);
  events_.emplace_back(call::MediaDigit{leg.session.leg(), heard.digit.digit, heard.digit.duration,
                                        heard.source, forwarded});
}

// Sends a digit the way the leg takes them; false if control must do it (INFO) or nobody can.
bool Engine::pass_on(core::Instant now, EngineLeg& listener, char digit,
                     std::chrono::milliseconds duration) {
  if (!listener.session.can_send()) return false;
  switch (listener.session.params().dtmf) {
    case call::DtmfMode::kInfo:
      return false;
    case call::DtmfMode::kRfc4733:
      if (!listener.session.takes_events() || !listener.digits.press(digit, duration)) return false;
      schedule(now, listener);
      return true;
    case call::DtmfMode::kInband:
      if (!listener.tones.press(digit, duration)) return false;
      choose(now, listener);
      return true;
  }
  return false;
}

void Engine::tap_said(const EngineLeg& leg, const Incoming& incoming, const RtpPacket& packet) {
  tap_->packet(leg.recording, leg.side, *incoming.format, packet.header(), packet.arrival(),
               packet.payload());
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
