// media/sequence_history.h — tells duplicates and reordered packets among the last 64.
//
// Pure.  What ReceiveStatistics cannot know from counts alone (RFC 3550 A.3 counts a duplicate as
// a negative loss); 16 octets a stream.

#pragma once

#include <cstdint>

#include "media/sequence.h"

namespace pbx::media {

class SequenceHistory {
 public:
  enum class Place : std::uint8_t { kNext, kReordered, kDuplicate, kFarAway };

  Place on_packet(std::uint16_t sequence) {
    const int ahead = begun_ ? distance(newest_, sequence) : 1;
    if (!begun_ || ahead >= kSpan || ahead <= -kSpan) {
      begun_ = true;
      newest_ = sequence;
      seen_ = 1;
      return ahead <= -kSpan ? Place::kFarAway : Place::kNext;
    }
    if (ahead > 0) {
      seen_ = seen_ << ahead | 1;
      newest_ = sequence;
      return Place::kNext;
    }
    const std::uint64_t bit = std::uint64_t{1} << -ahead;
    if ((seen_ & bit) != 0) return Place::kDuplicate;
    seen_ |= bit;
    return Place::kReordered;
  }

 private:
  static constexpr int kSpan = 64;
  std::uint64_t seen_ = 0;  // bit n: the packet n before the newest has come
  std::uint16_t newest_ = 0;
  bool begun_ = false;
};

}  // namespace pbx::media
