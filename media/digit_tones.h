// media/digit_tones.h — digits to be sent as tones in the audio, one after another (ITU-T Q.23).
//
// Pure.  Owner: the leg that is sent them.

#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <span>

#include "media/tone.h"

namespace pbx::media {

class DigitTones {
 public:
  static constexpr std::size_t kQueueMax = 64;  // more are refused
  static constexpr std::uint32_t kHz = 8000;
  static constexpr std::chrono::milliseconds kOnMin{70}, kOff{70};  // Q.24 asks for 40 and 40

  // Whether the digit was taken.
  bool press(char digit, std::chrono::milliseconds duration) {
    const auto tone = dtmf_tone(digit, std::max(duration, kOnMin), kOff);
    if (!tone || queue_.size() >= kQueueMax) return false;
    queue_.push_back(*tone);
    return true;
  }
  [[nodiscard]] bool is_idle() const { return queue_.empty() && !tone_; }

  // Overwrites `frame` (of kHz) with the tone that is due.  REQUIRES: !is_idle().
  void fill(std::span<std::int16_t> frame) {
    if (!tone_) {
      tone_.emplace(queue_.front(), kHz);
      queue_.pop_front();
    }
    tone_->fill(frame);
    if (tone_->is_over()) tone_.reset();
  }

 private:
  std::deque<ToneSpec> queue_;
  std::optional<ToneGenerator> tone_;
};

}  // namespace pbx::media
