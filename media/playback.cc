#include "media/playback.h"

#include <algorithm>

namespace pbx::media {

Playback::Playback(ClipList clips, bool loop) : loop_(loop), clips_(std::move(clips)) {
  for (const auto& clip : clips_) total_samples_ += clip->samples.size();
}

Playback::Playback(const ToneSpec& tone, bool loop)
    : loop_(loop), tone_spec_(tone), tone_(std::in_place, tone, kToneHz) {}

Playback Playback::of_music() {
  Playback playback;
  playback.music_ = true;
  return playback;
}

bool Playback::is_over() const {
  if (music_) return false;
  return tone_ ? tone_->is_over() && !loop_ : clip_ >= clips_.size();
}

AudioFrame Playback::next() {
  const std::uint32_t hz = sample_hz();
  frame_.assign(frame_samples(hz), 0);
  const bool silent = is_over();
  if (tone_)
    play_tone(frame_);
  else
    play_clips(frame_);
  return {frame_, hz, silent};
}

void Playback::play_tone(std::span<std::int16_t> out) {
  if (tone_->is_over() && loop_) tone_.emplace(*tone_spec_, kToneHz);
  tone_->fill(out);
}

void Playback::play_clips(std::span<std::int16_t> out) {
  while (!out.empty() && clip_ < clips_.size()) {
    const std::vector<std::int16_t>& samples = clips_[clip_]->samples;
    const std::size_t count = std::min(out.size(), samples.size() - at_);
    std::copy_n(samples.begin() + static_cast<std::ptrdiff_t>(at_), count, out.begin());
    out = out.subspan(count);
    at_ += count;
    if (at_ < samples.size()) continue;
    at_ = 0;
    ++clip_;
    // A list without a sample would loop for ever.
    if (clip_ == clips_.size() && loop_ && total_samples_ > 0) clip_ = 0;
  }
}

}  // namespace pbx::media
