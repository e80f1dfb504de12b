// media/session.h — one leg on the wire: its addresses, its numbers, its keys, its figures.
//
// Pure: packets come in as values and leave through Network.  Owner: the engine of one worker.
//
// What a session receives is checked in this order: SRTP, RTP header, payload type, source address
// (latch), sequence.  What it sends always goes through one OutgoingStream, so the remote side sees
// one SSRC without a jump for the life of the leg.  What is heard is not decided here: engine.h.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "core/base/random.h"
#include "core/base/time.h"
#include "core/call/media_command.h"
#include "media/engine_options.h"
#include "media/latch.h"
#include "media/network.h"
#include "media/outgoing_stream.h"
#include "media/packet_pool.h"
#include "media/recorder_tap.h"
#include "media/rtcp_agent.h"
#include "media/rtp_statistics.h"
#include "media/sequence_history.h"
#include "media/srtp.h"

namespace pbx::media {

// What all sessions of an engine share; outlives them.
struct SessionContext {
  Network& network;
  EngineCounters& counters;
  const EngineOptions& options;
  RecorderTap* tap;  // may be null
};

// A packet that passed all checks.
struct Incoming {
  enum class Kind : std::uint8_t { kRefused, kAudio, kNoise, kEvent };
  Kind kind = Kind::kRefused;
  const call::Format* format = nullptr;  // lives until the next update()
};

class Session {
 public:
  Session(const SessionContext& context, Slot slot, const call::MediaOpen& open,
          core::Random random);

  [[nodiscard]] core::LegId leg() const { return leg_; }
  [[nodiscard]] core::CallId call() const { return call_; }
  [[nodiscard]] Slot slot() const { return slot_; }
  [[nodiscard]] const call::MediaParams& params() const { return params_; }
  // The audio format that came last; null before the first packet.  Lives until update().
  [[nodiscard]] const call::Format* seen_format() const { return seen_format_; }
  [[nodiscard]] bool can_send() const;  // direction and codec allow it
  // Does the leg take digits as packets?
  [[nodiscard]] bool takes_events() const {
    return params_.send_dtmf && params_.dtmf == call::DtmfMode::kRfc4733;
  }

  // Errors: those of SrtpContext::open; the session then refuses all packets of that direction.
  core::Result<> update(core::Instant now, const call::MediaParams& params);

  // A datagram on the RTP port that is not RTCP.  On success `packet` is parsed and plain.
  [[nodiscard]] Incoming receive(core::Instant now, const core::SocketAddress& source,
                                 RtpPacket& packet);
  // kRefused: no format of that payload type is agreed on.
  [[nodiscard]] Incoming classify(std::uint8_t payload_type) const;
  void receive_rtcp(core::Instant now, const core::SocketAddress& source, RtpPacket& packet);

  // Sends on a packet of another session (or of this one: echo), or leaves it out of the numbering
  // if this leg cannot have it.  REQUIRES: receive() accepted it with `incoming`.
  void relay(core::Instant now, const Incoming& incoming, RtpPacket& packet);
  // A packet of the relayed source that this leg shall not get.
  void skip(const RtpPacket& packet) { relay_.skip(packet.header()); }
  // The relay path was left: what comes after it follows without a gap.
  void end_relay() { relay_.end(); }

  // Sends a packet made here.  `buffer` begins with room for the RTP header, then the payload;
  // it must have SrtpContext::kTrailerBytesMax of room behind.
  struct Made {
    std::uint8_t payload_type = 0;
    bool marker = false;
    std::uint32_t timestamp = 0;
    std::size_t payload_bytes = 0;
    bool is_audio = true;
  };
  void send_made(core::Instant now, const Made& made, std::span<std::uint8_t> buffer);
  [[nodiscard]] const OutgoingStream& stream() const { return stream_; }

  // From now on the audio that the leg is sent is the right side of a recording; none: no more.
  void record_sent(core::RecordingId recording) { sent_recording_ = recording; }
  [[nodiscard]] core::RecordingId sent_recording() const { return sent_recording_; }

  // A datagram of a fax.  False: its source is not to be believed.
  [[nodiscard]] bool receive_fax(core::Instant now, const core::SocketAddress& source,
                                 const RtpPacket& packet);
  void send_fax(RtpPacket& packet);

  // Reports that are due.
  void on_time(core::Instant now);
  void send_bye(core::Instant now);

  // The remote side gets its full time to send again: another state of the call began.
  void await_life(core::Instant now);
  // Has the remote side been silent for longer than allowed?  True once per silence.
  [[nodiscard]] bool take_silence(core::Instant now);
  // Share of what we send that the remote side loses, by its last report.
  [[nodiscard]] double remote_loss() const { return rtcp_.remote().loss_ratio; }

  [[nodiscard]] call::MediaReport report() const;
  void note_relayed() { relayed_ = true; }
  void note_transcoded() { transcoded_ = true; }
  // What only the jitter buffer knows.
  void note_late(std::uint64_t packets) { late_ += packets; }

 private:
  [[nodiscard]] std::uint64_t lost() const;
  [[nodiscard]] double loss_ratio() const;
  [[nodiscard]] double quality(const std::optional<call::Codec>& codec, double loss) const;
  void index_payload_types();
  core::Result<> set_keys(const call::MediaParams& params);
  bool open_srtp(RtpPacket& packet, Port port);
  bool count(core::Instant now, const RtpPacket& packet, const Incoming& incoming);
  void follow_format(const call::Format& format);
  void transmit(std::span<std::uint8_t> buffer, std::size_t size_bytes);
  void send_report(core::Instant now, bool bye);
  bool renumber_event(core::Instant now, const call::Format& format, RtpHeader& header);
  [[nodiscard]] core::SocketAddress rtcp_target() const;

  SessionContext context_;
  Slot slot_;
  core::LegId leg_;
  core::CallId call_;
  call::MediaParams params_;
  std::array<std::int8_t, 128> format_of_{};  // index into params_.receive, or -1

  Latch latch_;
  core::SocketAddress rtcp_source_;  // where RTCP really comes from
  std::optional<SrtpContext> srtp_send_, srtp_receive_;

  ReceiveStatistics received_;
  std::uint32_t receive_clock_hz_;
  std::optional<call::Codec> last_codec_;
  SendStatistics sent_;
  SequenceHistory history_;
  std::uint64_t bytes_received_ = 0, duplicates_ = 0, reordered_ = 0, late_ = 0;
  const call::Format* seen_format_ = nullptr;  // in params_.receive

  OutgoingStream stream_;
  RelayRun relay_;
  std::uint32_t send_clock_hz_ = 8000;
  std::uint32_t event_source_timestamp_ = 0;  // of the digit being relayed
  std::uint32_t event_timestamp_ = 0;
  RtcpAgent rtcp_;

  core::RecordingId sent_recording_;

  core::Instant heard_{};  // the last sign of life
  bool silence_told_ = false;
  bool relayed_ = false, transcoded_ = false, srtp_used_ = false;
};

}  // namespace pbx::media
