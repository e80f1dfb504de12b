// tools/call_load/sdp.h — the little SDP a telephone of the generator speaks (RFC 4566, RFC 3264).
//
// Pure.  One audio stream, one codec of a static payload type (PCMU 0, PCMA 8, G.722 9) and
// telephone-event.  Bounds: kFormatsMax payload types of an offer are looked at.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/net.h"

namespace pbx::call_load {

enum class Codec : std::uint8_t { kPcmu = 0, kPcma = 8, kG722 = 9 };  // RFC 3551 payload types
[[nodiscard]] std::string_view to_text(Codec codec);                  // "PCMU"

enum class Direction : std::uint8_t { kSendRecv, kSendOnly, kRecvOnly, kInactive };
[[nodiscard]] Direction reversed(Direction direction);

struct LocalAudio {
  core::SocketAddress rtp;
  Codec codec = Codec::kPcmu;
  unsigned ptime_ms = 20;
  Direction direction = Direction::kSendRecv;
  std::uint8_t event_type = kEventType;  // payload type of telephone-event
  std::uint32_t session = 0, version = 0;

  static constexpr std::uint8_t kEventType = 101;
};
void append_sdp(std::string& out, const LocalAudio& audio);

struct RemoteAudio {
  core::SocketAddress rtp;
  std::uint64_t static_types = 0;  // bit n: payload type n was listed, n < 64
  std::uint8_t event_type = LocalAudio::kEventType;
  Direction direction = Direction::kSendRecv;

  static constexpr std::size_t kFormatsMax = 32;
  [[nodiscard]] bool has(Codec codec) const {
    return (static_types >> static_cast<unsigned>(codec) & 1) != 0;
  }
};
// nullopt if there is no usable audio stream: none, port 0, or an address that is no IP literal.
[[nodiscard]] std::optional<RemoteAudio> parse_sdp(std::string_view text);

}  // namespace pbx::call_load
