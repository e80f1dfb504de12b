#include "media/rtp_statistics.h"

#include <algorithm>

namespace pbx::media {
namespace {

constexpr std::int64_t kNanoseconds = 1'000'000'000;
constexpr std::uint32_t kSequences = 65536;

}  // namespace

std::uint32_t rtp_ticks(core::Duration time, std::uint32_t clock_hz) {
  // In two parts: nanoseconds times hertz overflow 64 bits within days.
  const std::int64_t seconds = time.count() / kNanoseconds;
  const std::int64_t rest = time.count() % kNanoseconds;
  return static_cast<std::uint32_t>(seconds * clock_hz + rest * clock_hz / kNanoseconds);
}

void JitterEstimator::on_packet(std::uint32_t timestamp, core::Instant arrival) {
  const std::uint32_t transit = rtp_ticks(arrival.time_since_epoch(), clock_hz_) - timestamp;
  if (begun_) {
    const auto difference = static_cast<std::int32_t>(transit - transit_);
    // A jump of seconds is a new timestamp base, not jitter; it would drown the estimate.
    const auto size = static_cast<std::uint32_t>(std::abs(static_cast<std::int64_t>(difference)));
    if (size < clock_hz_ * 2) scaled_ += size - ((scaled_ + 8) >> 4);
  }
  transit_ = transit;
  begun_ = true;
}

std::chrono::microseconds JitterEstimator::duration() const {
  return std::chrono::microseconds(std::uint64_t{scaled_} * 1'000'000 / 16 / clock_hz_);
}

ReceiveStatistics::Verdict ReceiveStatistics::on_packet(const RtpHeader& header,
                                                        core::Instant arrival, bool timed) {
  Verdict verdict = Verdict::kCounted;
  if (!begun_) {
    restart(header);
  } else if (header.ssrc != ssrc_) {
    restart(header);
    verdict = Verdict::kRestarted;
  } else {
    const auto ahead = static_cast<std::uint16_t>(header.sequence - sequence_max_);
    if (ahead < kDropoutMax) {
      if (header.sequence < sequence_max_) cycles_ += kSequences;
      seen_ = ahead < 64 ? seen_ << ahead : 0;
      sequence_max_ = header.sequence;
    } else if (ahead <= kSequences - kMisorderMax) {
      if (bad_sequence_ != header.sequence) {
        bad_sequence_ = static_cast<std::uint16_t>(header.sequence + 1);
        return Verdict::kStray;
      }
      restart(header);
      verdict = Verdict::kRestarted;
    }
  }
  bad_sequence_.reset();
  note_order(header.sequence);
  ++received_;
  if (timed) {
    jitter_.on_packet(header.timestamp, arrival);
    jitter_max_ = std::max(jitter_max_, jitter_.duration());
  }
  return verdict;
}

void ReceiveStatistics::note_order(std::uint16_t sequence) {
  const auto behind = static_cast<std::uint16_t>(sequence_max_ - sequence);
  if (behind >= 64) {
    ++reordered_;
    return;
  }
  const std::uint64_t bit = std::uint64_t{1} << behind;
  if (seen_ & bit)
    ++duplicate_;
  else if (behind != 0)
    ++reordered_;
  seen_ |= bit;
}

void ReceiveStatistics::restart(const RtpHeader& header) {
  before_ = {.received = received(), .expected = expected()};
  begun_ = true;
  ssrc_ = header.ssrc;
  base_sequence_ = sequence_max_ = header.sequence;
  cycles_ = 0;
  received_ = 0;
  seen_ = 0;
  at_last_report_ = {};
  last_sr_ = 0;
}

std::uint64_t ReceiveStatistics::expected_now() const {
  return begun_ ? cycles_ + sequence_max_ - base_sequence_ + 1u : 0u;
}

void ReceiveStatistics::on_sender_report(NtpTime ntp, core::Instant arrival) {
  last_sr_ = ntp.middle();
  last_sr_arrival_ = arrival;
}

ReportBlock ReceiveStatistics::report(core::Instant now) {
  const Counts counts{.received = received_, .expected = expected_now()};
  const auto expected = static_cast<std::int64_t>(counts.expected - at_last_report_.expected);
  const auto lost =
      expected - static_cast<std::int64_t>(counts.received - at_last_report_.received);
  at_last_report_ = counts;

  ReportBlock block;
  block.ssrc = ssrc_;
  if (expected > 0 && lost > 0)
    block.fraction_lost =
        static_cast<std::uint8_t>(std::min<std::int64_t>(lost * 256 / expected, 255));
  block.cumulative_lost = static_cast<std::int32_t>(static_cast<std::int64_t>(counts.expected) -
                                                    static_cast<std::int64_t>(counts.received));
  block.highest_sequence = cycles_ + sequence_max_;
  block.jitter = jitter_.ticks();
  block.last_sr = last_sr_;
  if (last_sr_ != 0) block.delay_since_last_sr = rtp_ticks(now - last_sr_arrival_, 65536);
  return block;
}

std::uint64_t ReceiveStatistics::lost() const {
  return expected() > received() ? expected() - received() : 0;
}

double ReceiveStatistics::loss_ratio() const {
  return expected() == 0 ? 0.0 : static_cast<double>(lost()) / static_cast<double>(expected());
}

void SendStatistics::on_packet(std::uint32_t timestamp, std::size_t payload_bytes,
                               core::Instant now) {
  ++packets_;
  octets_ += payload_bytes;
  last_timestamp_ = timestamp;
  last_sent_ = now;
}

std::optional<SenderInfo> SendStatistics::report(core::Instant now, NtpTime ntp_now) const {
  if (packets_ == 0) return std::nullopt;
  // The RTP time of the very instant of the NTP time, also between two packets.
  return SenderInfo{.ntp = ntp_now,
                    .rtp_timestamp = last_timestamp_ + rtp_ticks(now - last_sent_, clock_hz_),
                    .packets = static_cast<std::uint32_t>(packets_),
                    .octets = static_cast<std::uint32_t>(octets_)};
}

std::optional<std::chrono::microseconds> round_trip(const ReportBlock& block, NtpTime ntp_now) {
  if (block.last_sr == 0) return std::nullopt;
  const auto ticks =
      static_cast<std::int32_t>(ntp_now.middle() - block.last_sr - block.delay_since_last_sr);
  constexpr std::int32_t kSane = 60 * 65536;  // a minute
  // The peer's clock may run a little fast: up to 10 ms below zero count as zero.
  if (ticks < -655 || ticks > kSane) return std::nullopt;
  return std::chrono::microseconds(std::max<std::int64_t>(ticks, 0) * 1'000'000 / 65536);
}

}  // namespace pbx::media
