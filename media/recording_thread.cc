#include "media/recording_thread.h"

#include <poll.h>

#include <algorithm>
#include <bit>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/thread_name.h"

namespace pbx::media {
namespace {

constexpr std::size_t kEntriesPerTurn = 65'536;  // of one ring, before the next has its turn

std::size_t ring_size(const RecordingThreadOptions& options) {
  const std::size_t share = options.ring_bytes / std::max<std::size_t>(options.workers, 1);
  return std::max(std::bit_floor(share), 2 * RecordRing::kControlBytes);
}

}  // namespace

struct RecordingThread::Metrics {
  explicit Metrics(core::MetricsRegistry* registry) {
    if (registry == nullptr) return;
    started = registry->counter("strowger_media_recordings_started_total", "Recordings begun.");
    finished = registry->counter("strowger_media_recordings_finished_total", "Recordings closed.");
    incomplete = registry->counter("strowger_media_recordings_incomplete_total",
                                   "Recordings closed with something missing.");
    errors = registry->counter("strowger_media_recording_write_errors_total",
                               "Writes of audio that failed.");
    bytes = registry->counter("strowger_media_recording_written_bytes_total",
                              "Bytes of audio written.");
    ring = registry->gauge("strowger_media_recording_ring_used_bytes",
                           "Packets that wait for the recording thread.");
  }
  void publish(const RecorderCounters& now, std::size_t ring_used) {
    started.add(now.started - told.started);
    finished.add(now.finished - told.finished);
    incomplete.add(now.incomplete - told.incomplete);
    errors.add(now.write_errors - told.write_errors);
    bytes.add(now.bytes_written - told.bytes_written);
    ring.set(static_cast<double>(ring_used));
    told = now;
  }
  core::Counter started, finished, incomplete, errors, bytes;
  core::Gauge ring;
  RecorderCounters told;
};

RecordingThread::RecordingThread(const RecordingThreadOptions& options, EventSink sink)
    : options_(options), sink_(std::move(sink)), store_(options.directory) {
  for (std::size_t i = 0; i < std::max<std::size_t>(options.workers, 1); ++i)
    rings_.push_back(std::make_unique<RecordRing>(ring_size(options)));
  thread_ = std::thread([this] { run(); });
}

RecordingThread::~RecordingThread() { stop(); }

void RecordingThread::stop() {
  if (!thread_.joinable()) return;
  stopping_.store(true, std::memory_order_release);
  stop_wake_.signal();
  thread_.join();
}

void RecordingThread::run() noexcept {
  core::name_this_thread("recording");
  Metrics metrics(options_.metrics);
  Recorder recorder(options_.recorder, store_, [this](call::RecordingDone done) {
    if (done.incomplete)
      core::log_warn("media", "call={} recording={} incomplete problem={}", done.call,
                     done.recording, core::quoted(done.problem));
    sink_(std::move(done));
  });
  bool stopping = false;
  while (!stopping) {
    pollfd wait{stop_wake_.fd(), POLLIN, 0};
    (void)::poll(&wait, 1, static_cast<int>(kPoll.count()));
    stopping = stopping_.load(std::memory_order_acquire);
    changed_.drain([&](RecorderOptions&& options) { recorder.set_options(options); });
    drain(recorder);
    std::size_t used = 0;
    for (const auto& ring : rings_) used += ring->used_bytes();
    metrics.publish(recorder.counters(), used);
  }
  recorder.finish_all(core::monotonic_now());
  metrics.publish(recorder.counters(), 0);
}

void RecordingThread::drain(Recorder& recorder) {
  // The clock is read first: what enters a ring after that is newer than `now`.
  const core::Instant now = core::monotonic_now();
  bool drained = true;
  for (const auto& ring : rings_) {
    const std::size_t got = ring->read(
        kEntriesPerTurn, [&](const RecordEntry& entry, std::span<const std::uint8_t> payload) {
          recorder.on_entry(entry, payload);
        });
    drained = drained && got < kEntriesPerTurn;
  }
  // With packets still waiting, `now` would be ahead of them.
  if (drained) recorder.on_time(now);
}

}  // namespace pbx::media
