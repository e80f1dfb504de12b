#include "media/wav_file.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "core/base/assert.h"
#include "media/g711.h"

namespace pbx::media {
namespace {

using Bytes = std::span<const std::uint8_t>;
using core::ErrorCode;
using core::fail;

constexpr std::uint16_t kExtensible = 0xfffe;  // the real tag begins its GUID
constexpr std::size_t kChunkHeaderBytes = 8;

std::uint16_t little16(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] | bytes[at + 1] << 8);
}
std::uint32_t little32(Bytes bytes, std::size_t at) {
  return little16(bytes, at) | static_cast<std::uint32_t>(little16(bytes, at + 2)) << 16;
}
bool is_named(Bytes chunk, std::string_view name) {
  return std::equal(name.begin(), name.end(), chunk.begin(),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

core::Result<WavFormat> read_format(Bytes chunk) {
  if (chunk.size() < 16) return fail(ErrorCode::kCorrupt, "fmt chunk too short");
  std::uint16_t tag = little16(chunk, 0);
  if (tag == kExtensible && chunk.size() >= 26) tag = little16(chunk, 24);
  const WavFormat format{.encoding = static_cast<WavEncoding>(tag),
                         .channels = little16(chunk, 2),
                         .sample_hz = little32(chunk, 4)};
  const std::uint16_t bits = little16(chunk, 14);
  const bool is_law = tag == 6 || tag == 7;
  if (!(tag == 1 && bits == 16) && !(is_law && bits == 8))
    return fail(ErrorCode::kInvalidArgument,
                "only 16-bit PCM, A-law and mu-law are read; this is format " +
                    std::to_string(tag) + " with " + std::to_string(bits) + " bits");
  if (format.channels < 1 || format.channels > 2)
    return fail(ErrorCode::kInvalidArgument,
                "one or two channels, not " + std::to_string(format.channels));
  if (format.sample_hz < 8000 || format.sample_hz > 48000)
    return fail(ErrorCode::kInvalidArgument,
                "8000 to 48000 Hz, not " + std::to_string(format.sample_hz));
  return format;
}

std::int16_t sample_at(Bytes data, WavEncoding encoding, std::size_t index) {
  switch (encoding) {
    case WavEncoding::kAlaw:
      return kAlawToLinear[data[index]];
    case WavEncoding::kUlaw:
      return kUlawToLinear[data[index]];
    case WavEncoding::kPcm16:
      break;
  }
  return static_cast<std::int16_t>(little16(data, index * 2));
}

}  // namespace

core::Result<WavInfo> parse_wav(Bytes file) {
  if (file.size() < 12 || !is_named(file, "RIFF") || !is_named(file.subspan(8), "WAVE"))
    return fail(ErrorCode::kCorrupt, "not a WAV file");
  WavInfo info;
  bool has_format = false;
  std::size_t at = 12;
  for (std::size_t i = 0; i < kWavChunksMax && file.size() - at >= kChunkHeaderBytes; ++i) {
    const Bytes head = file.subspan(at, kChunkHeaderBytes);
    const std::size_t claimed = little32(head, 4);
    at += kChunkHeaderBytes;
    const std::size_t bytes = std::min(claimed, file.size() - at);
    if (is_named(head, "fmt ")) {
      const auto format = read_format(file.subspan(at, bytes));
      if (!format) return tl::unexpected(format.error());
      info.format = *format;
      has_format = true;
    } else if (is_named(head, "data")) {
      if (!has_format) return fail(ErrorCode::kCorrupt, "data before fmt");
      info.data_offset = at;
      info.data_bytes = bytes - bytes % info.format.frame_bytes();
      return info;
    }
    at = std::min(at + bytes + bytes % 2, file.size());
  }
  return fail(ErrorCode::kCorrupt, has_format ? "no data chunk" : "no fmt chunk");
}

core::Result<WavAudio> decode_wav(Bytes file) {
  const auto info = parse_wav(file);
  if (!info) return tl::unexpected(info.error());
  const Bytes data = file.subspan(info->data_offset, info->data_bytes);
  WavAudio audio{.format = info->format, .samples = {}};
  audio.samples.resize(data.size() / info->format.sample_bytes());
  for (std::size_t i = 0; i < audio.samples.size(); ++i)
    audio.samples[i] = sample_at(data, info->format.encoding, i);
  return audio;
}

std::vector<std::int16_t> channel_of(const WavAudio& audio, std::size_t channel) {
  PBX_ASSERT(channel < audio.format.channels);
  std::vector<std::int16_t> out(audio.frames());
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = audio.samples[i * audio.format.channels + channel];
  return out;
}

std::vector<std::int16_t> mono_of(const WavAudio& audio) {
  if (audio.format.channels == 1) return audio.samples;
  std::vector<std::int16_t> out(audio.frames());
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<std::int16_t>((audio.samples[i * 2] + audio.samples[i * 2 + 1]) / 2);
  return out;
}

}  // namespace pbx::media
