// tools/call_load/rtp_packet.h — RTP packets that say where they come from and when they left.
//
// Pure.  RFC 3550 5.1 header without CSRCs; the payload begins with a mark of kMarkSize octets, all
// numbers in network order: "STRW", sender's leg, call serial, sequence from 0, send time (ns of
// the wall clock; both ends are in this process).  A relay passes it unchanged, a transcoder
// destroys it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace pbx::call_load {

struct RtpHeader {
  std::uint8_t payload_type = 0;
  bool is_marked = false;  // the M bit: first packet after silence
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  friend bool operator==(const RtpHeader&, const RtpHeader&) = default;
};

struct PacketMark {
  std::uint32_t leg = 0;     // of the sender
  std::uint32_t serial = 0;  // of the call
  std::uint32_t sequence = 0;
  std::int64_t sent_ns = 0;
  friend bool operator==(const PacketMark&, const PacketMark&) = default;
};

inline constexpr std::size_t kRtpHeaderSize = 12;
inline constexpr std::size_t kMarkSize = 24;

// REQUIRES: out holds kRtpHeaderSize / kMarkSize octets.
void write_header(std::span<std::uint8_t> out, const RtpHeader& header);
void write_mark(std::span<std::uint8_t> out, const PacketMark& mark);

struct RtpView {
  RtpHeader header;
  std::span<const std::uint8_t> payload;
};
// nullopt if it is not RTP version 2, or shorter than its header, CSRCs, extension or padding say.
[[nodiscard]] std::optional<RtpView> parse_rtp(std::span<const std::uint8_t> packet);
[[nodiscard]] std::optional<PacketMark> parse_mark(std::span<const std::uint8_t> payload);

}  // namespace pbx::call_load
