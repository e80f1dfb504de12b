// media/playback.h — something a leg hears instead of its bridge: a tone, or clips one after
// another.
//
// Pure.  Owner: the engine.  Clips are immutable and shared by all who play them.
//
// Music is neither: all who wait hear the same moment of it, so that it is encoded once per codec
// (music_feed.h).

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "media/tick_receiver.h"
#include "media/tone.h"

namespace pbx::media {

// Sound in memory, mono.
struct Clip {
  std::uint32_t sample_hz = 8000;
  std::vector<std::int16_t> samples;
};
using ClipList = std::vector<std::shared_ptr<const Clip>>;  // all of one rate

class Playback {
 public:
  static constexpr std::uint32_t kToneHz = 8000;

  Playback(ClipList clips, bool loop);
  // A tone that has no end of its own goes on for ever, whatever `loop` says.
  Playback(const ToneSpec& tone, bool loop);
  [[nodiscard]] static Playback of_music();

  [[nodiscard]] bool is_music() const { return music_; }
  // The next 20 ms; silent once is_over().  The last frame is filled up with silence.
  [[nodiscard]] AudioFrame next();
  [[nodiscard]] bool is_over() const;
  [[nodiscard]] std::uint32_t sample_hz() const {
    return clips_.empty() ? kToneHz : clips_.front()->sample_hz;
  }

 private:
  Playback() = default;
  void play_clips(std::span<std::int16_t> out);
  void play_tone(std::span<std::int16_t> out);

  bool loop_ = true;
  bool music_ = false;
  std::optional<ToneSpec> tone_spec_;
  std::optional<ToneGenerator> tone_;
  ClipList clips_;
  std::size_t total_samples_ = 0;
  std::size_t clip_ = 0;  // being played
  std::size_t at_ = 0;    // its next sample
  std::vector<std::int16_t> frame_;
};

}  // namespace pbx::media
