// media/early_packets.h — the last packets of a leg that nobody hears yet.
//
// Pure.  A telephone that answers speaks at once, while its 200 is still on the way through SIP
// and control: what it says in these milliseconds waits here for the bridge, so that a talk does
// not begin with "lo?".  Bounded by kPacketsMax and kAge: what waits longer was not meant for the
// one who comes then.

#pragma once

#include <array>
#include <chrono>
#include <cstddef>

#include "core/base/time.h"
#include "media/packet_pool.h"

namespace pbx::media {

class EarlyPackets {
 public:
  static constexpr std::size_t kPacketsMax = 8;
  static constexpr core::Duration kAge = std::chrono::milliseconds(200);

  // The oldest makes room.  False: there was one.
  bool put(RtpPacket packet) {
    const bool has_room = !packets_[next_];
    packets_[next_] = std::move(packet);
    next_ = (next_ + 1) % kPacketsMax;
    return has_room;
  }

  // Gives each packet that is not too old to `take`, the oldest first, and forgets all.
  template <typename Take>
  void drain(core::Instant now, const Take& take) {
    for (std::size_t i = 0; i < kPacketsMax; ++i) {
      RtpPacket packet = std::move(packets_[(next_ + i) % kPacketsMax]);
      if (packet && now - packet.arrival() <= kAge) take(std::move(packet));
    }
  }

 private:
  std::array<RtpPacket, kPacketsMax> packets_;
  std::size_t next_ = 0;
};

}  // namespace pbx::media
