#include "media/rtcp.h"

#include <algorithm>
#include <chrono>

#include "media/bytes.h"

namespace pbx::media {
namespace {

using Bytes = std::span<const std::uint8_t>;

enum PacketType : std::uint8_t { kSr = 200, kRr = 201, kSdes = 202, kBye = 203 };
constexpr std::uint8_t kTypeFirst = 192;  // RFC 5761 4
constexpr std::uint8_t kTypeLast = 223;
constexpr std::uint8_t kSdesCname = 1;
constexpr std::size_t kHeaderBytes = 4;
constexpr std::size_t kSenderInfoBytes = 20;
constexpr std::size_t kBlockBytes = 24;

std::int32_t sign_extend24(std::uint32_t value) {
  return static_cast<std::int32_t>(value << 8) >> 8;
}

SenderInfo load_sender(const std::uint8_t* from) {
  const std::uint64_t seconds = load32(from);
  return {.ntp = {seconds << 32 | load32(from + 4)},
          .rtp_timestamp = load32(from + 8),
          .packets = load32(from + 12),
          .octets = load32(from + 16)};
}

ReportBlock load_block(const std::uint8_t* from) {
  return {.ssrc = load32(from),
          .fraction_lost = from[4],
          .cumulative_lost = sign_extend24(load24(from + 5)),
          .highest_sequence = load32(from + 8),
          .jitter = load32(from + 12),
          .last_sr = load32(from + 16),
          .delay_since_last_sr = load32(from + 20)};
}

// `body` follows the common header; profile extensions after the blocks are skipped.
bool read_report(Bytes body, std::size_t count, bool with_sender, RtcpCompound& out) {
  const std::size_t sender_bytes = with_sender ? kSenderInfoBytes : 0;
  if (body.size() < 4 + sender_bytes + count * kBlockBytes) return false;
  if (out.ssrc == 0) out.ssrc = load32(body.data());
  if (with_sender && !out.sender) out.sender = load_sender(body.data() + 4);
  body = body.subspan(4 + sender_bytes);
  for (std::size_t i = 0; i < count && out.block_count < kReportBlocksMax; ++i)
    out.block_array[out.block_count++] = load_block(body.data() + i * kBlockBytes);
  return true;
}

// Reads the items of one chunk and returns what follows it; false if an item exceeds the packet.
bool read_sdes_chunk(Bytes& body, RtcpCompound& out) {
  if (body.size() < 4) return false;
  std::size_t at = 4;  // after the SSRC
  while (at < body.size() && body[at] != 0) {
    if (body.size() - at < 2 || body.size() - at - 2 < body[at + 1]) return false;
    const Bytes value = body.subspan(at + 2, body[at + 1]);
    if (body[at] == kSdesCname && out.cname.empty())
      out.cname = {reinterpret_cast<const char*>(value.data()), value.size()};
    at += 2 + value.size();
  }
  const std::size_t end = (at / 4 + 1) * 4;  // at least one zero octet, up to a word
  body = body.subspan(std::min(end, body.size()));
  return true;
}

bool read_sdes(Bytes body, std::size_t count, RtcpCompound& out) {
  for (std::size_t i = 0; i < count; ++i)
    if (!read_sdes_chunk(body, out)) return false;
  return true;
}

bool read_bye(Bytes body, std::size_t count, RtcpCompound& out) {
  if (body.size() < count * 4) return false;
  out.bye = true;
  for (std::size_t i = 0; i < count && out.bye_count < kByeSourcesMax; ++i)
    out.bye_array[out.bye_count++] = load32(body.data() + i * 4);
  return true;
}

bool read_packet(std::uint8_t type, std::size_t count, Bytes body, RtcpCompound& out) {
  switch (type) {
    case kSr:
      return read_report(body, count, true, out);
    case kRr:
      return read_report(body, count, false, out);
    case kSdes:
      return read_sdes(body, count, out);
    case kBye:
      return read_bye(body, count, out);
    default:
      return true;  // APP, feedback, XR: not for us
  }
}

// The first packet of `datagram` without its padding; what remains is left in `datagram`.
tl::expected<Bytes, RtcpFault> take_packet(Bytes& datagram) {
  if (datagram.size() < kHeaderBytes) return tl::unexpected(RtcpFault::kTooShort);
  if ((datagram[0] & 0xc0) != 0x80) return tl::unexpected(RtcpFault::kVersion);
  if (datagram[1] < kTypeFirst || datagram[1] > kTypeLast) return tl::unexpected(RtcpFault::kType);
  const std::size_t bytes = (load16(datagram.data() + 2) + 1u) * 4u;
  if (bytes > datagram.size()) return tl::unexpected(RtcpFault::kLength);
  Bytes packet = datagram.first(bytes);
  datagram = datagram.subspan(bytes);
  if (packet[0] & 0x20) {
    const std::size_t padding = packet.back();
    if (!datagram.empty() || padding == 0 || padding % 4 != 0 || padding > bytes - kHeaderBytes)
      return tl::unexpected(RtcpFault::kPadding);
    packet = packet.first(bytes - padding);
  }
  return packet;
}

// Appends to a buffer; after one write that does not fit, nothing more is written.
class Writer {
 public:
  explicit Writer(std::span<std::uint8_t> out) : out_(out) {}

  void begin_packet(std::size_t count, std::uint8_t type) {
    packet_at_ = at_;
    put8(static_cast<std::uint8_t>(0x80 | count));
    put8(type);
    put8(0);
    put8(0);
  }
  void end_packet() {
    while (!failed_ && at_ % 4 != 0) put8(0);
    if (!failed_)
      store16(out_.data() + packet_at_ + 2, static_cast<std::uint32_t>((at_ - packet_at_) / 4 - 1));
  }
  void put8(std::uint8_t value) {
    if (at_ == out_.size()) failed_ = true;
    if (!failed_) out_[at_++] = value;
  }
  void put24(std::uint32_t value) {
    put8(static_cast<std::uint8_t>(value >> 16));
    put8(static_cast<std::uint8_t>(value >> 8));
    put8(static_cast<std::uint8_t>(value));
  }
  void put32(std::uint32_t value) {
    put8(static_cast<std::uint8_t>(value >> 24));
    put24(value);
  }
  void put_text(std::string_view text) {
    for (const char c : text) put8(static_cast<std::uint8_t>(c));
  }
  [[nodiscard]] std::size_t size() const { return failed_ ? 0 : at_; }

 private:
  std::span<std::uint8_t> out_;
  std::size_t at_ = 0;
  std::size_t packet_at_ = 0;
  bool failed_ = false;
};

void put_sender(const SenderInfo& sender, Writer& writer) {
  writer.put32(static_cast<std::uint32_t>(sender.ntp.value >> 32));
  writer.put32(static_cast<std::uint32_t>(sender.ntp.value));
  writer.put32(sender.rtp_timestamp);
  writer.put32(sender.packets);
  writer.put32(sender.octets);
}

void put_block(const ReportBlock& block, Writer& writer) {
  writer.put32(block.ssrc);
  writer.put8(block.fraction_lost);
  // RFC 3550 A.3: clamped, not wrapped.
  writer.put24(static_cast<std::uint32_t>(std::clamp(block.cumulative_lost, -0x800000, 0x7fffff)));
  writer.put32(block.highest_sequence);
  writer.put32(block.jitter);
  writer.put32(block.last_sr);
  writer.put32(block.delay_since_last_sr);
}

void put_sdes(std::uint32_t ssrc, std::string_view cname, Writer& writer) {
  writer.begin_packet(1, kSdes);
  writer.put32(ssrc);
  writer.put8(kSdesCname);
  writer.put8(static_cast<std::uint8_t>(cname.size()));
  writer.put_text(cname);
  writer.put8(0);  // end of the chunk
  writer.end_packet();
}

}  // namespace

NtpTime ntp_time(core::Instant now, core::Duration wall_offset) {
  constexpr std::uint64_t kUnixEpoch = 2'208'988'800;  // 1970 in seconds since 1900
  constexpr std::uint64_t kNanoseconds = 1'000'000'000;
  const auto unix = static_cast<std::uint64_t>((now.time_since_epoch() + wall_offset).count());
  const std::uint64_t fraction = ((unix % kNanoseconds) << 32) / kNanoseconds;
  return {(unix / kNanoseconds + kUnixEpoch) << 32 | fraction};
}

const ReportBlock* RtcpCompound::block_about(std::uint32_t source) const {
  for (const ReportBlock& block : blocks())
    if (block.ssrc == source) return &block;
  return nullptr;
}

std::string_view text(RtcpFault fault) {
  constexpr std::array<std::string_view, kRtcpFaults> kTexts = {"too_short", "version", "type",
                                                                "length", "padding"};
  return kTexts[static_cast<std::size_t>(fault)];
}

bool is_rtcp(std::span<const std::uint8_t> datagram) {
  return datagram.size() >= 2 && (datagram[0] & 0xc0) == 0x80 && datagram[1] >= kTypeFirst &&
         datagram[1] <= kTypeLast;
}

tl::expected<RtcpCompound, RtcpFault> parse_rtcp(std::span<const std::uint8_t> datagram) {
  RtcpCompound compound;
  do {
    const auto packet = take_packet(datagram);
    if (!packet) return tl::unexpected(packet.error());
    const std::size_t count = (*packet)[0] & 0x1f;
    if (!read_packet((*packet)[1], count, packet->subspan(kHeaderBytes), compound))
      return tl::unexpected(RtcpFault::kLength);
    ++compound.packets;
  } while (!datagram.empty());
  return compound;
}

std::size_t write_rtcp(const RtcpReport& report, std::span<std::uint8_t> out) {
  if (report.blocks.size() > kReportBlocksMax || report.cname.size() > kCnameBytesMax) return 0;
  Writer writer(out);
  writer.begin_packet(report.blocks.size(), report.sender ? kSr : kRr);
  writer.put32(report.ssrc);
  if (report.sender) put_sender(*report.sender, writer);
  for (const ReportBlock& block : report.blocks) put_block(block, writer);
  writer.end_packet();
  put_sdes(report.ssrc, report.cname, writer);
  if (report.bye) {
    writer.begin_packet(1, kBye);
    writer.put32(report.ssrc);
    writer.end_packet();
  }
  return writer.size();
}

}  // namespace pbx::media
