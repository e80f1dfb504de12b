#include "media/tick_sender.h"

#include <algorithm>

namespace pbx::media {
namespace {

constexpr std::uint32_t kTick_ms = kTickInterval.count();

// The packet time asked for, or the tick if the codec or the packet size does not allow it.
std::uint32_t packet_ms(const call::Format& format, std::uint32_t asked_ms) {
  const bool allowed = asked_ms > 0 && is_frame_length(format, asked_ms);
  const bool too_large = format.codec == call::Codec::kL16 && asked_ms > kTick_ms;
  return allowed && !too_large ? asked_ms : kTick_ms;
}

}  // namespace

TickSender::TickSender(core::Instant now, const Session& session, std::uint32_t source_hz,
                       bool comfort_noise)
    : format_(*session.params().send),
      ptime_ms_(packet_ms(format_, session.params().ptime_ms)),
      timestamp_(session.stream().timestamp_at(now, format_.clock_hz)) {
  CodecOptions options;
  if (runs_at(format_, source_hz)) options.sample_hz = source_hz;
  auto made = make_encoder(format_, options);
  if (!made) return;
  encoder_ = std::move(*made);
  // Opus describes its pauses by itself; other packet times than the tick are rare.
  if (comfort_noise && format_.codec != call::Codec::kOpus && takes_encoded()) {
    noise_format_ = session.params().send_noise;
    vad_.emplace(encoder_->sample_hz());
    noise_.emplace(encoder_->sample_hz());
  }
  stock_.reserve(encoder_->sample_hz() * (ptime_ms_ + kTick_ms) / 1000);
}

bool TickSender::fits(const call::MediaParams& params) const {
  if (noise_format_ && params.send_noise != noise_format_) return false;
  return params.send == format_ && packet_ms(format_, params.ptime_ms) == ptime_ms_;
}

std::span<const std::int16_t> TickSender::at_codec_rate(const AudioFrame& frame) {
  if (frame.sample_hz == encoder_->sample_hz()) return frame.samples;
  if (!resampler_ || resampler_from_hz_ != frame.sample_hz) {
    resampler_from_hz_ = frame.sample_hz;
    resampler_.emplace(frame.sample_hz, encoder_->sample_hz());
    resampled_.resize(frame_samples(encoder_->sample_hz()) + 64);
  }
  return std::span(resampled_).first(resampler_->process(frame.samples, resampled_));
}

void TickSender::send(core::Instant due, Session& session, const AudioFrame& frame) {
  if (!encoder_) return;
  const auto samples = at_codec_rate(frame);
  const std::size_t packet = encoder_->sample_hz() * ptime_ms_ / 1000;
  if (stock_.empty() && samples.size() == packet) return send_packet(due, session, samples);
  stock_.insert(stock_.end(), samples.begin(), samples.end());
  std::size_t used = 0;
  for (; stock_.size() - used >= packet; used += packet)
    send_packet(due, session, std::span(stock_).subspan(used, packet));
  stock_.erase(stock_.begin(), stock_.begin() + static_cast<std::ptrdiff_t>(used));
}

void TickSender::send_packet(core::Instant due, Session& session,
                             std::span<const std::int16_t> samples) {
  if (noise_format_ && send_pause(due, session, samples)) return;
  const auto room = std::span(buffer_).subspan(kRtpHeaderBytes, kPayloadBytesMax);
  const std::size_t size = encoder_->encode(samples, room);
  const auto ticks = static_cast<std::uint32_t>(samples.size() * std::uint64_t{format_.clock_hz} /
                                                encoder_->sample_hz());
  if (size == 0) {
    timestamp_ += ticks;
    marker_ = true;
    return;
  }
  send_payload(due, session, size, ticks);
}

// False: somebody speaks.
bool TickSender::send_pause(core::Instant due, Session& session,
                            std::span<const std::int16_t> samples) {
  if (vad_->is_speech(samples)) {
    in_pause_ = false;
    return false;
  }
  if (!in_pause_) noise_->begin();
  in_pause_ = true;
  const auto room = std::span(buffer_).subspan(kRtpHeaderBytes, kPayloadBytesMax);
  const std::size_t size = noise_->encode(samples, room);
  if (size > 0)
    session.send_made(due, {noise_format_->payload_type, false, timestamp_, size, false}, buffer_);
  timestamp_ += format_.clock_hz * kTick_ms / 1000;
  marker_ = true;
  return true;
}

void TickSender::send_encoded(core::Instant due, Session& session,
                              std::span<const std::uint8_t> payload) {
  stock_.clear();
  if (payload.empty() || payload.size() > kPayloadBytesMax) return skip();
  std::copy(payload.begin(), payload.end(), buffer_.begin() + kRtpHeaderBytes);
  send_payload(due, session, payload.size(), format_.clock_hz * kTick_ms / 1000);
}

void TickSender::send_payload(core::Instant due, Session& session, std::size_t payload_bytes,
                              std::uint32_t ticks) {
  session.send_made(due, {format_.payload_type, marker_, timestamp_, payload_bytes}, buffer_);
  timestamp_ += ticks;
  marker_ = false;
}

void TickSender::skip() {
  stock_.clear();
  timestamp_ += format_.clock_hz * kTick_ms / 1000;
  marker_ = true;
}

}  // namespace pbx::media
