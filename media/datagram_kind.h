// media/datagram_kind.h — what arrived on an RTP port, by its first octets (RFC 7983, RFC 5761 4).
//
// Pure.  A guess to choose the parser by; the parser still checks everything.

#pragma once

#include <cstdint>
#include <span>

#include "media/bytes.h"
#include "media/rtcp.h"
#include "media/rtp_packet.h"
#include "media/stun.h"

namespace pbx::media {

enum class DatagramKind : std::uint8_t { kOther, kRtp, kRtcp, kStun, kDtls };

[[nodiscard]] inline DatagramKind kind_of(std::span<const std::uint8_t> datagram) {
  if (datagram.size() < 4) return DatagramKind::kOther;
  const std::uint8_t first = datagram[0];
  if (first >= 128 && first <= 191) {
    if (is_rtcp(datagram)) return DatagramKind::kRtcp;
    return datagram.size() >= kRtpHeaderBytes ? DatagramKind::kRtp : DatagramKind::kOther;
  }
  if (first >= 20 && first <= 63) return DatagramKind::kDtls;
  if (first <= 3 && datagram.size() >= kStunHeaderBytes &&
      load32(datagram.data() + 4) == kStunCookie)
    return DatagramKind::kStun;
  return DatagramKind::kOther;
}

}  // namespace pbx::media
