#include "media/music_feed.h"

#include <algorithm>

namespace pbx::media {

AudioFrame MusicFeed::frame(std::uint64_t tick) {
  const std::size_t length = frame_samples(music_->sample_hz);
  if (tick != frame_tick_ || frame_.empty()) {
    frame_tick_ = tick;
    frame_.resize(length);
    std::size_t at = static_cast<std::size_t>(tick * length % music_->samples.size());
    for (std::int16_t& sample : frame_) {
      sample = music_->samples[at];
      if (++at == music_->samples.size()) at = 0;
    }
  }
  return {frame_, music_->sample_hz, false};
}

std::span<const std::uint8_t> MusicFeed::payload(std::uint64_t tick, const call::Format& format) {
  drop_idle(tick);
  Shared& shared = find_or_add(format);
  if (!shared.fresh || shared.tick != tick) encode(shared, tick);
  return shared.payload;
}

MusicFeed::Shared& MusicFeed::find_or_add(const call::Format& format) {
  // The payload type is the listener's own affair; all else makes another encoding.
  const auto found = std::find_if(encoders_.begin(), encoders_.end(), [&](const Shared& shared) {
    return shared.format.codec == format.codec && shared.format.clock_hz == format.clock_hz &&
           shared.format.fmtp == format.fmtp;
  });
  if (found != encoders_.end()) return *found;
  Shared& added = encoders_.emplace_back();
  added.format = format;
  CodecOptions options;
  if (runs_at(format, music_->sample_hz)) options.sample_hz = music_->sample_hz;
  if (auto made = make_encoder(format, options)) added.encoder = std::move(*made);
  if (added.encoder && added.encoder->sample_hz() != music_->sample_hz)
    added.resampler.emplace(music_->sample_hz, added.encoder->sample_hz());
  return added;
}

void MusicFeed::encode(Shared& shared, std::uint64_t tick) {
  shared.tick = tick;
  shared.fresh = true;
  shared.payload.clear();
  if (!shared.encoder) return;
  std::span<const std::int16_t> samples = frame(tick).samples;
  if (shared.resampler) {
    shared.samples.resize(frame_samples(shared.encoder->sample_hz()) + 64);
    samples = std::span(shared.samples).first(shared.resampler->process(samples, shared.samples));
  }
  shared.payload.resize(kPayloadBytesMax);
  shared.payload.resize(shared.encoder->encode(samples, shared.payload));
}

void MusicFeed::drop_idle(std::uint64_t tick) {
  std::erase_if(encoders_, [tick](const Shared& shared) {
    return shared.fresh && shared.tick + kIdleTicks < tick;
  });
}

}  // namespace pbx::media
