#include "server/media_side.h"

#include "server/options.h"

namespace pbx::server {

MediaSide::MediaSide(const config::Config& config, unsigned processors,
                     core::MetricsRegistry& metrics, const media::EventSink& sink) {
  const std::uint16_t count = worker_count(config, processors);
  media::RecordingThreadOptions recording = recording_options(config, count);
  recording.metrics = &metrics;
  recording_ = std::make_unique<media::RecordingThread>(recording, sink);
  for (unsigned index = 0; index < count; ++index) {
    media::WorkerOptions options = worker_options(config, index, processors);
    options.metrics = &metrics;
    options.recording = &recording_->ring(index);
    workers_.push_back(std::make_unique<media::Worker>(options, sink));
  }
}

MediaSide::~MediaSide() { stop(); }

bool MediaSide::post(core::WorkerId worker, call::MediaCommand&& command) {
  if (worker.value == 0 || worker.value > workers_.size()) return false;
  return workers_[worker.value - 1u]->post(std::move(command));
}

void MediaSide::apply(const config::Config& config) {
  recording_->apply(recorder_options(config));
  for (auto& worker : workers_) worker->apply(engine_options(config));
}

void MediaSide::stop() {
  for (auto& worker : workers_) worker->stop();
  recording_->stop();
}

}  // namespace pbx::server
