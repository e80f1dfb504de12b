#include "media/mixer.h"

#include <algorithm>
#include <cmath>

#include "core/base/assert.h"
#include "media/samples.h"

namespace pbx::media {

Gain Gain::of_db(double db) { return Gain(std::pow(10.0, db / 20)); }

Mixer::Mixer(std::size_t inputs, std::size_t frame_samples)
    : inputs_(inputs),
      frame_samples_(frame_samples),
      gains_(inputs * inputs),
      special_(inputs),
      spoke_(inputs),
      frames_(inputs * frame_samples),
      sum_(frame_samples),
      scratch_(frame_samples) {
  PBX_ASSERT(inputs <= kInputsMax);
  for (std::size_t input = 0; input < inputs; ++input) gains_[input * inputs_ + input] = kMute;
}

void Mixer::set_gain(std::size_t listener, std::size_t speaker, Gain gain) {
  PBX_ASSERT(listener < inputs_ && speaker < inputs_);
  gains_[listener * inputs_ + speaker] = gain;
  bool special = false;
  for (std::size_t i = 0; i < inputs_; ++i)
    special |= gains_[listener * inputs_ + i] != (i == listener ? kMute : kUnity);
  special_[listener] = special;
}

Gain Mixer::gain(std::size_t listener, std::size_t speaker) const {
  PBX_ASSERT(listener < inputs_ && speaker < inputs_);
  return gains_[listener * inputs_ + speaker];
}

void Mixer::reset_gains(std::size_t input) {
  for (std::size_t other = 0; other < inputs_; ++other) {
    set_gain(other, input, other == input ? kMute : kUnity);
    set_gain(input, other, other == input ? kMute : kUnity);
  }
}

void Mixer::begin() {
  std::fill(spoke_.begin(), spoke_.end(), std::uint8_t{0});
  std::fill(sum_.begin(), sum_.end(), 0);
  speakers_ = 0;
}

void Mixer::speak(std::size_t input, std::span<const std::int16_t> frame) {
  PBX_ASSERT(input < inputs_ && frame.size() == frame_samples_ && !spoke_[input]);
  spoke_[input] = 1;
  ++speakers_;
  std::copy(frame.begin(), frame.end(),
            frames_.begin() + static_cast<long>(input * frame_samples_));
  for (std::size_t i = 0; i < frame.size(); ++i) sum_[i] += frame[i];
}

std::span<const std::int16_t> Mixer::frame_of(std::size_t input) const {
  return std::span(frames_).subspan(input * frame_samples_, frame_samples_);
}

bool Mixer::listen(std::size_t listener, std::span<std::int16_t> out) const {
  PBX_ASSERT(listener < inputs_ && out.size() == frame_samples_);
  return special_[listener] ? listen_special(listener, out) : listen_plain(listener, out);
}

bool Mixer::listen_plain(std::size_t listener, std::span<std::int16_t> out) const {
  const std::size_t others = speakers_ - spoke_[listener];
  if (others == 0) {
    std::fill(out.begin(), out.end(), std::int16_t{0});
    return false;
  }
  if (spoke_[listener]) {
    const auto own = frame_of(listener);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = saturate(sum_[i] - own[i]);
  } else {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = saturate(sum_[i]);
  }
  return true;
}

bool Mixer::listen_special(std::size_t listener, std::span<std::int16_t> out) const {
  bool heard = false;
  std::fill(scratch_.begin(), scratch_.end(), 0);
  for (std::size_t speaker = 0; speaker < inputs_; ++speaker) {
    const Gain gain = gains_[listener * inputs_ + speaker];
    if (!spoke_[speaker] || gain == kMute) continue;
    heard = true;
    const auto frame = frame_of(speaker);
    for (std::size_t i = 0; i < frame.size(); ++i) scratch_[i] += gain.apply(frame[i]);
  }
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = saturate(scratch_[i]);
  return heard;
}

void mix_into(std::span<const std::int16_t> in, Gain gain, std::span<std::int16_t> out) {
  const std::size_t count = std::min(in.size(), out.size());
  for (std::size_t i = 0; i < count; ++i) out[i] = saturate(out[i] + gain.apply(in[i]));
}

void amplify(Gain gain, std::span<std::int16_t> samples) {
  for (std::int16_t& sample : samples) sample = saturate(gain.apply(sample));
}

}  // namespace pbx::media
