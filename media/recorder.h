// media/recorder.h — all recordings in progress: from ring entries to stereo WAV files.
//
// Pure but for the store that is given; owner: the recording thread.
//
// File: YYYY/MM/DD/<call>-<recording>.wav (UTC, ids in hex), stereo, left = caller; see
// docs/recordings.md.  Samples and header are written together once a second, so that a crash
// leaves a file that plays up to its last second.
//
// Whatever goes wrong costs the recording, never the call: what cannot be written becomes silence,
// the recording goes on when the disk does, and RecordingDone says `incomplete` and why.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/base/wall_time.h"
#include "core/call/media_command.h"
#include "media/record_ring.h"
#include "media/recording_store.h"
#include "media/recording_timeline.h"
#include "media/wav_format.h"

namespace pbx::media {

struct RecorderOptions {
  WavEncoding encoding = WavEncoding::kPcm16;  // or kAlaw
  bool wideband = false;                       // 16 kHz when either side is; else always 8 kHz
  std::uint64_t disk_free_min = 0;             // below it nothing is written
};

struct RecorderCounters {  // since the start
  std::uint64_t started = 0, finished = 0, incomplete = 0;
  std::uint64_t write_errors = 0, strays = 0;  // strays: packets of no recording
  std::uint64_t bytes_written = 0;
};

class Recorder {
 public:
  static constexpr core::Duration kAdvance = std::chrono::milliseconds(100);
  static constexpr core::Duration kFlush = std::chrono::seconds(1);

  using Done = std::function<void(call::RecordingDone done)>;

  // `store` outlives it.
  Recorder(const RecorderOptions& options, RecordingStore& store, Done done);
  ~Recorder();

  void on_entry(const RecordEntry& entry, std::span<const std::uint8_t> payload);
  // `now` is behind all entries given so far.
  void on_time(core::Instant now);
  // For recordings that begin from now on; disk_free_min holds at once.
  void set_options(const RecorderOptions& options);
  // Ends all recordings: the exchange stops.
  void finish_all(core::Instant now);

  [[nodiscard]] std::size_t open() const { return open_.size(); }
  [[nodiscard]] const RecorderCounters& counters() const { return counters_; }

 private:
  struct Open;
  void start(const RecordEntry& entry);
  void stop(std::map<core::RecordingId, std::unique_ptr<Open>>::iterator at, core::Instant end,
            std::uint64_t lost);
  void flush(Open& open);
  void write(Open& open, std::span<const std::uint8_t> bytes);
  void write_header(Open& open);
  void mark(Open& open, const std::string& problem);
  void check_disk(core::Instant now);
  std::span<const std::uint8_t> encode(WavEncoding encoding, std::span<const std::int16_t> samples);

  RecorderOptions options_;
  RecordingStore& store_;
  Done done_;
  RecorderCounters counters_;
  std::map<core::RecordingId, std::unique_ptr<Open>> open_;
  std::vector<std::uint8_t> encoded_;
  core::Instant next_disk_check_{};
  bool disk_low_ = false;
};

}  // namespace pbx::media
