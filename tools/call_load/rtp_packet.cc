#include "tools/call_load/rtp_packet.h"

#include <concepts>

#include "core/base/assert.h"

namespace pbx::call_load {
namespace {

constexpr std::uint32_t kMagic = 0x53545257;  // "STRW"

template <std::unsigned_integral T>
void put(std::uint8_t* out, T value) {
  for (std::size_t i = sizeof(T); i-- > 0; value = static_cast<T>(value >> 8))
    out[i] = static_cast<std::uint8_t>(value);
}

template <std::unsigned_integral T>
T get(const std::uint8_t* in) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value = static_cast<T>(value << 8 | in[i]);
  return value;
}

}  // namespace

void write_header(std::span<std::uint8_t> out, const RtpHeader& header) {
  PBX_ASSERT(out.size() >= kRtpHeaderSize);
  out[0] = 0x80;
  out[1] = static_cast<std::uint8_t>(header.payload_type | (header.is_marked ? 0x80 : 0));
  put(&out[2], header.sequence);
  put(&out[4], header.timestamp);
  put(&out[8], header.ssrc);
}

void write_mark(std::span<std::uint8_t> out, const PacketMark& mark) {
  PBX_ASSERT(out.size() >= kMarkSize);
  put(&out[0], kMagic);
  put(&out[4], mark.leg);
  put(&out[8], mark.serial);
  put(&out[12], mark.sequence);
  put(&out[16], static_cast<std::uint64_t>(mark.sent_ns));
}

std::optional<RtpView> parse_rtp(std::span<const std::uint8_t> packet) {
  if (packet.size() < kRtpHeaderSize || packet[0] >> 6 != 2) return std::nullopt;
  RtpView view;
  view.header.payload_type = packet[1] & 0x7f;
  view.header.is_marked = (packet[1] & 0x80) != 0;
  view.header.sequence = get<std::uint16_t>(&packet[2]);
  view.header.timestamp = get<std::uint32_t>(&packet[4]);
  view.header.ssrc = get<std::uint32_t>(&packet[8]);
  std::size_t begin = kRtpHeaderSize + 4u * (packet[0] & 0x0fu);
  if ((packet[0] & 0x10) != 0) {  // header extension, RFC 3550 5.3.1
    if (packet.size() < begin + 4) return std::nullopt;
    begin += 4 + 4u * get<std::uint16_t>(&packet[begin + 2]);
  }
  const std::size_t padding = (packet[0] & 0x20) != 0 ? packet.back() : 0;
  if (packet.size() < begin + padding) return std::nullopt;
  view.payload = packet.subspan(begin, packet.size() - begin - padding);
  return view;
}

std::optional<PacketMark> parse_mark(std::span<const std::uint8_t> payload) {
  if (payload.size() < kMarkSize || get<std::uint32_t>(&payload[0]) != kMagic) return std::nullopt;
  PacketMark mark;
  mark.leg = get<std::uint32_t>(&payload[4]);
  mark.serial = get<std::uint32_t>(&payload[8]);
  mark.sequence = get<std::uint32_t>(&payload[12]);
  mark.sent_ns = static_cast<std::int64_t>(get<std::uint64_t>(&payload[16]));
  return mark;
}

}  // namespace pbx::call_load
