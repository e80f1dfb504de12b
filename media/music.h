// media/music.h — music on hold of our own: a quiet loop, composed here and rendered by code.
//
// Pure.  It is rendered once per sample rate and then shared as immutable data, so that a held call
// costs a copy of a frame.  Everything lies between 200 and 3400 Hz: a telephone carries it whole.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace pbx::media {

struct Music {
  std::uint32_t sample_hz = 0;
  std::vector<std::int16_t> samples;  // the end runs on into the beginning
};

// Rendering takes some tens of milliseconds: do it before calls come, not on a media worker.
[[nodiscard]] std::shared_ptr<const Music> compose_music(std::uint32_t sample_hz);

// One listener's place in a loop: music on hold, or a file that repeats.
class LoopPlayer {
 public:
  explicit LoopPlayer(std::shared_ptr<const Music> music, std::size_t start = 0)
      : music_(std::move(music)),
        at_(music_->samples.empty() ? 0 : start % music_->samples.size()) {}

  void fill(std::span<std::int16_t> out);

 private:
  std::shared_ptr<const Music> music_;
  std::size_t at_;
};

}  // namespace pbx::media
