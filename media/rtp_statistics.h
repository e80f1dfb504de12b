// media/rtp_statistics.h — what RTCP reports and a CDR say about an RTP stream.
//
// Pure; owner: the media worker of the leg.  Counting follows RFC 3550 A.1 (sequence), A.3 (loss)
// and A.8 (jitter), with one difference: the first packet counts at once, without probation,
// because the source address has been verified by the session before it comes here.
//
// Units: jitter inside is RTP ticks, as on the wire; what is given to people is microseconds.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "core/base/time.h"
#include "media/rtcp.h"
#include "media/rtp_packet.h"

namespace pbx::media {

// Converts a time to RTP ticks, modulo 2^32.
[[nodiscard]] std::uint32_t rtp_ticks(core::Duration time, std::uint32_t clock_hz);

// Interarrival jitter, RFC 3550 6.4.1 and A.8.
class JitterEstimator {
 public:
  explicit JitterEstimator(std::uint32_t clock_hz) : clock_hz_(clock_hz) {}

  void on_packet(std::uint32_t timestamp, core::Instant arrival);
  void reset(std::uint32_t clock_hz) { *this = JitterEstimator(clock_hz); }

  [[nodiscard]] std::uint32_t ticks() const { return scaled_ >> 4; }
  [[nodiscard]] std::chrono::microseconds duration() const;

 private:
  std::uint32_t clock_hz_;
  std::uint32_t scaled_ = 0;  // 16 times the jitter
  std::uint32_t transit_ = 0;
  bool begun_ = false;
};

// What was received from one peer, through all its sources and codecs.
class ReceiveStatistics {
 public:
  enum class Verdict : std::uint8_t {
    kCounted,
    kStray,      // far out of sequence; believed only if the next packet follows on
    kRestarted,  // a new source or sequence: counted, and the report interval begins anew
  };
  static constexpr int kDropoutMax = 3000;  // packets a sequence may jump ahead, RFC 3550 A.1
  static constexpr int kMisorderMax = 100;  // packets it may fall behind

  explicit ReceiveStatistics(std::uint32_t clock_hz) : jitter_(clock_hz) {}

  // `timed` is false for telephone-event packets, whose timestamps stand still by design.
  Verdict on_packet(const RtpHeader& header, core::Instant arrival, bool timed = true);
  void on_sender_report(NtpTime ntp, core::Instant arrival);
  void set_clock(std::uint32_t clock_hz) { jitter_.reset(clock_hz); }  // the codec changed

  // The block for an SR or RR; begins the next interval.
  [[nodiscard]] ReportBlock report(core::Instant now);

  [[nodiscard]] std::uint32_t ssrc() const { return ssrc_; }
  [[nodiscard]] bool has_received() const { return begun_; }
  [[nodiscard]] std::uint64_t received() const { return before_.received + received_; }
  [[nodiscard]] std::uint64_t expected() const { return before_.expected + expected_now(); }
  [[nodiscard]] std::uint64_t lost() const;  // never negative, whatever was duplicated
  [[nodiscard]] std::uint64_t duplicate() const { return duplicate_; }
  [[nodiscard]] std::uint64_t reordered() const { return reordered_; }  // came after a later one
  [[nodiscard]] double loss_ratio() const;                              // 0 to 1
  [[nodiscard]] std::chrono::microseconds jitter() const { return jitter_.duration(); }
  [[nodiscard]] std::chrono::microseconds jitter_max() const { return jitter_max_; }

 private:
  struct Counts {
    std::uint64_t received = 0, expected = 0;
  };
  void restart(const RtpHeader& header);
  void note_order(std::uint16_t sequence);
  [[nodiscard]] std::uint64_t expected_now() const;

  bool begun_ = false;
  std::uint32_t ssrc_ = 0;
  std::uint32_t base_sequence_ = 0;
  std::uint16_t sequence_max_ = 0;
  std::uint32_t cycles_ = 0;  // counts in 65536
  std::uint64_t seen_ = 0;    // bit n: sequence_max_ - n was received
  std::uint64_t duplicate_ = 0;
  std::uint64_t reordered_ = 0;
  std::optional<std::uint16_t> bad_sequence_;  // the number that would confirm a jump
  std::uint64_t received_ = 0;
  Counts at_last_report_;
  Counts before_;  // of sources that were replaced
  JitterEstimator jitter_;
  std::chrono::microseconds jitter_max_{0};
  std::uint32_t last_sr_ = 0;
  core::Instant last_sr_arrival_{};
};

// What we sent, for our sender reports.
class SendStatistics {
 public:
  explicit SendStatistics(std::uint32_t clock_hz) : clock_hz_(clock_hz) {}

  void on_packet(std::uint32_t timestamp, std::size_t payload_bytes, core::Instant now);
  void set_clock(std::uint32_t clock_hz) { clock_hz_ = clock_hz; }

  // For an SR at `now`; nullopt before the first packet: then an RR is due.
  [[nodiscard]] std::optional<SenderInfo> report(core::Instant now, NtpTime ntp_now) const;
  [[nodiscard]] std::uint64_t packets() const { return packets_; }
  [[nodiscard]] std::uint64_t octets() const { return octets_; }

 private:
  std::uint32_t clock_hz_;
  std::uint64_t packets_ = 0;
  std::uint64_t octets_ = 0;
  std::uint32_t last_timestamp_ = 0;
  core::Instant last_sent_{};
};

// Round trip from a block about packets we sent (RFC 3550 6.4.1), `ntp_now` being its arrival.
// nullopt if the peer has seen no SR of ours, or if the numbers make no sense.
[[nodiscard]] std::optional<std::chrono::microseconds> round_trip(const ReportBlock& block,
                                                                  NtpTime ntp_now);

}  // namespace pbx::media
