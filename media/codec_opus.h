// media/codec_opus.h — Opus voice, mono (RFC 6716, RFC 7587); the one file behind it sees libopus.
//
// A stereo payload is mixed down by the library.  Concealment and forward error correction are the
// codec's own.

#pragma once

#include <memory>
#include <string_view>

#include "media/codec.h"

namespace pbx::media {

// The parameters of a=fmtp that concern us (RFC 7587 6.1), as the receiver states them.
struct OpusParams {
  std::uint32_t playback_hz_max = 48000;  // maxplaybackrate
  std::uint32_t bitrate_max = 510'000;    // maxaveragebitrate
  bool fec = false;                       // useinbandfec
  bool dtx = false;                       // usedtx
  bool cbr = false;
  friend bool operator==(const OpusParams&, const OpusParams&) = default;
};
// Unknown parameters and values out of range are passed over: the default stands.
[[nodiscard]] OpusParams parse_opus_fmtp(std::string_view fmtp);

[[nodiscard]] bool is_opus_rate(std::uint32_t sample_hz);

struct OpusEncoderOptions {
  std::uint32_t sample_hz;
  std::uint32_t bitrate;
  int complexity;
};
// Null if the library refuses.  REQUIRES: is_opus_rate(sample_hz).
[[nodiscard]] std::unique_ptr<Decoder> make_opus_decoder(std::uint32_t sample_hz);
[[nodiscard]] std::unique_ptr<Encoder> make_opus_encoder(const call::Format& format,
                                                         const OpusEncoderOptions& options);

}  // namespace pbx::media
