// media/tick_sender.h — the speaking half of the tick path: a frame of samples every 20 ms becomes
// packets in the codec and packet time of one leg.
//
// Pure.  Owner: the engine.  Timestamps advance with every tick, whether something is sent or not.

#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/base/time.h"
#include "media/codec.h"
#include "media/comfort_noise.h"
#include "media/resampler.h"
#include "media/session.h"
#include "media/tick_receiver.h"
#include "media/vad.h"

namespace pbx::media {

class TickSender {
 public:
  static constexpr std::size_t kPayloadBytesMax = 1500;

  // Begins where the stream of `session` is.  `source_hz`: the rate of the frames, as far as known.
  // `comfort_noise`: where the leg agreed on it, pauses are described instead of sent (RFC 3389).
  TickSender(core::Instant now, const Session& session, std::uint32_t source_hz,
             bool comfort_noise);

  // Does it still fit what the leg is to be sent?
  [[nodiscard]] bool fits(const call::MediaParams& params) const;

  // 20 ms of sound.
  void send(core::Instant due, Session& session, const AudioFrame& frame);
  // 20 ms that others have encoded, in the format and packet time of this leg (20 ms).
  void send_encoded(core::Instant due, Session& session, std::span<const std::uint8_t> payload);
  // 20 ms in which nothing is said: digits are being sent, or the leg is held.
  void skip();

  [[nodiscard]] std::uint32_t timestamp() const { return timestamp_; }  // of the next packet
  [[nodiscard]] bool takes_encoded() const { return ptime_ms_ == kTickInterval.count(); }
  [[nodiscard]] const call::Format& format() const { return format_; }
  // What the other side loses, by its reports.
  void set_expected_loss(double ratio) {
    if (encoder_) encoder_->set_expected_loss(ratio);
  }

 private:
  [[nodiscard]] std::span<const std::int16_t> at_codec_rate(const AudioFrame& frame);
  bool send_pause(core::Instant due, Session& session, std::span<const std::int16_t> samples);
  void send_packet(core::Instant due, Session& session, std::span<const std::int16_t> samples);
  void send_payload(core::Instant due, Session& session, std::size_t payload_bytes,
                    std::uint32_t ticks);

  call::Format format_;
  std::uint32_t ptime_ms_;
  std::optional<call::Format> noise_format_;  // nullopt: pauses are sent as they are
  std::optional<Vad> vad_;
  std::optional<NoiseEncoder> noise_;
  bool in_pause_ = false;
  std::unique_ptr<Encoder> encoder_;  // null if the codec cannot be made: nothing is sent
  std::optional<Resampler> resampler_;
  std::uint32_t resampler_from_hz_ = 0;
  std::uint32_t timestamp_;  // of the next packet
  bool marker_ = true;
  std::vector<std::int16_t> stock_;  // samples that do not fill a packet yet
  std::vector<std::int16_t> resampled_;
  std::array<std::uint8_t, kRtpHeaderBytes + kPayloadBytesMax + SrtpContext::kTrailerBytesMax>
      buffer_;
};

}  // namespace pbx::media
