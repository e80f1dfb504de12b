// media/jitter_buffer.h — turns the packets of one RTP stream into one frame per tick.
//
// Sans-I/O: put() takes packets with their arrival time, take() gives the frame due at `now`.
// Owner: the media worker of the leg.  Neither call allocates, blocks or logs.
//
// Units: timestamps count RTP clock ticks (8000/s, also for G.722, RFC 3551 4.5.2), delays are
// milliseconds.  Sequence numbers and timestamps wrap; every comparison here is modular.
//
// clang-format off
// | phase   | packet in put()    | take(): next packet in stock         | take(): none in stock   |
// |---------|--------------------|--------------------------------------|-------------------------|
// | idle    | begins: waiting    | -                                    | silence                 |
// | waiting | stored             | due: frame, playing; else silence    | silence                 |
// | playing | stored, or late if | frame; before it, what was lost is   | conceal for kConcealMs, |
// |         | its turn is over   | concealed, and a pause is waited for | then waiting            |
// clang-format on
//
// "Due" is: timestamp + fastest transit + target delay.  While frames are played without a break
// the delay stays as it is; it adapts at the beginning of each talk spurt.  In between it grows
// when the stock runs out (what is concealed meanwhile is played late, not lost), and shrinks when
// the caller uses take_surplus().

#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/base/time.h"
#include "media/delay_estimator.h"
#include "media/packet_pool.h"
#include "media/rtp_statistics.h"
#include "media/sequence.h"

namespace pbx::media {

struct JitterOptions {
  std::uint32_t clock_hz = 8000;
  std::chrono::milliseconds frame{20};  // until set_frame() knows better
  std::chrono::milliseconds delay_min{20};
  std::chrono::milliseconds delay_max{200};  // frames that would play later are dropped
};

struct JitterStats {  // since construction
  std::uint64_t received = 0, late = 0, duplicate = 0;
  std::uint64_t lost = 0;     // never came, or not before their turn was over
  std::uint64_t dropped = 0;  // came, but the delay had grown over its bound
  std::uint64_t concealed = 0, restarts = 0;
  std::chrono::microseconds jitter{0};  // interarrival jitter, RFC 3550 6.4.1
};

class JitterBuffer {
 public:
  enum class Put : std::uint8_t { kStored, kLate, kDuplicate, kRestarted };
  enum class Take : std::uint8_t { kFrame, kConceal, kSilence };

  static constexpr std::size_t kSlots = 64;  // 1.28 s of 20 ms frames
  static constexpr int kGapMax = 3000;       // packets; 60 s at 20 ms
  static constexpr int kMisorderMax = 100;   // packets behind the newest; RFC 3550 A.1
  static constexpr std::chrono::milliseconds kConcealMs{60};
  static constexpr std::chrono::seconds kTimestampJumpMax{2};  // against the arrival times

  explicit JitterBuffer(const JitterOptions& options);

  // Stores `packet`, or returns its buffer to the pool if it is late or a duplicate.
  // kRestarted: the stream jumped (new SSRC, two packets in a row over kGapMax away, timestamps
  // that have nothing to do with the time) and delay starts afresh.
  // REQUIRES: packet.parse() succeeded.
  Put put(core::Instant arrival, RtpPacket packet);

  // A packet of the same stream that holds no audio (telephone-event): not lost, not played.
  void pass_over(std::uint16_t sequence);

  // Call whenever a frame is needed, usually once per frame interval.  kFrame fills `packet`;
  // kConceal asks the codec to hide one lost frame; kSilence means nothing is expected (stream not
  // begun, or talk spurt over).
  Take take(core::Instant now, RtpPacket& packet);

  // If more is in stock than the target asks for, and has been for a while: the frame that follows
  // the one just taken, to be blended into it or left out.  Returns whether `packet` was filled.
  bool take_surplus(core::Instant now, RtpPacket& packet);
  [[nodiscard]] bool has_surplus() const { return surplus_; }

  // After kConceal: the packet that comes right after the concealed frame, or null (for Opus FEC).
  [[nodiscard]] const RtpPacket* following() const;

  // How long the frame just taken really was, in RTP ticks: 10 to 60 ms packets are all right.
  void set_frame(std::uint32_t ticks);
  // The frame just taken announced silence (comfort noise, DTX): what follows is no loss.
  void end_spurt();
  // Forgets everything but the statistics: the codec changed.
  void reset(std::uint32_t clock_hz);

  [[nodiscard]] std::chrono::milliseconds target_delay() const { return target_delay_; }
  // What the frame played last waited, beyond the fastest packet of the last seconds.
  [[nodiscard]] std::chrono::milliseconds actual_delay() const;
  [[nodiscard]] const JitterStats& stats() const { return stats_; }
  [[nodiscard]] std::size_t stored() const { return stored_; }

 private:
  enum class Phase : std::uint8_t { kIdle, kWaiting, kPlaying };
  struct Slot {
    std::int64_t sequence = -1;  // unwrapped; whose packet or pass-over mark this is
    std::int64_t timestamp = 0;
    RtpPacket packet;  // empty: passed over
  };

  [[nodiscard]] Slot& slot_of(std::int64_t sequence) {
    return slots_[static_cast<std::size_t>(sequence) % kSlots];
  }
  [[nodiscard]] const Slot& slot_of(std::int64_t sequence) const {
    return slots_[static_cast<std::size_t>(sequence) % kSlots];
  }
  [[nodiscard]] bool holds(std::int64_t sequence) const {
    return slot_of(sequence).sequence == sequence;
  }
  [[nodiscard]] std::int64_t microseconds(std::int64_t ticks) const;

  void begin(const RtpHeader& header);
  void flush();
  [[nodiscard]] bool is_restart(const RtpHeader& header, core::Instant arrival);
  [[nodiscard]] std::optional<Put> refusal(std::int64_t sequence, std::int64_t timestamp) const;
  void make_room(std::int64_t sequence);
  void estimate(std::int64_t timestamp, core::Instant arrival);

  [[nodiscard]] Slot* first_stored();
  [[nodiscard]] bool is_due(const Slot& slot, core::Instant now) const;
  [[nodiscard]] bool is_loss_before(std::int64_t sequence) const;
  void drop_overdue(core::Instant now);
  void advance_to(std::int64_t sequence, bool played);
  Take starve();
  Take wait_for(const Slot& slot);
  Take deliver(Slot& slot, core::Instant now, RtpPacket& packet);
  void watch_surplus(core::Instant now, std::int64_t timestamp);

  JitterOptions options_;
  std::chrono::milliseconds target_delay_;
  JitterStats stats_;
  JitterEstimator jitter_;
  DelayEstimator delay_;

  Phase phase_ = Phase::kIdle;
  std::uint32_t ssrc_ = 0;
  Unwrapper<std::uint16_t> sequence_;   // its last() is the newest packet's
  Unwrapper<std::uint32_t> timestamp_;  // the same
  core::Instant newest_arrival_{};
  std::optional<std::uint16_t> jump_;  // the number that would confirm a jump

  std::array<Slot, kSlots> slots_;  // ring, indexed by sequence number modulo kSlots
  std::size_t stored_ = 0;          // slots with a packet
  std::int64_t next_ = 0;           // the first number that may still be played
  std::uint64_t played_ = 0;        // bit n: next_ - 1 - n was played
  std::int64_t cursor_ = 0;         // the timestamp that is expected next
  std::int64_t held_ = 0;           // ticks concealed while waiting for it
  std::int64_t frame_;              // ticks
  std::int64_t concealed_ = 0;      // ticks since the last frame
  std::int64_t last_timestamp_ = 0;
  std::int64_t actual_us_ = 0;

  std::int64_t excess_min_us_ = 0;  // in the current watch
  int excess_frames_ = 0;
  bool surplus_ = false;
};

}  // namespace pbx::media
