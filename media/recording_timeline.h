// media/recording_timeline.h — two legs on one line of time: left = caller, right = other side.
//
// Pure.  Owner: the recording thread.  Each side places its packets by itself (recording_side.h);
// both count positions from the same start, so that one can neither shift nor drift against the
// other.  Where a side says nothing there is silence.
//
// Time is that of the packets' arrival, not of their processing: a recording thread that falls
// behind changes nothing in the result.

#pragma once

#include <cstdint>
#include <vector>

#include "media/recording_side.h"

namespace pbx::media {

class RecordingTimeline {
 public:
  // Samples become final after this; more than RecordingSide::kWait and one packet.
  static constexpr core::Duration kHorizon = std::chrono::milliseconds(600);

  RecordingTimeline(std::uint32_t file_hz, core::Instant start);

  void put(const RecordEntry& entry, std::span<const std::uint8_t> payload);
  // Appends what is final at `now` to `out`: left and right sample in turn.
  void advance(core::Instant now, std::vector<std::int16_t>& out);
  // Appends the rest up to `end`.  Nothing may be put afterwards.
  void finish(core::Instant end, std::vector<std::int16_t>& out);

  [[nodiscard]] std::int64_t final_samples() const { return left_window_.begin(); }
  [[nodiscard]] std::uint32_t file_hz() const { return file_hz_; }

 private:
  void take_until(core::Instant until, std::vector<std::int16_t>& out);

  std::uint32_t file_hz_;
  core::Instant start_;
  RecordingSide left_, right_;
  SampleWindow left_window_, right_window_;
};

}  // namespace pbx::media
