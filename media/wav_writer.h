// media/wav_writer.h — the header of a WAV file that grows, valid at any moment.
//
// Sans-I/O: says what to write where; the recording thread owns the file.  Audio is appended first
// and the header's sizes are patched after it (every kPatchInterval of audio and at the end), so a
// file cut off by a crash is still a correct WAV file: it plays up to the last patch, and
// repaired_header() reclaims the rest from the file's length.
//
// Size limit: RIFF counts in 32 bits.  A file takes at most kDataBytesMax of audio: 37 hours of
// 8000 Hz stereo PCM16, 74 of A-law.  RF64 is not written; room() tells when to begin a new file.

#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "media/wav_format.h"

namespace pbx::media {

class WavWriter {
 public:
  static constexpr std::chrono::seconds kPatchInterval{5};  // of audio: what a crash can hide
  static constexpr std::size_t kHeaderBytesMax = 58;
  static constexpr std::uint64_t kDataBytesMax = 0xffff'ffff - 4096;

  struct Header {
    std::array<std::uint8_t, kHeaderBytesMax> array{};
    std::size_t size = 0;
    [[nodiscard]] std::span<const std::uint8_t> bytes() const {
      return std::span(array).first(size);
    }
  };
  // Four octets to be written at `offset`.
  struct Patch {
    std::uint32_t offset = 0;
    std::array<std::uint8_t, 4> bytes{};
  };
  class Patches {
   public:
    [[nodiscard]] const Patch* begin() const { return array_.data(); }
    [[nodiscard]] const Patch* end() const { return array_.data() + size_; }
    void add(const Patch& patch) { array_[size_++] = patch; }

   private:
    std::array<Patch, 3> array_;
    std::size_t size_ = 0;
  };

  explicit WavWriter(const WavFormat& format) : format_(format) {}

  // What the file begins with.
  [[nodiscard]] Header header() const { return header_for(format_, 0); }
  [[nodiscard]] static Header header_for(const WavFormat& format, std::uint64_t data_bytes);

  // `bytes` of audio were appended.  REQUIRES: bytes <= room().
  void appended(std::uint64_t bytes);
  [[nodiscard]] std::uint64_t room() const { return kDataBytesMax - data_bytes_; }

  [[nodiscard]] bool is_patch_due() const;
  // Makes the header cover all that was appended.  Write these in order.
  [[nodiscard]] Patches patches();

  // The end of the file: a zero octet if the audio is of odd length.
  [[nodiscard]] std::span<const std::uint8_t> padding() const;

  [[nodiscard]] std::uint64_t data_bytes() const { return data_bytes_; }
  [[nodiscard]] std::chrono::milliseconds duration() const;

  // The header that a file of this length should have, whatever its header says now.
  [[nodiscard]] static Header repaired_header(const WavFormat& format, std::uint64_t file_bytes);

 private:
  WavFormat format_;
  std::uint64_t data_bytes_ = 0;
  std::uint64_t patched_bytes_ = 0;
};

}  // namespace pbx::media
