// media/wav_format.h — the layout of the WAV files that are written and read here.
//
// Pure.  Little-endian RIFF (Microsoft/IBM "Multimedia Programming Interface and Data
// Specifications 1.0", 1991; fact chunk and extended fmt from the 1994 update):
//
//   PCM16, 44 octets        A-law, 58 octets
//    0 "RIFF" size           0 "RIFF" size
//    8 "WAVE"                8 "WAVE"
//   12 "fmt " 16            12 "fmt " 18, with cbSize 0
//   36 "data" size          38 "fact" 4 frames
//                           50 "data" size

#pragma once

#include <cstdint>

namespace pbx::media {

enum class WavEncoding : std::uint16_t { kPcm16 = 1, kAlaw = 6, kUlaw = 7 };  // wFormatTag

struct WavFormat {
  WavEncoding encoding = WavEncoding::kPcm16;
  std::uint16_t channels = 2;
  std::uint32_t sample_hz = 8000;

  [[nodiscard]] constexpr std::uint32_t sample_bytes() const {
    return encoding == WavEncoding::kPcm16 ? 2 : 1;
  }
  [[nodiscard]] constexpr std::uint32_t frame_bytes() const { return sample_bytes() * channels; }
  friend constexpr bool operator==(const WavFormat&, const WavFormat&) = default;
};

}  // namespace pbx::media
