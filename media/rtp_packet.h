// media/rtp_packet.h — reads and writes the fixed part of an RTP packet (RFC 3550 5.1, 5.3.1).
//
// Pure.  A view points into the caller's bytes and lives as long as they do.  Nothing allocates,
// nothing throws: a refusal is a value, so that the caller counts it.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <tl/expected.hpp>

namespace pbx::media {

constexpr std::size_t kRtpHeaderBytes = 12;

struct RtpHeader {
  std::uint8_t payload_type = 0;  // 0 to 127
  bool marker = false;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;  // in ticks of the codec's RTP clock
  std::uint32_t ssrc = 0;
  friend bool operator==(const RtpHeader&, const RtpHeader&) = default;
};

struct RtpView {
  RtpHeader header;
  std::span<const std::uint8_t> csrcs;      // four octets each, at most 15 of them
  std::uint16_t extension_profile = 0;      // meaningful if `extension` is not empty
  std::span<const std::uint8_t> extension;  // without its four-octet head
  std::span<const std::uint8_t> payload;    // without padding; may be empty
  std::uint8_t padding_bytes = 0;
};

enum class RtpFault : std::uint8_t { kTooShort, kVersion, kCsrcs, kExtension, kPadding };
constexpr std::size_t kRtpFaults = 5;  // for an array of counters
[[nodiscard]] std::string_view text(RtpFault fault);

// Errors: kTooShort below 12 octets, kVersion if it is not 2; the others if the part of that name
// does not fit into `packet`.  A padding count of zero is refused too (RFC 3550 A.1).
[[nodiscard]] tl::expected<RtpView, RtpFault> parse_rtp(std::span<const std::uint8_t> packet);

// Writes a header without CSRC, extension or padding.  Returns kRtpHeaderBytes, or 0 if `out` is
// shorter.
std::size_t write_rtp_header(const RtpHeader& header, std::span<std::uint8_t> out);

// Header and payload.  Returns the size, or 0 if they do not fit.
std::size_t write_rtp(const RtpHeader& header, std::span<const std::uint8_t> payload,
                      std::span<std::uint8_t> out);

// Changes the header fields of a parsed packet in place; CSRCs, extension and padding stay.
// This is all that relaying a packet needs.  REQUIRES: parse_rtp accepted `packet`.
void rewrite_rtp_header(const RtpHeader& header, std::span<std::uint8_t> packet);

}  // namespace pbx::media
