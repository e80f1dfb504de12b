// media/codec.h — samples from payloads and payloads from samples.
//
// Owner: the media worker of the leg.  Making a codec allocates; using it never does.  A decoder
// also conceals what was lost, each codec in the best way it has.
//
// Units: samples are 16-bit mono at sample_hz(), which is not always the RTP clock: G.722 says 8000
// and samples at 16000 (RFC 3551 4.5.2), Opus says 48000 whatever it runs at (RFC 7587 4.1).

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "core/base/result.h"
#include "core/call/media_description.h"

namespace pbx::media {

constexpr std::size_t kFrameMsMax = 120;  // of audio in one packet; more is refused
constexpr std::uint32_t kSampleHzMax = 48000;
constexpr std::size_t kFrameSamplesMax = kSampleHzMax / 1000 * kFrameMsMax;

class Decoder {
 public:
  virtual ~Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  [[nodiscard]] virtual std::uint32_t sample_hz() const = 0;

  // How many samples `payload` holds, without decoding; 0 if it is not a payload of this codec or
  // exceeds kFrameMsMax.
  [[nodiscard]] virtual std::size_t samples_in(std::span<const std::uint8_t> payload) const = 0;

  // Returns how many samples were written to `out`; 0 if `payload` is corrupt or `out` too short.
  [[nodiscard]] virtual std::size_t decode(std::span<const std::uint8_t> payload,
                                           std::span<std::int16_t> out) = 0;

  // Fills `out` in place of a lost frame.  `next` is the payload that follows the gap, if it is
  // here already (Opus may repair the frame from it), else empty.
  virtual void conceal(std::span<const std::uint8_t> next, std::span<std::int16_t> out) = 0;

 protected:
  Decoder() = default;
};

class Encoder {
 public:
  virtual ~Encoder() = default;
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  [[nodiscard]] virtual std::uint32_t sample_hz() const = 0;

  // Encodes one packet's worth of samples.  Returns the size of the payload; 0 if nothing is to be
  // sent now (Opus in silence), if `out` is too short, or if the codec has no frames of this
  // length (see is_frame_length).
  [[nodiscard]] virtual std::size_t encode(std::span<const std::int16_t> frame,
                                           std::span<std::uint8_t> out) = 0;

  // What the other side loses, by its reports: Opus spends bits on redundancy accordingly.
  virtual void set_expected_loss(double /*ratio*/) {}

 protected:
  Encoder() = default;
};

struct CodecOptions {
  std::uint32_t sample_hz = 0;    // at which the caller wants samples; 0: default_sample_hz()
  std::uint32_t bitrate = 24000;  // bits/s, Opus only; the other side's fmtp may lower it
  int complexity = 5;             // 0 to 10, Opus only: CPU against quality
};

// The rate at which a codec runs unless told otherwise: its own, for Opus 16000.
[[nodiscard]] std::uint32_t default_sample_hz(const call::Format& format);
// G.722 runs at 16000 and, at half the cost, at 8000; Opus at 8000, 12000, 16000, 24000 and 48000;
// the others at one rate.
[[nodiscard]] bool runs_at(const call::Format& format, std::uint32_t sample_hz);
// The rate at which `a` and `b` meet without a resampler: the lower of their defaults, if both run
// at it, else 0.
[[nodiscard]] std::uint32_t common_sample_hz(const call::Format& a, const call::Format& b);
// Whether a packet may hold `ms` of this codec.
[[nodiscard]] bool is_frame_length(const call::Format& format, std::uint32_t ms);

// Errors: kInvalidArgument if `format` carries no voice or does not run at the rate asked for;
// kUnavailable if the library refuses.  An encoder obeys the fmtp of `format`, so give it what the
// other side said.
[[nodiscard]] core::Result<std::unique_ptr<Decoder>> make_decoder(const call::Format& format,
                                                                  const CodecOptions& options = {});
[[nodiscard]] core::Result<std::unique_ptr<Encoder>> make_encoder(const call::Format& format,
                                                                  const CodecOptions& options = {});

}  // namespace pbx::media
