// media/recording_thread.h — the thread that turns the workers' packets into audio files.
//
// Thread shell.  It looks into the rings of the workers every kPoll; nobody wakes it, so that
// recording costs a worker no system call.

#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <thread>
#include <vector>

#include "core/base/mailbox.h"
#include "core/base/metrics.h"
#include "core/base/wake_fd.h"
#include "media/record_ring.h"
#include "media/recorder.h"
#include "media/worker.h"

namespace pbx::media {

struct RecordingThreadOptions {
  RecorderOptions recorder;
  std::filesystem::path directory;
  std::size_t workers = 1;                    // one ring each
  std::size_t ring_bytes = 16 * 1024 * 1024;  // of all together; rounded down to powers of two
  core::MetricsRegistry* metrics = nullptr;   // outlives the thread; null: none
};

class RecordingThread {
 public:
  static constexpr std::chrono::milliseconds kPoll{50};

  // Starts the thread.  `sink` gets RecordingDone on it.
  RecordingThread(const RecordingThreadOptions& options, EventSink sink);
  ~RecordingThread();  // stop()
  RecordingThread(const RecordingThread&) = delete;
  RecordingThread& operator=(const RecordingThread&) = delete;

  // For WorkerOptions::recording of worker number `index`, counting from 0.
  [[nodiscard]] RecordRing& ring(std::size_t index) { return *rings_.at(index); }

  // Any thread: for recordings that begin from now on.
  void apply(const RecorderOptions& options) { changed_.post_always(RecorderOptions(options)); }

  // Ends all recordings and the thread.  Stop the workers first.
  void stop();

 private:
  struct Metrics;
  void run() noexcept;
  void drain(Recorder& recorder);

  RecordingThreadOptions options_;
  EventSink sink_;
  DiskStore store_;
  std::vector<std::unique_ptr<RecordRing>> rings_;
  core::Mailbox<RecorderOptions> changed_{core::MailboxOptions{16}};
  std::atomic<bool> stopping_ = false;
  core::WakeFd stop_wake_;
  std::thread thread_;
};

}  // namespace pbx::media
