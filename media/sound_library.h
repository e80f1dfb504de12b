// media/sound_library.h — what legs can be played: tones, music, spoken digits, files.
//
// Thread shell: make() may read a file.  Owner: one media worker.  Clips and music are immutable
// and shared.
//
// A clip that was read stays in memory, at most kClipsMax of them; the files of the prompt
// directory are <prompts>/<language>/<name>.wav, the name being the digit, "star", "pound" or
// "plus".  A digit without a file is played as its two DTMF frequencies.

#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/call/media_command.h"
#include "media/music.h"
#include "media/playback.h"

namespace pbx::media {

struct SoundOptions {
  std::filesystem::path music;    // WAV; empty: composed
  std::filesystem::path prompts;  // empty: none
};

class SoundLibrary {
 public:
  static constexpr std::size_t kClipsMax = 256;
  static constexpr std::size_t kFileBytesMax = 64 * 1024 * 1024;  // longer files are refused
  static constexpr std::uint32_t kMusicHz = 8000;
  static constexpr std::uint32_t kClipHz = 16000;  // files of other rates are resampled once

  explicit SoundLibrary(const SoundOptions& options);

  // Errors: kNotFound, kCorrupt (not a WAV file that can be played), kLimitReached.
  [[nodiscard]] core::Result<std::unique_ptr<Playback>> make(const call::PlaySource& source,
                                                             bool loop);
  // Never null and never empty.
  [[nodiscard]] std::shared_ptr<const Music> music() const { return music_; }

 private:
  core::Result<std::shared_ptr<const Clip>> clip(const std::filesystem::path& file);
  [[nodiscard]] std::unique_ptr<Playback> digits(const call::PlayDigits& source, bool loop);

  SoundOptions options_;
  std::shared_ptr<const Music> music_;
  std::map<std::string, std::shared_ptr<const Clip>> clips_;
};

}  // namespace pbx::media
