// Runs of telephone events: every press is reported at most once and the receiver comes to rest.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "media/dtmf.h"

// The input is a run of 12 octets: flags, milliseconds, timestamp (2), up to two events (8).
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pbx;
  media::DtmfReceiver receiver(8000);
  core::Instant now{std::chrono::seconds(1)};
  std::size_t packets = 0, digits = 0;
  for (std::span<const std::uint8_t> rest(data, size); rest.size() >= 4;) {
    now += std::chrono::milliseconds(rest[1]);
    const media::RtpHeader header{.marker = (rest[0] & 1) != 0,
                                  .timestamp = static_cast<std::uint32_t>(rest[2] << 8 | rest[3]) *
                                               ((rest[0] & 2) ? 65536u : 1u),
                                  .ssrc = static_cast<std::uint32_t>(rest[0] >> 6)};
    const std::size_t bytes = std::min<std::size_t>(rest.size() - 4, (rest[0] & 4) ? 8 : 4);
    for (const media::Digit& digit : receiver.on_packet(header, rest.subspan(4, bytes), now)) {
      ++digits;
      if (!media::event_of(digit.digit) || digit.duration.count() < 0) std::abort();
    }
    ++packets;
    rest = rest.subspan(4 + bytes);
    if (receiver.on_time(now)) ++digits;
  }
  const auto deadline = receiver.next_deadline();
  if (deadline.has_value() != receiver.is_pressed()) std::abort();
  if (deadline && !receiver.on_time(*deadline)) std::abort();
  if (receiver.is_pressed() || digits > packets * media::DtmfReceiver::kEventsPerPacketMax + 1)
    std::abort();
  return 0;
}
