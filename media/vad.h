// media/vad.h — is somebody speaking in this frame?
//
// Pure; owner: the encoder side of a leg that agreed on comfort noise.  The level of each frame is
// compared with a noise floor that follows quiet frames at once and rises slowly, so that steady
// noise becomes the floor within seconds.  Errs on the side of speech.

#pragma once

#include <cstdint>
#include <span>

namespace pbx::media {

class Vad {
 public:
  static constexpr double kMarginDb = 6;         // above the floor it is speech
  static constexpr double kSilenceDbov = -60;    // below it nothing is
  static constexpr double kLoudDbov = -25;       // above it everything is: no floor climbs here
  static constexpr int kHangoverMs = 200;        // speech goes on so long after the last loud frame
  static constexpr double kRiseDbPerSecond = 3;  // of the floor

  explicit Vad(std::uint32_t sample_hz) : sample_hz_(sample_hz) {}

  bool is_speech(std::span<const std::int16_t> frame);
  [[nodiscard]] double floor_dbov() const { return floor_dbov_; }

 private:
  std::uint32_t sample_hz_;
  double floor_dbov_ = kSilenceDbov;
  double hangover_ms_ = 0;
};

}  // namespace pbx::media
