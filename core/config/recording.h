// core/config/recording.h — section `recording`: which calls are recorded, how, and where.
//
// Pure values.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

namespace pbx::config {

enum class RecordingRule : std::uint8_t {
  kAll,           // every call but those of an extension that says `never`
  kNone,          // no call, whatever extensions say
  kPerExtension,  // calls of extensions that say `always`; `never` on either side wins
};
enum class RecordingFormat : std::uint8_t { kPcm16, kAlaw };

struct Recording {
  RecordingRule rule = RecordingRule::kNone;
  RecordingFormat format = RecordingFormat::kPcm16;
  std::filesystem::path directory;              // never empty; default: data_dir/recordings
  std::uint64_t disk_free_min = 1'000'000'000;  // below it nothing is recorded
  std::uint64_t buffer_max = 16'000'000;        // audio that waits for the disk
  std::chrono::milliseconds retention{0};       // since a recording began; 0: for ever

  friend bool operator==(const Recording&, const Recording&) = default;
};

}  // namespace pbx::config
