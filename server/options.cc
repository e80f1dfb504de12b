#include "server/options.h"

#include <algorithm>

namespace pbx::server {
namespace {

constexpr std::uint8_t kSipOrigin = 16;  // of leg ids; control has 1 (core/call/switchboard.cc)

storage::Sync sync_of(config::SyncPolicy policy) {
  switch (policy) {
    case config::SyncPolicy::kFull:
      return storage::Sync::kFull;
    case config::SyncPolicy::kMeta:
      return storage::Sync::kMeta;
    case config::SyncPolicy::kOff:
      break;
  }
  return storage::Sync::kOff;
}

media::LatchMode latch_of(config::Latching latching) {
  switch (latching) {
    case config::Latching::kOff:
      return media::LatchMode::kOff;
    case config::Latching::kOn:
      return media::LatchMode::kOn;
    case config::Latching::kStrict:
      break;
  }
  return media::LatchMode::kStrict;
}

}  // namespace

core::LogLevel log_level(config::LogLevel level) {
  constexpr std::array<core::LogLevel, 5> kLevels{core::LogLevel::kError, core::LogLevel::kWarn,
                                                  core::LogLevel::kInfo, core::LogLevel::kDebug,
                                                  core::LogLevel::kTrace};
  return kLevels[static_cast<std::size_t>(level)];
}

core::LogOptions log_options(const config::Config& config) {
  core::LogOptions options;
  options.level = log_level(config.server.log.level);
  options.to_stderr = config.server.log.file.empty();
  options.file = config.server.log.file;
  options.mask_numbers = config.server.mask_numbers;
  return options;
}

storage::StoreOptions store_options(const config::Config& config) {
  storage::StoreOptions options;
  options.directory = config.server.data_dir / "db";
  options.map_size = config.storage.map_size;
  options.sync = sync_of(config.storage.sync);
  options.commit_interval = config.storage.commit_interval;
  options.retention = retention_times(config);
  return options;
}

storage::RetentionTimes retention_times(const config::Config& config) {
  using std::chrono::ceil;
  using std::chrono::hours;
  return {ceil<hours>(config.storage.cdr_retention), ceil<hours>(config.recording.retention)};
}

api::ServerOptions api_options(const config::Config& config) {
  return {config.api.socket, config.api.socket_mode, config.api.listen};
}

std::uint16_t worker_count(const config::Config& config, unsigned processors) {
  const unsigned wanted = config.media.workers != 0 ? config.media.workers : processors;
  return static_cast<std::uint16_t>(std::max(1u, wanted));
}

media::EngineOptions engine_options(const config::Config& config) {
  const config::Media& media = config.media;
  media::EngineOptions options;
  options.latching = latch_of(media.latching);
  options.rtcp_interval = media.rtcp_interval;
  options.jitter_delay_min = media.jitter_buffer.min;
  options.jitter_delay_max = media.jitter_buffer.max;
  options.rtp_timeout = media.rtp_timeout;
  options.rtp_timeout_hold = media.rtp_timeout_hold;
  options.comfort_noise = media.comfort_noise;
  return options;
}

media::WorkerOptions worker_options(const config::Config& config, unsigned index,
                                    unsigned processors) {
  const config::Media& media = config.media;
  media::WorkerOptions options;
  options.id = {static_cast<std::uint16_t>(index + 1)};
  options.engine = engine_options(config);
  options.sounds.music = media.music_on_hold;
  options.sounds.prompts = config.server.data_dir / "prompts";
  options.realtime = media.realtime;
  if (media.pin_workers) options.pin_to_cpu = static_cast<int>(index % processors);
  return options;
}

media::RecorderOptions recorder_options(const config::Config& config) {
  media::RecorderOptions options;
  options.encoding = config.recording.format == config::RecordingFormat::kAlaw
                         ? media::WavEncoding::kAlaw
                         : media::WavEncoding::kPcm16;
  options.disk_free_min = config.recording.disk_free_min;
  return options;
}

media::RecordingThreadOptions recording_options(const config::Config& config,
                                                std::uint16_t workers) {
  media::RecordingThreadOptions options;
  options.recorder = recorder_options(config);
  options.directory = config.recording.directory;
  options.workers = workers;
  options.ring_bytes = config.recording.buffer_max;
  return options;
}

std::vector<sip::StackOptions> stack_options(const std::shared_ptr<const config::Config>& config,
                                             std::uint64_t first_id) {
  std::vector<sip::StackOptions> all;
  for (const auto& [name, profile] : config->profiles) {
    sip::StackOptions options;
    options.id = {static_cast<std::uint16_t>(all.size() + 1)};
    options.profile = name;
    options.config = config;
    options.id_origin = static_cast<std::uint8_t>(kSipOrigin + all.size());
    options.first_id = first_id;
    all.push_back(std::move(options));
  }
  return all;
}

}  // namespace pbx::server
