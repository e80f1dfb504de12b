#include "media/rtp_packet.h"

#include <algorithm>

#include "core/base/assert.h"
#include "media/bytes.h"

namespace pbx::media {
namespace {

constexpr std::uint8_t kVersion2 = 0x80;
constexpr std::uint8_t kPaddingBit = 0x20;
constexpr std::uint8_t kExtensionBit = 0x10;

void store_variable_fields(const RtpHeader& header, std::uint8_t* to) {
  to[1] = static_cast<std::uint8_t>((header.marker ? 0x80 : 0) | (header.payload_type & 0x7f));
  store16(to + 2, header.sequence);
  store32(to + 4, header.timestamp);
  store32(to + 8, header.ssrc);
}

RtpHeader load_header(const std::uint8_t* from) {
  return {.payload_type = static_cast<std::uint8_t>(from[1] & 0x7f),
          .marker = (from[1] & 0x80) != 0,
          .sequence = load16(from + 2),
          .timestamp = load32(from + 4),
          .ssrc = load32(from + 8)};
}

}  // namespace

std::string_view text(RtpFault fault) {
  constexpr std::array<std::string_view, kRtpFaults> kTexts = {"too_short", "version", "csrcs",
                                                               "extension", "padding"};
  return kTexts[static_cast<std::size_t>(fault)];
}

tl::expected<RtpView, RtpFault> parse_rtp(std::span<const std::uint8_t> packet) {
  if (packet.size() < kRtpHeaderBytes) return tl::unexpected(RtpFault::kTooShort);
  if ((packet[0] & 0xc0) != kVersion2) return tl::unexpected(RtpFault::kVersion);
  RtpView view;
  view.header = load_header(packet.data());
  auto rest = packet.subspan(kRtpHeaderBytes);

  const std::size_t csrc_bytes = (packet[0] & 0x0fu) * 4u;
  if (rest.size() < csrc_bytes) return tl::unexpected(RtpFault::kCsrcs);
  view.csrcs = rest.first(csrc_bytes);
  rest = rest.subspan(csrc_bytes);

  if (packet[0] & kExtensionBit) {
    if (rest.size() < 4) return tl::unexpected(RtpFault::kExtension);
    const std::size_t bytes = load16(rest.data() + 2) * 4u;
    if (rest.size() - 4 < bytes) return tl::unexpected(RtpFault::kExtension);
    view.extension_profile = load16(rest.data());
    view.extension = rest.subspan(4, bytes);
    rest = rest.subspan(4 + bytes);
  }
  if (packet[0] & kPaddingBit) {
    if (rest.empty() || rest.back() == 0 || rest.back() > rest.size())
      return tl::unexpected(RtpFault::kPadding);
    view.padding_bytes = rest.back();
    rest = rest.first(rest.size() - view.padding_bytes);
  }
  view.payload = rest;
  return view;
}

std::size_t write_rtp_header(const RtpHeader& header, std::span<std::uint8_t> out) {
  if (out.size() < kRtpHeaderBytes) return 0;
  out[0] = kVersion2;
  store_variable_fields(header, out.data());
  return kRtpHeaderBytes;
}

std::size_t write_rtp(const RtpHeader& header, std::span<const std::uint8_t> payload,
                      std::span<std::uint8_t> out) {
  if (out.size() < kRtpHeaderBytes + payload.size()) return 0;
  write_rtp_header(header, out);
  std::copy(payload.begin(), payload.end(), out.begin() + kRtpHeaderBytes);
  return kRtpHeaderBytes + payload.size();
}

void rewrite_rtp_header(const RtpHeader& header, std::span<std::uint8_t> packet) {
  PBX_ASSERT(packet.size() >= kRtpHeaderBytes);
  store_variable_fields(header, packet.data());
}

}  // namespace pbx::media
