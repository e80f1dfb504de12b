// What happens every 20 ms, and what happens now and then.
#include <algorithm>

#include "media/engine.h"

namespace pbx::media {
namespace {

constexpr core::Duration kTick = kTickInterval;
constexpr core::Duration kPhase = kTick / Engine::kPhases;

std::uint64_t tick_number(core::Instant due) {
  return static_cast<std::uint64_t>(due.time_since_epoch() / kTick);
}

}  // namespace

// Ticks lie on one grid for the whole engine, so that all who hear music hear the same moment.
core::Instant Engine::next_tick_after(core::Instant now, unsigned phase) {
  const core::Duration offset = kPhase * phase;
  const auto ticks = (now.time_since_epoch() - offset) / kTick;
  return core::Instant(kTick * (ticks + 1) + offset);
}

std::optional<core::Instant> Engine::next_deadline() const {
  if (slots_.empty()) return std::nullopt;
  core::Instant next = next_housekeeping_;
  for (unsigned phase = 0; phase < kPhases; ++phase)
    if (!ticking_[phase].empty()) next = std::min(next, next_tick_[phase]);
  return next;
}

void Engine::on_time(core::Instant now) {
  for (unsigned phase = 0; phase < kPhases; ++phase) {
    if (ticking_[phase].empty()) continue;
    core::Instant& due = next_tick_[phase];
    if (now - due > kTick * kCatchUpMax) due = next_tick_after(now, phase) - kTick * kCatchUpMax;
    for (; due <= now; due += kTick) {
      lateness_.add(now - due);
      run_phase(due, phase);
    }
  }
  if (!slots_.empty() && now >= next_housekeeping_) housekeep(now);
}

void Engine::run_phase(core::Instant due, unsigned phase) {
  const std::vector<EngineLeg*>& legs = ticking_[phase];
  for (EngineLeg* leg : legs) tick_source(due, *leg);
  for (EngineLeg* leg : legs) tick_listener(due, *leg);
  // The list must not change while it is run.
  for (const HeardDigit& heard : std::exchange(heard_digits_, {})) on_digit(due, heard);
  for (EngineLeg* leg : std::exchange(changed_, {})) {
    if (leg->playback != nullptr && leg->playback->is_over())
      end_playback(due, *leg);
    else
      choose(due, *leg);
  }
}

void Engine::tick_source(core::Instant due, EngineLeg& leg) {
  if (leg.receiver == nullptr) return;
  leg.frame = leg.receiver->take(due);
  if (leg.session.params().dtmf == call::DtmfMode::kInband) detect_digits(leg);
}

void Engine::detect_digits(EngineLeg& leg) {
  const std::uint32_t hz = leg.frame.sample_hz;
  if (hz % 8000 != 0) return;
  if (leg.detector == nullptr || leg.detector_hz != hz) {
    leg.detector = std::make_unique<InbandDtmfDetector>(hz);
    leg.detector_hz = hz;
  }
  const EngineLeg* listener = leg.listener;
  const bool in_audio = listener != nullptr && listener != &leg &&
                        listener->path == PathKind::kTick && listener->playback == nullptr &&
                        listener->session.params().dtmf == call::DtmfMode::kInband;
  for (const Digit& digit : leg.detector->feed(leg.frame.samples))
    heard_digits_.push_back({&leg, digit, call::DigitSource::kInband, in_audio});
  // Who gets the digit as a packet or by INFO must not get it as a tone too.
  if (!in_audio && leg.detector->is_hearing())
    leg.frame = {std::span(silence_).first(leg.frame.samples.size()), hz, true};
}

void Engine::tick_listener(core::Instant due, EngineLeg& leg) {
  if (send_digit_packet(due, leg)) {
    if (leg.sender != nullptr) leg.sender->skip();
    if (leg.playback != nullptr && !leg.playback->is_music()) (void)leg.playback->next();
    return;
  }
  if (leg.path != PathKind::kTick) {
    // Its digits are sent: nothing needs ticks any more.
    if (leg.receiver == nullptr && leg.digits.is_idle()) changed_.push_back(&leg);
    return;
  }
  ++counters_.ticks;
  if (leg.playback != nullptr) return send_playback(due, leg);
  if (leg.sender == nullptr) return;
  if (!leg.tones.is_idle()) return send_tone(due, leg);
  if (leg.source == nullptr || !leg.session.can_send()) return leg.sender->skip();
  const AudioFrame& frame = leg.source->frame;
  if (frame.samples.empty()) return leg.sender->skip();
  leg.sender->send(due, leg.session, frame);
}

bool Engine::send_digit_packet(core::Instant due, EngineLeg& leg) {
  if (leg.digits.is_idle()) return false;
  if (!leg.session.takes_events() || !leg.session.can_send()) {
    leg.digits.clear();
    return false;
  }
  const call::Format& format = *leg.session.params().send_dtmf;
  const std::uint32_t timestamp =
      leg.sender != nullptr
          ? leg.sender->timestamp()
          : leg.session.stream().timestamp_at(due, leg.session.params().send->clock_hz);
  const auto packet = leg.digits.next(timestamp, format.clock_hz * kTickInterval.count() / 1000);
  if (!packet) return false;
  std::array<std::uint8_t, kRtpHeaderBytes + kDtmfPayloadBytes + SrtpContext::kTrailerBytesMax>
      buffer;
  std::copy(packet->payload.begin(), packet->payload.end(), buffer.begin() + kRtpHeaderBytes);
  leg.session.send_made(
      due, {format.payload_type, packet->marker, packet->timestamp, packet->payload.size(), false},
      buffer);
  return true;
}

void Engine::send_playback(core::Instant due, EngineLeg& leg) {
  const bool audible = leg.sender != nullptr && leg.session.can_send();
  if (leg.playback->is_music()) {
    if (leg.sender == nullptr) return;
    if (!audible) return leg.sender->skip();
    if (leg.sender->takes_encoded())
      return leg.sender->send_encoded(due, leg.session,
                                      music_.payload(tick_number(due), leg.sender->format()));
    return leg.sender->send(due, leg.session, music_.frame(tick_number(due)));
  }
  // A leg that cannot hear it now still comes to its end in time.
  const AudioFrame frame = leg.playback->next();
  if (audible)
    leg.sender->send(due, leg.session, frame);
  else if (leg.sender != nullptr)
    leg.sender->skip();
  if (leg.playback->is_over()) changed_.push_back(&leg);
}

void Engine::send_tone(core::Instant due, EngineLeg& leg) {
  leg.tones.fill(tone_frame_);
  if (leg.session.can_send())
    leg.sender->send(due, leg.session, {tone_frame_, DigitTones::kHz, false});
  else
    leg.sender->skip();
  if (leg.tones.is_idle()) changed_.push_back(&leg);
}

void Engine::end_playback(core::Instant now, EngineLeg& leg) {
  leg.playback.reset();
  events_.emplace_back(call::PlaybackDone{leg.session.leg(), leg.playback_id});
  choose_around(now, leg);
}

void Engine::housekeep(core::Instant now) {
  next_housekeeping_ = now + kHousekeeping;
  if (tap_ != nullptr) tap_->flush();
  for (const auto& leg : legs_) {
    if (leg == nullptr) continue;
    leg->session.on_time(now);
    if (leg->sender != nullptr) leg->sender->set_expected_loss(leg->session.remote_loss());
    if (const auto digit = leg->events.on_time(now)) {
      const EngineLeg* listener = leg->listener;
      const bool relayed = listener != nullptr && listener->path == PathKind::kRelay &&
                           listener->session.takes_events();
      on_digit(now, {leg.get(), *digit, call::DigitSource::kRfc4733, relayed});
    }
    if (leg->session.take_silence(now)) events_.emplace_back(call::MediaSilent{leg->session.leg()});
  }
}

}  // namespace pbx::media
