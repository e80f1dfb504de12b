// Who hears whom, and by which path.
#include <algorithm>

#include "media/codec.h"
#include "media/engine.h"

namespace pbx::media {
namespace {

// The rate at which a leg's samples are wanted by who hears it.
std::uint32_t wanted_hz(const EngineLeg& leg) {
  const call::Format* from = expected_format(leg.session.params(), leg.session.seen_format());
  if (from == nullptr) return 8000;
  if (leg.listener == nullptr || !leg.listener->session.params().send)
    return default_sample_hz(*from);
  const std::uint32_t common = common_sample_hz(*from, *leg.listener->session.params().send);
  return common == 0 ? default_sample_hz(*from) : common;
}

bool needs_samples_of(const EngineLeg& leg) {
  if (!call::can_receive(leg.session.params().direction)) return false;
  if (leg.session.params().dtmf == call::DtmfMode::kInband) return true;
  const EngineLeg* listener = leg.listener;
  return listener != nullptr && listener->path == PathKind::kTick && listener->playback == nullptr;
}

}  // namespace

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

void Engine::choose(core::Instant now, EngineLeg& leg) {
  PathInputs in;
  in.listener = &leg.session.params();
  in.playing = leg.playback != nullptr;
  in.tones_waiting = !leg.tones.is_idle();
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
  if (leg.path == PathKind::kTick && !in.playing && leg.source != nullptr) {
    leg.session.note_transcoded();
    leg.source->session.note_transcoded();
  }
  if (leg.source != nullptr) equip_receiver(*leg.source);
  equip_receiver(leg);
  equip_sender(now, leg);
  schedule(now, leg);
  if (leg.source != nullptr) schedule(now, *leg.source);
}

void Engine::choose_around(core::Instant now, EngineLeg& leg) {
  choose(now, leg);
  if (leg.listener != nullptr && leg.listener != &leg) choose(now, *leg.listener);
}

void Engine::equip_sender(core::Instant now, EngineLeg& leg) {
  const call::MediaParams& params = leg.session.params();
  if (leg.path != PathKind::kTick || !params.send) return leg.sender.reset();
  if (leg.sender != nullptr && leg.sender->fits(params)) return;
  std::uint32_t source_hz = default_sample_hz(*params.send);
  if (leg.playback != nullptr)
    source_hz = leg.playback->sample_hz();
  else if (leg.source != nullptr)
    source_hz = wanted_hz(*leg.source);
  leg.sender = std::make_unique<TickSender>(now, leg.session, source_hz, options_.comfort_noise);
}

void Engine::equip_receiver(EngineLeg& leg) {
  if (!needs_samples_of(leg)) {
    if (leg.receiver != nullptr) leg.session.note_late(leg.receiver->stats().late);
    leg.frame = {};
    leg.detector.reset();
    return leg.receiver.reset();
  }
  const std::uint32_t hz = wanted_hz(leg);
  if (leg.receiver != nullptr && leg.receiver->fits(leg.session.params(), hz)) return;
  leg.frame = {};
  leg.receiver = std::make_unique<TickReceiver>(leg.session.params(), options_, hz);
}

void Engine::schedule(core::Instant now, EngineLeg& leg) {
  const bool wanted =
      leg.path == PathKind::kTick || leg.receiver != nullptr || !leg.digits.is_idle();
  if (leg.ticking &&
      (!wanted || (leg.source != nullptr && leg.source->ticking && leg.source->phase != leg.phase)))
    unschedule(leg);
  if (!wanted || leg.ticking) return;
  // What is heard must be decoded before it is sent, in one phase.
  if (leg.source != nullptr) leg.phase = leg.source->phase;
  auto& legs = ticking_[leg.phase];
  if (legs.empty()) next_tick_[leg.phase] = next_tick_after(now, leg.phase);
  legs.push_back(&leg);
  leg.ticking = true;
}

void Engine::unschedule(EngineLeg& leg) {
  if (!leg.ticking) return;
  std::erase(ticking_[leg.phase], &leg);
  leg.ticking = false;
}

}  // namespace pbx::media
