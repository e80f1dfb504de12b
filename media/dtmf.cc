#include "media/dtmf.h"

#include <algorithm>
#include <string_view>

#include "media/bytes.h"
#include "media/sequence.h"

namespace pbx::media {
namespace {

constexpr std::string_view kDigits = "0123456789*#ABCD";  // index is the event, RFC 4733 3.2
constexpr std::uint16_t kSegmentMax = 0xffff;
constexpr std::chrono::milliseconds kPressMax = std::chrono::minutes(10);

}  // namespace

DtmfPayload load_dtmf(std::span<const std::uint8_t> bytes) {
  return {.event = bytes[0],
          .end = (bytes[1] & 0x80) != 0,
          .volume = static_cast<std::uint8_t>(bytes[1] & 0x3f),
          .duration = load16(bytes.data() + 2)};
}

std::array<std::uint8_t, kDtmfPayloadBytes> store_dtmf(const DtmfPayload& payload) {
  return {payload.event,
          static_cast<std::uint8_t>((payload.end ? 0x80 : 0) | (payload.volume & 0x3f)),
          static_cast<std::uint8_t>(payload.duration >> 8),
          static_cast<std::uint8_t>(payload.duration)};
}

std::optional<std::uint8_t> event_of(char digit) {
  if (digit >= 'a' && digit <= 'd') digit = static_cast<char>(digit - 'a' + 'A');
  const std::size_t at = kDigits.find(digit);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint8_t>(at);
}

std::optional<char> digit_of(std::uint8_t event) {
  if (event >= kDigits.size()) return std::nullopt;
  return kDigits[event];
}

// --- receiving ----------------------------------------------------------------------------------

Digits DtmfReceiver::on_packet(const RtpHeader& header, std::span<const std::uint8_t> payload,
                               core::Instant now) {
  Digits out;
  if (header.ssrc != ssrc_) {  // another source: its timestamps say nothing about the old ones
    if (pressed_) out.add(finish(true));
    ended_.reset();
    ssrc_ = header.ssrc;
  }
  if (payload.size() < kDtmfPayloadBytes) {
    ++refused_;
    return out;
  }
  // Several events in one packet follow on one another (RFC 4733 2.5.1.5).
  std::uint32_t timestamp = header.timestamp;
  bool marker = header.marker;
  for (std::size_t i = 0; i < kEventsPerPacketMax && payload.size() >= kDtmfPayloadBytes; ++i) {
    const DtmfPayload event = load_dtmf(payload);
    on_event(event, timestamp, marker, now, out);
    timestamp += event.duration;
    marker = false;
    payload = payload.subspan(kDtmfPayloadBytes);
  }
  return out;
}

void DtmfReceiver::on_event(const DtmfPayload& event, std::uint32_t timestamp, bool marker,
                            core::Instant now, Digits& out) {
  if (!digit_of(event.event)) {
    ++refused_;
    return;
  }
  if (ended_ && !is_newer(timestamp, *ended_)) return;
  const bool same = pressed_ && timestamp == pressed_->timestamp;
  if (pressed_ && !same && is_newer(pressed_->timestamp, timestamp)) return;
  if (same && event.event != pressed_->event) {
    ++refused_;
    return;
  }
  if (same) {
    pressed_->duration = std::max(pressed_->duration, event.duration);
  } else if (is_continuation(event, timestamp, marker)) {
    pressed_->earlier += timestamp - pressed_->timestamp;
    pressed_->timestamp = timestamp;
    pressed_->duration = event.duration;
  } else {
    if (pressed_) out.add(finish(true));
    pressed_ = Pressed{.event = event.event, .timestamp = timestamp, .duration = event.duration};
  }
  pressed_->last_packet = now;
  if (event.end) out.add(finish(false));
}

// A press over 0xffff ticks goes on in a new segment.  Some senders move the timestamp with every
// packet; a real second press begins after a pause, which is longer than the tolerance.
bool DtmfReceiver::is_continuation(const DtmfPayload& event, std::uint32_t timestamp,
                                   bool marker) const {
  if (!pressed_ || marker || event.event != pressed_->event) return false;
  const std::uint32_t ahead = timestamp - pressed_->timestamp;
  const std::uint32_t tolerance = clock_hz_ / 50;  // 20 ms
  return ahead == kSegmentMax || ahead <= pressed_->duration + tolerance;
}

Digit DtmfReceiver::finish(bool end_lost) {
  const std::uint64_t ticks = pressed_->earlier + pressed_->duration;
  const Digit digit{.digit = *digit_of(pressed_->event),
                    .duration = std::chrono::milliseconds(ticks * 1000 / clock_hz_),
                    .end_lost = end_lost};
  ended_ = pressed_->timestamp;
  pressed_.reset();
  return digit;
}

std::optional<core::Instant> DtmfReceiver::next_deadline() const {
  if (!pressed_) return std::nullopt;
  return pressed_->last_packet + kEndTimeout;
}

std::optional<Digit> DtmfReceiver::on_time(core::Instant now) {
  if (!pressed_ || now < pressed_->last_packet + kEndTimeout) return std::nullopt;
  return finish(true);
}

// --- sending ------------------------------------------------------------------------------------

bool DtmfSender::press(char digit, std::chrono::milliseconds duration) {
  const auto event = event_of(digit);
  if (!event || count_ == kQueueMax) return false;
  queue_[(first_ + count_++) % kQueueMax] = {
      .event = *event, .ticks = ticks(std::clamp(duration, kDurationMin, kPressMax))};
  return true;
}

DtmfPacket DtmfSender::packet(bool marker, bool end, std::uint32_t duration) const {
  return {.marker = marker,
          .timestamp = current_->segment,
          .payload = store_dtmf({.event = current_->event,
                                 .end = end,
                                 .duration = static_cast<std::uint16_t>(duration)})};
}

std::optional<DtmfPacket> DtmfSender::next(std::uint32_t timestamp, std::uint32_t interval) {
  if (!current_) {
    if (count_ == 0) return std::nullopt;
    if (free_from_ && is_newer(*free_from_, timestamp)) return std::nullopt;
    const Queued& queued = queue_[first_];
    current_ = Current{.event = queued.event, .ticks_left = queued.ticks, .segment = timestamp};
    first_ = (first_ + 1) % kQueueMax;
    --count_;
  }
  if (current_->ends_sent == 0) {
    const std::uint32_t duration = timestamp - current_->segment + interval;
    if (duration > kSegmentMax && current_->ticks_left > kSegmentMax) {
      const DtmfPacket full = packet(false, false, kSegmentMax);
      current_->segment += kSegmentMax;
      current_->ticks_left -= kSegmentMax;
      return full;
    }
    if (duration < current_->ticks_left) {
      const bool marker = !current_->begun;
      current_->begun = true;
      return packet(marker, false, duration);
    }
    current_->final_duration =
        static_cast<std::uint16_t>(std::min<std::uint32_t>(current_->ticks_left, kSegmentMax));
  }
  const bool marker = !current_->begun;  // a press shorter than one interval
  current_->begun = true;
  const DtmfPacket last = packet(marker, true, current_->final_duration);
  if (++current_->ends_sent == kEndPackets) {
    free_from_ = timestamp + interval + ticks(kGap);
    current_.reset();
  }
  return last;
}

}  // namespace pbx::media
