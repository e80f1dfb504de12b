// media/recording_store.h — where recordings are written: an interface, and the disk behind it.
//
// Owner: the recording thread.  Tests inject disks that are full or fail.

#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "core/base/fd.h"
#include "core/base/result.h"

namespace pbx::media {

// One open file.
class RecordingSink {
 public:
  struct Closed {
    std::uint64_t size_bytes = 0;
    std::string sha256;  // hex, of the whole file
  };
  virtual ~RecordingSink() = default;
  // Errors: kLimitReached when the disk is full, kUnavailable for anything else.  Nothing or a
  // part may then have been written.
  virtual core::Result<> write(std::uint64_t offset, std::span<const std::uint8_t> bytes) = 0;
  // Brings the file to the disk (fsync), hashes it and closes it.
  virtual core::Result<Closed> close() = 0;
};

class RecordingStore {
 public:
  virtual ~RecordingStore() = default;
  // Makes the file and the directories above it.  `path` is relative.
  // Errors: kAlreadyExists, kLimitReached, kUnavailable.
  virtual core::Result<std::unique_ptr<RecordingSink>> create(const std::string& path) = 0;
  // Octets left for recordings; the largest number if unknown.
  [[nodiscard]] virtual std::uint64_t free_bytes() const = 0;
};

// Hex, of the whole file.  Errors: kUnavailable, it cannot be read.
[[nodiscard]] core::Result<std::string> sha256_of(int fd);

// Deletes a recording, and the directories of its day, month and year if nothing else is in them.
// True if it is gone, also if there was none.  REQUIRES: nothing is made in the directory of its
// day any more.  Any thread.
[[nodiscard]] bool erase_recording(const std::filesystem::path& directory, const std::string& path);

class DiskStore final : public RecordingStore {
 public:
  explicit DiskStore(std::filesystem::path directory) : directory_(std::move(directory)) {}
  core::Result<std::unique_ptr<RecordingSink>> create(const std::string& path) override;
  [[nodiscard]] std::uint64_t free_bytes() const override;

 private:
  std::filesystem::path directory_;
};

}  // namespace pbx::media
