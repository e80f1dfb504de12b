// server/media_side.h — the media workers and the recording thread of the daemon.
//
// Made and stopped by the main thread; post() may be called by any thread.

#pragma once

#include <memory>
#include <vector>

#include "core/base/metrics.h"
#include "core/config/config.h"
#include "media/recording_thread.h"
#include "media/worker.h"

namespace pbx::server {

class MediaSide {
 public:
  // Starts the threads.  `sink` is called on all of them.
  MediaSide(const config::Config& config, unsigned processors, core::MetricsRegistry& metrics,
            const media::EventSink& sink);
  ~MediaSide();

  // False: no such worker, or it takes no new session now.
  bool post(core::WorkerId worker, call::MediaCommand&& command);
  // After a reload.
  void apply(const config::Config& config);
  void stop();

  [[nodiscard]] std::uint16_t size() const { return static_cast<std::uint16_t>(workers_.size()); }

 private:
  std::unique_ptr<media::RecordingThread> recording_;    // outlives the workers, which feed it
  std::vector<std::unique_ptr<media::Worker>> workers_;  // index: WorkerId - 1
};

}  // namespace pbx::server
