#include "media/recording_recovery.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "core/base/fd.h"
#include "media/recording_store.h"
#include "media/wav_file.h"
#include "media/wav_writer.h"

namespace pbx::media {
namespace {

enum class Outcome : std::uint8_t { kWhole, kMended, kFailed };

Outcome mend(const std::filesystem::path& file, std::uintmax_t size) {
  const core::UniqueFd fd(::open(file.c_str(), O_RDWR | O_CLOEXEC));
  std::array<std::uint8_t, WavWriter::kHeaderBytesMax> head;
  if (!fd || ::pread(fd.get(), head.data(), head.size(), 0) != static_cast<ssize_t>(head.size()))
    return Outcome::kFailed;
  const auto about = parse_wav(head);
  if (!about) return Outcome::kFailed;
  const WavWriter::Header right = WavWriter::repaired_header(about->format, size);
  if (right.size != about->data_offset) return Outcome::kFailed;  // not of our layout
  if (std::equal(right.bytes().begin(), right.bytes().end(), head.begin())) return Outcome::kWhole;
  if (::pwrite(fd.get(), right.array.data(), right.size, 0) != static_cast<ssize_t>(right.size))
    return Outcome::kFailed;
  return ::fsync(fd.get()) == 0 ? Outcome::kMended : Outcome::kFailed;
}

}  // namespace

RecoveryResult recover_recordings(const std::filesystem::path& directory) {
  namespace fs = std::filesystem;
  RecoveryResult result;
  std::error_code error;
  for (auto at = fs::recursive_directory_iterator(directory, error);
       !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    std::error_code about;
    if (!at->is_regular_file(about) || at->path().extension() != ".wav") continue;
    ++result.files;
    const std::uintmax_t size = at->file_size(about);
    const Outcome outcome =
        about || size < WavWriter::kHeaderBytesMax ? Outcome::kFailed : mend(at->path(), size);
    if (outcome == Outcome::kMended) ++result.mended;
    if (outcome == Outcome::kFailed) ++result.failed;
  }
  return result;
}

std::optional<RecordingRemains> examine_recording(const std::filesystem::path& file) {
  const core::UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<std::uint8_t, WavWriter::kHeaderBytesMax> head;
  if (!fd || ::pread(fd.get(), head.data(), head.size(), 0) != static_cast<ssize_t>(head.size()))
    return std::nullopt;
  const auto about = parse_wav(head);
  auto sha256 = sha256_of(fd.get());
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  if (!about || !sha256 || error || size < about->data_offset) return std::nullopt;
  const WavFormat& format = about->format;
  const std::uint64_t sample_bytes = format.encoding == WavEncoding::kPcm16 ? 2 : 1;
  const std::uint64_t frames = (size - about->data_offset) / (sample_bytes * format.channels);
  return RecordingRemains{std::chrono::milliseconds(frames * 1000 / format.sample_hz), size,
                          std::move(*sha256)};
}

}  // namespace pbx::media
