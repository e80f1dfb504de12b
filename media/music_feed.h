// media/music_feed.h — music on hold: one moment of it for all, encoded once per codec.
//
// Pure.  Owner: the engine of one worker.  The music goes on with the ticks of the engine, whoever
// listens; who comes later joins in the middle.  For each codec in use there is one encoder, whose
// payload of the current tick all listeners of that codec share.  An encoder that nobody asked for
// kIdleTicks is dropped.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "media/codec.h"
#include "media/music.h"
#include "media/playback.h"
#include "media/resampler.h"

namespace pbx::media {

class MusicFeed {
 public:
  static constexpr std::uint64_t kIdleTicks = 3000;  // one minute
  static constexpr std::size_t kPayloadBytesMax = 1500;

  // `music` has at least one sample.
  explicit MusicFeed(std::shared_ptr<const Music> music) : music_(std::move(music)) {}

  // The payload of tick number `tick` in `format`; empty if the codec cannot be made.  Lives until
  // the next call.  REQUIRES: ticks do not run backwards.
  [[nodiscard]] std::span<const std::uint8_t> payload(std::uint64_t tick,
                                                      const call::Format& format);
  // The samples of that tick, for who needs another packet time.
  [[nodiscard]] AudioFrame frame(std::uint64_t tick);

  [[nodiscard]] std::size_t encoders() const { return encoders_.size(); }

 private:
  struct Shared {
    call::Format format;
    std::unique_ptr<Encoder> encoder;
    std::optional<Resampler> resampler;
    std::uint64_t tick = 0;  // of the payload
    bool fresh = false;      // there is one
    std::vector<std::int16_t> samples;
    std::vector<std::uint8_t> payload;
  };
  Shared& find_or_add(const call::Format& format);
  void encode(Shared& shared, std::uint64_t tick);
  void drop_idle(std::uint64_t tick);

  std::shared_ptr<const Music> music_;
  std::vector<Shared> encoders_;
  std::uint64_t frame_tick_ = 0;
  std::vector<std::int16_t> frame_;
};

}  // namespace pbx::media
