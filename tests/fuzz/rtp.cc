// Any octets as an RTP packet: what is accepted lies within them, survives being rewritten, and
// goes through a jitter buffer.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "media/jitter_buffer.h"
#include "media/rtp_packet.h"

namespace {

using namespace pbx;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_view(std::span<const std::uint8_t> bytes) {
  const auto view = media::parse_rtp(bytes);
  if (!view) return;
  require(media::kRtpHeaderBytes + view->csrcs.size() + view->extension.size() +
              view->payload.size() + view->padding_bytes <=
          bytes.size());
  std::vector<std::uint8_t> copy(bytes.begin(), bytes.end());
  media::RtpHeader header = view->header;
  header.sequence ^= 0x5555;
  media::rewrite_rtp_header(header, copy);
  const auto again = media::parse_rtp(copy);
  require(again && again->header == header && again->payload.size() == view->payload.size());
}

}  // namespace

// The input is a run of packets, each after one octet of length and one of milliseconds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::span<const std::uint8_t> rest(data, size);
  check_view(rest);
  media::PacketPool pool(128);
  pool.reserve(128);
  media::JitterBuffer jitter(media::JitterOptions{});
  core::Instant now{std::chrono::seconds(1)};
  while (rest.size() >= 2) {
    const std::size_t bytes = std::min<std::size_t>(rest[0], rest.size() - 2);
    now += std::chrono::milliseconds(rest[1]);
    media::RtpPacket packet = pool.copy(rest.subspan(2, bytes));
    rest = rest.subspan(2 + bytes);
    require(static_cast<bool>(packet));  // the buffer holds no more than its slots
    if (packet.parse()) jitter.put(now, std::move(packet));
    media::RtpPacket taken;
    (void)jitter.take(now, taken);
    if (jitter.has_surplus()) (void)jitter.take_surplus(now, taken);
    (void)jitter.following();
    require(jitter.stored() <= media::JitterBuffer::kSlots);
  }
  return 0;
}
