#include "media/vad.h"

#include <algorithm>

#include "media/samples.h"

namespace pbx::media {

bool Vad::is_speech(std::span<const std::int16_t> frame) {
  if (frame.empty()) return hangover_ms_ > 0;
  const double ms = static_cast<double>(frame.size()) * 1000 / sample_hz_;
  const double level = level_dbov(frame);
  const bool loud = level > kLoudDbov || (level > kSilenceDbov && level > floor_dbov_ + kMarginDb);
  const double rise = kRiseDbPerSecond * ms / 1000;
  floor_dbov_ =
      std::clamp(std::min(level, floor_dbov_ + rise), kSilenceDbov, kLoudDbov - kMarginDb);
  hangover_ms_ = loud ? kHangoverMs : std::max(0.0, hangover_ms_ - ms);
  return hangover_ms_ > 0;
}

}  // namespace pbx::media
