// media/rtcp.h — reads and writes RTCP compound packets (RFC 3550 6).
//
// Pure.  Reading is bounded by the size of the datagram and by the constants below; what exceeds
// them is skipped, never refused, so that a talkative peer is still understood.  Text views point
// into the caller's bytes.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <tl/expected.hpp>

#include "core/base/time.h"

namespace pbx::media {

// An NTP timestamp: seconds since 1900 in the upper 32 bits, fractions below (RFC 3550 4).
struct NtpTime {
  std::uint64_t value = 0;
  // The 32 bits that LSR and DLSR count in: 1/65536 s.
  [[nodiscard]] constexpr std::uint32_t middle() const {
    return static_cast<std::uint32_t>(value >> 16);
  }
  friend bool operator==(NtpTime, NtpTime) = default;
};
// `wall_offset` is what to add to the monotonic clock to get Unix time.  It is fixed when the
// server starts: a step of the wall clock must not look like a change of round trip.
[[nodiscard]] NtpTime ntp_time(core::Instant now, core::Duration wall_offset);

struct SenderInfo {  // RFC 3550 6.4.1
  NtpTime ntp;
  std::uint32_t rtp_timestamp = 0;
  std::uint32_t packets = 0;
  std::uint32_t octets = 0;  // of payload
  friend bool operator==(const SenderInfo&, const SenderInfo&) = default;
};

struct ReportBlock {
  std::uint32_t ssrc = 0;                 // whose packets are reported
  std::uint8_t fraction_lost = 0;         // of the last interval, in 1/256
  std::int32_t cumulative_lost = 0;       // 24 bits on the wire; negative with duplicates
  std::uint32_t highest_sequence = 0;     // extended by the number of cycles
  std::uint32_t jitter = 0;               // in RTP ticks
  std::uint32_t last_sr = 0;              // middle of the NTP time of the last SR; 0: none seen
  std::uint32_t delay_since_last_sr = 0;  // in 1/65536 s
  friend bool operator==(const ReportBlock&, const ReportBlock&) = default;
};

constexpr std::size_t kReportBlocksMax = 31;  // kept of one compound; also what one SR can hold
constexpr std::size_t kByeSourcesMax = 8;
constexpr std::size_t kCnameBytesMax = 255;

// What one compound said.
struct RtcpCompound {
  std::uint32_t ssrc = 0;  // of the first SR or RR; 0 if there was none
  std::optional<SenderInfo> sender;
  std::string_view cname;  // of the first source that has one
  bool bye = false;
  std::uint16_t packets = 0;  // in the compound, understood or not
  std::uint8_t block_count = 0;
  std::uint8_t bye_count = 0;
  std::array<ReportBlock, kReportBlocksMax> block_array;  // the first block_count are set
  std::array<std::uint32_t, kByeSourcesMax> bye_array;

  [[nodiscard]] std::span<const ReportBlock> blocks() const {
    return std::span(block_array).first(block_count);
  }
  [[nodiscard]] std::span<const std::uint32_t> bye_sources() const {
    return std::span(bye_array).first(bye_count);
  }
  [[nodiscard]] const ReportBlock* block_about(std::uint32_t source) const;  // null if none
};

enum class RtcpFault : std::uint8_t { kTooShort, kVersion, kType, kLength, kPadding };
constexpr std::size_t kRtcpFaults = 5;
[[nodiscard]] std::string_view text(RtcpFault fault);

// Is this datagram RTCP, where RTP shares the port (RFC 5761 4)?
[[nodiscard]] bool is_rtcp(std::span<const std::uint8_t> datagram);

// Errors: kTooShort below one header, kVersion if it is not 2, kType if a packet type is not one
// of RTCP (192 to 223), kLength if a packet or its items exceed the datagram, kPadding if anything
// but the last packet is padded or the count is wrong (RFC 3550 A.2).  A compound that does not
// begin with SR or RR is accepted: RFC 5506 allows it and some phones do so unasked.
[[nodiscard]] tl::expected<RtcpCompound, RtcpFault> parse_rtcp(
    std::span<const std::uint8_t> datagram);

struct RtcpReport {
  std::uint32_t ssrc = 0;
  std::optional<SenderInfo> sender;     // present: an SR, else an RR
  std::span<const ReportBlock> blocks;  // at most kReportBlocksMax
  std::string_view cname;               // at most kCnameBytesMax
  bool bye = false;
};
// SR or RR, then SDES with the CNAME, then BYE if asked for.  Returns the size, or 0 if `report`
// exceeds a bound or `out`.
[[nodiscard]] std::size_t write_rtcp(const RtcpReport& report, std::span<std::uint8_t> out);

}  // namespace pbx::media
