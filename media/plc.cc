#include "media/plc.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "media/samples.h"

namespace pbx::media {
namespace {

std::size_t samples_of(std::uint32_t sample_hz, double ms) {
  return static_cast<std::size_t>(sample_hz * ms / 1000);
}

}  // namespace

// The pitch of speech: 66 to 200 Hz; what is higher fits in as a multiple.
Plc::Plc(std::uint32_t sample_hz)
    : pitch_min_(samples_of(sample_hz, 5)),
      pitch_max_(samples_of(sample_hz, 15)),
      span_(samples_of(sample_hz, 20)),
      join_(samples_of(sample_hz, kJoinMs)),
      hold_(samples_of(sample_hz, kHoldMs)),
      fade_(samples_of(sample_hz, kFadeMs)),
      history_(pitch_max_ + span_),
      cycle_(pitch_max_) {}

void Plc::remember(std::span<const std::int16_t> frame) {
  if (frame.size() >= history_.size()) frame = frame.last(history_.size());
  const auto kept = static_cast<long>(frame.size());
  std::copy(history_.begin() + kept, history_.end(), history_.begin());
  std::copy(frame.begin(), frame.end(), history_.end() - kept);
}

// The lag at which the recent signal resembles itself best, by average magnitude difference; every
// second lag and sample above 8 kHz, where neighbours hardly differ.
std::size_t Plc::find_pitch() const {
  const std::size_t step = pitch_max_ > 120 ? 2 : 1;
  const std::int16_t* recent = history_.data() + history_.size() - span_;
  std::size_t best = pitch_min_;
  auto best_difference = std::numeric_limits<std::int64_t>::max();
  for (std::size_t lag = pitch_min_; lag <= pitch_max_; lag += step) {
    std::int64_t difference = 0;
    for (std::size_t i = 0; i < span_; i += step)
      difference += std::abs(recent[i] - recent[static_cast<std::ptrdiff_t>(i - lag)]);
    if (difference < best_difference) {
      best_difference = difference;
      best = lag;
    }
  }
  return best;
}

void Plc::begin_loss() {
  pitch_ = find_pitch();
  cycle_at_ = 0;
  const std::int16_t* period = history_.data() + history_.size() - pitch_;
  std::copy(period, period + pitch_, cycle_.begin());
  // The end of the cycle runs into what came before its beginning, so that it repeats smoothly.
  const std::size_t overlap = pitch_ / 4;
  for (std::size_t i = 0; i < overlap; ++i) {
    const float weight = static_cast<float>(i + 1) / static_cast<float>(overlap + 1);
    float& sample = cycle_[pitch_ - overlap + i];
    const float before =
        period[static_cast<std::ptrdiff_t>(i) - static_cast<std::ptrdiff_t>(overlap)];
    sample += (before - sample) * weight;
  }
}

float Plc::next_sample() {
  const std::size_t faded = missing_ > hold_ ? missing_ - hold_ : 0;
  ++missing_;
  if (faded >= fade_) return 0.0F;
  const float gain = 1.0F - static_cast<float>(faded) / static_cast<float>(fade_);
  const float sample = cycle_[cycle_at_] * gain;
  cycle_at_ = cycle_at_ + 1 == pitch_ ? 0 : cycle_at_ + 1;
  return sample;
}

void Plc::conceal(std::span<std::int16_t> frame) {
  std::size_t at = 0;
  if (missing_ == 0) {
    begin_loss();
    // What was played ends in another sample than the one before the repeated period: that step is
    // let down gently.
    const std::size_t overlap = std::min(join_, frame.size());
    const float step = static_cast<float>(history_.back()) -
                       static_cast<float>(history_[history_.size() - 1 - pitch_]);
    for (; at < overlap; ++at) {
      const float weight = static_cast<float>(overlap - at) / static_cast<float>(overlap + 1);
      frame[at] = saturate(next_sample() + step * weight);
    }
  }
  for (; at < frame.size(); ++at) frame[at] = saturate(next_sample());
  remember(frame);
}

void Plc::accept(std::span<std::int16_t> frame) {
  if (missing_ != 0) {
    const std::size_t overlap = std::min(pitch_ / 4, frame.size());
    for (std::size_t at = 0; at < overlap; ++at) {
      const float weight = static_cast<float>(at + 1) / static_cast<float>(overlap + 1);
      const float synthetic = next_sample();
      frame[at] = saturate(synthetic + (static_cast<float>(frame[at]) - synthetic) * weight);
    }
    missing_ = 0;
  }
  remember(frame);
}

}  // namespace pbx::media
