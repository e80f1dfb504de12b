// media/tick_receiver.h — the hearing half of the tick path: packets of one leg become one frame of
// samples every 20 ms.
//
// Pure.  Owner: the engine.  It exists only while somebody needs the leg's samples.  A decoder is
// made when the leg first uses its codec, never per packet.
//
// Units: samples are signed 16 bit, mono.

#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/base/time.h"
#include "core/call/media_command.h"
#include "media/codec.h"
#include "media/comfort_noise.h"
#include "media/engine_options.h"
#include "media/jitter_buffer.h"
#include "media/packet_pool.h"

namespace pbx::media {

// 20 ms of sound.
struct AudioFrame {
  std::span<const std::int16_t> samples;  // lives until the owner makes the next frame
  std::uint32_t sample_hz = 8000;
  bool silent = true;  // nothing is said: all samples are zero
};
[[nodiscard]] constexpr std::size_t frame_samples(std::uint32_t sample_hz) {
  return sample_hz / 50;
}

class TickReceiver {
 public:
  // `wanted_hz`: the rate the listener would like; frames have it if the codec can.
  TickReceiver(const call::MediaParams& params, const EngineOptions& options,
               std::uint32_t wanted_hz);

  // Does it still fit what the leg may send and the listener wants?
  [[nodiscard]] bool fits(const call::MediaParams& params, std::uint32_t wanted_hz) const;

  // REQUIRES: packet.parse() succeeded.
  void put(core::Instant now, const call::Format& format, RtpPacket packet);
  void pass_over(std::uint16_t sequence) { jitter_.pass_over(sequence); }
  // The frame due at `now`; call every 20 ms.
  [[nodiscard]] AudioFrame take(core::Instant now);

  [[nodiscard]] const JitterStats& stats() const { return jitter_.stats(); }

 private:
  static constexpr std::size_t kStockMax = kFrameSamplesMax * 2;

  void refill(core::Instant now, std::size_t wanted);
  void play(const RtpPacket& packet);
  void begin_noise(std::span<const std::uint8_t> description);
  void conceal();
  void shrink(core::Instant now);
  void start_codec(std::size_t index);
  [[nodiscard]] int format_of(std::uint8_t payload_type) const;
  std::span<std::int16_t> room() { return std::span(stock_).subspan(stock_size_); }

  std::vector<call::Format> formats_;
  std::uint32_t wanted_hz_;
  JitterBuffer jitter_;
  std::vector<std::unique_ptr<Decoder>> decoders_;  // by format; null until it is used
  Decoder* decoder_ = nullptr;                      // of the format heard last
  std::uint32_t clock_hz_;                          // of that format
  std::uint32_t sample_hz_ = 8000;
  std::vector<std::int16_t> stock_;  // decoded, not taken yet
  std::size_t stock_size_ = 0;
  std::size_t frame_length_ = 0;  // samples of the last packet
  std::vector<std::int16_t> taken_;
  std::optional<NoiseGenerator> noise_;  // while the source describes its silence
};

}  // namespace pbx::media
