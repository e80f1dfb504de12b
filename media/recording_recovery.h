// media/recording_recovery.h — makes files playable that a crash left behind.
//
// Thread shell; called once at the start, before anything is recorded.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace pbx::media {

struct RecoveryResult {
  std::size_t files = 0;   // recordings seen
  std::size_t mended = 0;  // headers made to agree with the size of their file
  std::size_t failed = 0;  // not readable, not writable, or not a recording of ours
};

// Looks at every *.wav below `directory`; one that is missing has no recordings.  A file shorter
// than a header is left alone.
RecoveryResult recover_recordings(const std::filesystem::path& directory);

// What a recording holds that nobody finished.  nullopt: no such file, or no recording.
struct RecordingRemains {
  std::chrono::milliseconds duration{0};
  std::uint64_t size_bytes = 0;
  std::string sha256;  // hex
};
[[nodiscard]] std::optional<RecordingRemains> examine_recording(const std::filesystem::path& file);

}  // namespace pbx::media
