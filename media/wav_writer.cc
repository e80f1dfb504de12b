#include "media/wav_writer.h"

#include <algorithm>
#include <string_view>

#include "core/base/assert.h"

namespace pbx::media {
namespace {

constexpr std::uint32_t kRiffSizeAt = 4;

bool has_fact(const WavFormat& format) { return format.encoding != WavEncoding::kPcm16; }
std::uint32_t header_bytes(const WavFormat& format) { return has_fact(format) ? 58 : 44; }
std::uint32_t fact_at(const WavFormat& format) { return header_bytes(format) - 12; }
std::uint32_t data_size_at(const WavFormat& format) { return header_bytes(format) - 4; }

std::uint32_t padded(std::uint64_t bytes) { return static_cast<std::uint32_t>(bytes + bytes % 2); }

std::array<std::uint8_t, 4> little32(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8),
          static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 24)};
}

class Builder {
 public:
  explicit Builder(WavWriter::Header& header) : header_(header) {}
  void name(std::string_view four) {
    for (const char c : four) header_.array[header_.size++] = static_cast<std::uint8_t>(c);
  }
  void put32(std::uint32_t value) {
    for (const std::uint8_t octet : little32(value)) header_.array[header_.size++] = octet;
  }
  void put16(std::uint32_t value) {
    header_.array[header_.size++] = static_cast<std::uint8_t>(value);
    header_.array[header_.size++] = static_cast<std::uint8_t>(value >> 8);
  }

 private:
  WavWriter::Header& header_;
};

}  // namespace

WavWriter::Header WavWriter::header_for(const WavFormat& format, std::uint64_t data_bytes) {
  Header header;
  Builder build(header);
  build.name("RIFF");
  build.put32(header_bytes(format) - 8 + padded(data_bytes));
  build.name("WAVE");
  build.name("fmt ");
  build.put32(has_fact(format) ? 18 : 16);
  build.put16(static_cast<std::uint32_t>(format.encoding));
  build.put16(format.channels);
  build.put32(format.sample_hz);
  build.put32(format.sample_hz * format.frame_bytes());
  build.put16(format.frame_bytes());
  build.put16(format.sample_bytes() * 8);
  if (has_fact(format)) {
    build.put16(0);  // cbSize
    build.name("fact");
    build.put32(4);
    build.put32(static_cast<std::uint32_t>(data_bytes / format.frame_bytes()));
  }
  build.name("data");
  build.put32(static_cast<std::uint32_t>(data_bytes));
  return header;
}

void WavWriter::appended(std::uint64_t bytes) {
  PBX_ASSERT(bytes <= room());
  data_bytes_ += bytes;
}

bool WavWriter::is_patch_due() const {
  const std::uint64_t interval = static_cast<std::uint64_t>(kPatchInterval.count()) *
                                 format_.sample_hz * format_.frame_bytes();
  return data_bytes_ - patched_bytes_ >= interval;
}

WavWriter::Patches WavWriter::patches() {
  patched_bytes_ = data_bytes_;
  Patches out;
  // A reader that trusts the outer size sees the inner one grow within it, never beyond.
  out.add({kRiffSizeAt, little32(header_bytes(format_) - 8 + padded(data_bytes_))});
  if (has_fact(format_))
    out.add({fact_at(format_),
             little32(static_cast<std::uint32_t>(data_bytes_ / format_.frame_bytes()))});
  out.add({data_size_at(format_), little32(static_cast<std::uint32_t>(data_bytes_))});
  return out;
}

std::span<const std::uint8_t> WavWriter::padding() const {
  static constexpr std::array<std::uint8_t, 1> kZero{};
  return std::span(kZero).first(data_bytes_ % 2);
}

std::chrono::milliseconds WavWriter::duration() const {
  return std::chrono::milliseconds(data_bytes_ / format_.frame_bytes() * 1000 / format_.sample_hz);
}

WavWriter::Header WavWriter::repaired_header(const WavFormat& format, std::uint64_t file_bytes) {
  const std::uint64_t header = header_bytes(format);
  const std::uint64_t data = file_bytes > header ? file_bytes - header : 0;
  const std::uint64_t whole_frames = data / format.frame_bytes() * format.frame_bytes();
  return header_for(format, std::min(whole_frames, kDataBytesMax));
}

}  // namespace pbx::media
