// media/wav_file.h — reads WAV files: announcements, music on hold, and recordings in tests.
//
// Pure: works on the bytes of the file, which somebody else has read.  Chunks may come in any order
// and unknown ones are passed over; a data chunk that claims more than the file holds (a recording
// cut off by a crash) is read as far as it goes.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/result.h"
#include "media/wav_format.h"

namespace pbx::media {

constexpr std::size_t kWavChunksMax = 64;  // looked through for fmt and data

struct WavInfo {
  WavFormat format;
  std::size_t data_offset = 0;
  std::size_t data_bytes = 0;  // whole frames that are really there
};

// Accepts PCM of 16 bits, A-law and mu-law, 1 or 2 channels, 8000 to 48000 Hz.
// Errors: kCorrupt if it is no WAV file, kInvalidArgument with the reason if it is of another kind.
[[nodiscard]] core::Result<WavInfo> parse_wav(std::span<const std::uint8_t> file);

struct WavAudio {
  WavFormat format;
  std::vector<std::int16_t> samples;  // interleaved as in the file

  [[nodiscard]] std::size_t frames() const { return samples.size() / format.channels; }
};
// Errors: as parse_wav.
[[nodiscard]] core::Result<WavAudio> decode_wav(std::span<const std::uint8_t> file);

// One channel of the audio, or all of them averaged.  REQUIRES: channel < audio.format.channels.
[[nodiscard]] std::vector<std::int16_t> channel_of(const WavAudio& audio, std::size_t channel);
[[nodiscard]] std::vector<std::int16_t> mono_of(const WavAudio& audio);

}  // namespace pbx::media
