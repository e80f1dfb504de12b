// server/options.h — from the configuration to what each part of the daemon is started with.
//
// Pure, but for the processors it is told of.

#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "api/server.h"
#include "core/base/log.h"
#include "core/config/config.h"
#include "media/recording_thread.h"
#include "media/worker.h"
#include "sip/stack.h"
#include "storage/store.h"

namespace pbx::server {

[[nodiscard]] core::LogLevel log_level(config::LogLevel level);
[[nodiscard]] core::LogOptions log_options(const config::Config& config);
[[nodiscard]] storage::StoreOptions store_options(const config::Config& config);
[[nodiscard]] storage::RetentionTimes retention_times(const config::Config& config);
[[nodiscard]] api::ServerOptions api_options(const config::Config& config);

// How many media workers run on `processors` cores.
[[nodiscard]] std::uint16_t worker_count(const config::Config& config, unsigned processors);
// `index` counts from 0.
[[nodiscard]] media::WorkerOptions worker_options(const config::Config& config, unsigned index,
                                                  unsigned processors);

// What a reload changes.
[[nodiscard]] media::EngineOptions engine_options(const config::Config& config);
[[nodiscard]] media::RecorderOptions recorder_options(const config::Config& config);

[[nodiscard]] media::RecordingThreadOptions recording_options(const config::Config& config,
                                                              std::uint16_t workers);

// One for each profile, in the order of their names; ProfileId counts from 1 in that order.
// `first_id` is above every id of earlier runs, so that legs of old records are never mixed up.
[[nodiscard]] std::vector<sip::StackOptions> stack_options(
    const std::shared_ptr<const config::Config>& config, std::uint64_t first_id);

}  // namespace pbx::server
