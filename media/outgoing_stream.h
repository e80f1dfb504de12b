// media/outgoing_stream.h — the numbers of the one RTP stream that a leg is sent.
//
// Pure.  A leg hears many things in turn: ringback, the other side relayed, music, the other side
// transcoded.  To its jitter buffer they must be one stream, so SSRC, sequence numbers and
// timestamps belong to the leg and whoever produces packets asks here (RFC 3550 5.1).
//
// Invariant: between two packets the timestamp advances by the time that passed, never less than
// one frame and never backwards, except where a relayed source reorders its own packets.

#pragma once

#include <cstdint>

#include "core/base/time.h"
#include "media/rtp_packet.h"

namespace pbx::media {

class OutgoingStream {
 public:
  struct Origin {  // random, RFC 3550 5.1
    std::uint32_t ssrc = 0;
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
  };
  explicit OutgoingStream(const Origin& origin)
      : ssrc_(origin.ssrc), next_sequence_(origin.sequence), last_timestamp_(origin.timestamp) {}

  // Our SSRC met itself (RFC 3550 8.2): the stream goes on under another.
  void change_ssrc(std::uint32_t ssrc) { ssrc_ = ssrc; }

  // The timestamp of media that begins at `now`: at least one frame of 20 ms after the last.
  [[nodiscard]] std::uint32_t timestamp_at(core::Instant now, std::uint32_t clock_hz) const;

  [[nodiscard]] std::uint16_t next_sequence() const { return next_sequence_; }
  [[nodiscard]] std::uint32_t ssrc() const { return ssrc_; }
  [[nodiscard]] std::uint32_t last_timestamp() const { return last_timestamp_; }
  [[nodiscard]] bool has_begun() const { return begun_; }

  // A packet went out under these numbers, which came from here.
  void on_sent(std::uint16_t sequence, std::uint32_t timestamp, core::Instant now);

 private:
  std::uint32_t ssrc_;
  std::uint16_t next_sequence_;
  std::uint32_t last_timestamp_;
  core::Instant last_sent_{};
  bool begun_ = false;
};

// Renumbers what one source sends into a leg's stream, gaps and reordering included, so that the
// leg sees the network's losses as they are.  A new source, a long jump or a pause in relaying
// begins a new run, placed right behind what the leg got before.
class RelayRun {
 public:
  static constexpr int kJumpMax = 3000;  // packets; beyond it the source has started anew

  // The numbers for a packet; false: it came before the run and has no place in it.
  // `clock_hz` is that of the timestamps.
  [[nodiscard]] bool renumber(core::Instant now, std::uint32_t clock_hz, OutgoingStream& stream,
                              RtpHeader& header);
  // The same for a packet whose timestamp counts by another clock than the run's: it is left as it
  // is and the caller sets it.
  [[nodiscard]] bool renumber_untimed(core::Instant now, OutgoingStream& stream, RtpHeader& header);

  // The packet at hand will not be sent: closes the gap that would look like a loss.
  void skip(const RtpHeader& header);

  // Other packets went out in between: the next one begins a new run.
  void end() { running_ = false; }
  [[nodiscard]] bool is_running() const { return running_; }

 private:
  void begin(core::Instant now, std::uint32_t clock_hz, const OutgoingStream& stream,
             const RtpHeader& header);
  [[nodiscard]] bool follows(const RtpHeader& header) const;
  void place(OutgoingStream& stream, RtpHeader& header);

  bool running_ = false;
  bool first_ = false;  // the next packet opens the run: marker (RFC 3551 4.1)
  std::uint32_t source_ssrc_ = 0;
  std::uint16_t floor_ = 0;   // the oldest sequence number of the run
  std::uint16_t newest_ = 0;  // of the source
  std::uint16_t sequence_offset_ = 0;
  std::uint32_t timestamp_offset_ = 0;
  std::uint32_t newest_timestamp_ = 0;
  std::uint32_t clock_hz_ = 0;
};

}  // namespace pbx::media
