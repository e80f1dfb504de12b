// media/recorder_tap.h — where a media worker hands packets over to be recorded.
//
// Pure but for the ring's atomics; owner: the engine of one worker.  A tap copies the encoded
// packet and goes on: recording never takes a call off the relay path, and a ring that is full
// costs the recording a gap, never the call.
//
// Invariant: the recording thread sees start, then packets, then exactly one stop of each
// recording.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "media/packet_pool.h"
#include "media/record_ring.h"

namespace pbx::media {

class RecorderTap {
 public:
  // `ring` outlives the tap.
  explicit RecorderTap(RecordRing& ring) : ring_(ring) {}

  struct Start {
    core::RecordingId recording;
    core::CallId call;
    core::WallTime started{};
    bool wideband = false;
  };
  void start(core::Instant now, const Start& start);
  void stop(core::Instant now, core::RecordingId recording);  // nothing happens if it is unknown
  void packet(core::RecordingId recording, RecordSide side, const call::Format& format,
              const RtpHeader& header, core::Instant arrival,
              std::span<const std::uint8_t> payload);

  // Messages that found the ring full even of its kept part go out here.
  void flush();

  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  [[nodiscard]] std::size_t active() const { return active_.size(); }

 private:
  struct Active {
    core::RecordingId recording;
    core::CallId call;
    std::uint32_t lost = 0;
  };
  void write_control(const RecordEntry& entry);

  RecordRing& ring_;
  std::vector<Active> active_;
  std::vector<RecordEntry> waiting_;  // in order; while not empty, packets are dropped
  std::uint64_t dropped_ = 0;
};

}  // namespace pbx::media
