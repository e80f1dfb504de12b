// media/engine_options.h — what the engine of one worker is told at its start, and what it counts.
//
// Plain values.

#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/time.h"
#include "media/latch.h"

namespace pbx::media {

constexpr std::chrono::milliseconds kTickInterval{
    20};  // of everything that is decoded or generated

struct EngineOptions {
  std::size_t sessions_max = 20'000;      // more: MediaFailed
  std::size_t pool_packets_max = 65'536;  // 128 MiB; more: packets are dropped and counted
  LatchMode latching = LatchMode::kOn;
  core::Duration rtcp_interval = std::chrono::seconds(5);  // 0: sends none
  core::Duration wall_offset{0};  // Unix time minus monotonic time, for NTP; 0: the worker reads it
  std::chrono::milliseconds jitter_delay_min{20};
  std::chrono::milliseconds jitter_delay_max{200};
  core::Duration rtp_timeout = std::chrono::seconds(60);       // 0: never
  core::Duration rtp_timeout_hold = std::chrono::minutes(30);  // when nothing may come; 0: never
  bool rtcp_is_life = true;    // RTCP defers the timeout as RTP does
  bool comfort_noise = false;  // send CN in pauses of what we encode
  // Of SSRCs, first sequence numbers and report times; 0: the worker draws one.
  std::uint64_t seed = 0;
};

// Why a packet that arrived went nowhere.
enum class Drop : std::uint8_t {
  kMalformed,    // not RTP or RTCP of version 2
  kSource,       // from an address that is not believed
  kPayloadType,  // not one we offered
  kSrtp,         // failed authentication or a replay; plain where SRTP was agreed
  kDirection,    // the leg is held or has no one who hears it
  kDuplicate,
  kStray,  // far out of sequence
  kPool,   // no buffer left
};
constexpr std::size_t kDrops = 8;
[[nodiscard]] std::string_view text(Drop drop);

struct EngineCounters {                           // since the start
  std::uint64_t packets_in = 0, packets_out = 0;  // RTP and RTCP
  std::uint64_t bytes_in = 0, bytes_out = 0;      // of UDP payload
  std::uint64_t relayed = 0;                      // packets that left by the relay path
  std::uint64_t ticks = 0;                        // frames sent by the tick path
  std::uint64_t send_refused = 0;                 // no address yet, or SRTP refused
  std::array<std::uint64_t, kDrops> dropped{};
  std::uint64_t sessions_opened = 0, sessions_failed = 0;

  void drop(Drop why) { ++dropped[static_cast<std::size_t>(why)]; }
};

}  // namespace pbx::media
