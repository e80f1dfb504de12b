// media/inband_dtmf.h — finds digits that arrive as tones in the audio; spandsp's detector.
//
// Owner: the media worker of the leg.  Making one allocates, using it does not.  Costs a Goertzel
// filter bank over every sample, so it runs only on legs that can send digits in no other way.
//
// What counts as a digit is ITU-T Q.24: a frequency pair at -36 dBm0 or louder, twist up to
// kTwistDb, at least about 40 ms long.  Blocks are 12.75 ms, which is the resolution of durations.

#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "media/dtmf.h"

namespace pbx::media {

class InbandDtmfDetector {
 public:
  static constexpr int kTwistDb = 8;          // rows louder than columns
  static constexpr int kReverseTwistDb = 4;   // columns louder than rows
  static constexpr int kThresholdDbm0 = -36;  // of each frequency

  // 8000, or a multiple of it that is thinned out here.
  explicit InbandDtmfDetector(std::uint32_t sample_hz = 8000);
  InbandDtmfDetector(InbandDtmfDetector&&) noexcept;
  InbandDtmfDetector& operator=(InbandDtmfDetector&&) noexcept;
  ~InbandDtmfDetector();

  // The digits that ended within `samples`.  Frames of up to 120 ms: more than kMax digits cannot
  // end in them.
  [[nodiscard]] Digits feed(std::span<const std::int16_t> samples);
  // A tone is being heard that is, or may become, a digit: it can be kept from the other side.
  [[nodiscard]] bool is_hearing() const;

 private:
  struct State;
  std::unique_ptr<State> state_;  // does not move: the library holds its address
};

}  // namespace pbx::media
