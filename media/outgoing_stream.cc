#include "media/outgoing_stream.h"

#include <algorithm>

#include "media/rtp_statistics.h"
#include "media/sequence.h"

namespace pbx::media {
namespace {
constexpr core::Duration kFrame = std::chrono::milliseconds(20);
// A source whose timestamps stray this far from the clock has jumped (hold, restart in silence).
constexpr std::int64_t kTimestampJumpMax_s = 60;
}  // namespace

std::uint32_t OutgoingStream::timestamp_at(core::Instant now, std::uint32_t clock_hz) const {
  if (!begun_) return last_timestamp_;
  return last_timestamp_ + rtp_ticks(std::max(now - last_sent_, kFrame), clock_hz);
}

void OutgoingStream::on_sent(std::uint16_t sequence, std::uint32_t timestamp, core::Instant now) {
  if (begun_ && !is_newer<std::uint16_t>(sequence, static_cast<std::uint16_t>(next_sequence_ - 1)))
    return;  // a packet that the network had reordered
  next_sequence_ = static_cast<std::uint16_t>(sequence + 1);
  // All packets of a digit carry the time of its beginning (RFC 4733 2.2.1).
  if (timestamp != last_timestamp_ || !begun_) last_sent_ = now;
  last_timestamp_ = timestamp;
  begun_ = true;
}

void RelayRun::begin(core::Instant now, std::uint32_t clock_hz, const OutgoingStream& stream,
                     const RtpHeader& header) {
  running_ = first_ = true;
  source_ssrc_ = header.ssrc;
  clock_hz_ = clock_hz;
  floor_ = newest_ = header.sequence;
  newest_timestamp_ = header.timestamp;
  sequence_offset_ = static_cast<std::uint16_t>(stream.next_sequence() - header.sequence);
  timestamp_offset_ = stream.timestamp_at(now, clock_hz) - header.timestamp;
}

bool RelayRun::follows(const RtpHeader& header) const {
  const int ahead = distance(newest_, header.sequence);
  return running_ && header.ssrc == source_ssrc_ && ahead < kJumpMax && ahead > -kJumpMax;
}

bool RelayRun::renumber(core::Instant now, std::uint32_t clock_hz, OutgoingStream& stream,
                        RtpHeader& header) {
  const std::int64_t jump = distance(newest_timestamp_, header.timestamp);
  const bool same_clock =
      clock_hz == clock_hz_ && std::abs(jump) < kTimestampJumpMax_s * std::int64_t{clock_hz};
  if (!same_clock || !follows(header))
    begin(now, clock_hz, stream, header);
  else if (distance(floor_, header.sequence) < 0)
    return false;

  if (is_newer(header.sequence, newest_)) newest_timestamp_ = header.timestamp;
  header.timestamp += timestamp_offset_;
  place(stream, header);
  stream.on_sent(header.sequence, header.timestamp, now);
  return true;
}

bool RelayRun::renumber_untimed(core::Instant now, OutgoingStream& stream, RtpHeader& header) {
  // Without a run there is no place to put it; audio of the source begins one.
  if (!follows(header) || distance(floor_, header.sequence) < 0) return false;
  place(stream, header);
  stream.on_sent(header.sequence, stream.last_timestamp(), now);
  return true;
}

void RelayRun::place(OutgoingStream& stream, RtpHeader& header) {
  if (is_newer(header.sequence, newest_)) newest_ = header.sequence;
  header.marker = header.marker || first_;
  first_ = false;
  header.ssrc = stream.ssrc();
  header.sequence = static_cast<std::uint16_t>(header.sequence + sequence_offset_);
}

void RelayRun::skip(const RtpHeader& header) {
  if (!running_ || header.ssrc != source_ssrc_) return;
  // Only a packet in order can be left out without a trace; others stay a gap.
  if (header.sequence != static_cast<std::uint16_t>(newest_ + 1)) return;
  newest_ = header.sequence;
  newest_timestamp_ = header.timestamp;
  floor_ = static_cast<std::uint16_t>(header.sequence + 1);
  --sequence_offset_;
}

}  // namespace pbx::media
