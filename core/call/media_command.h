// core/call/media_command.h — what control asks of a media worker, and what comes back.
//
// Plain values that cross threads.  Every command names a leg; the worker keeps one
// media::Session per leg.  Both legs of a call are on the same worker.
//
// Units: ports are RTP ports (even; RTCP is port + 1 unless muxed); times in ms.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/ids.h"
#include "core/base/net.h"
#include "core/base/time.h"
#include "core/base/wall_time.h"
#include "core/call/media_description.h"
#include "core/config/server.h"

namespace pbx::call {

// How a leg carries digits.
enum class DtmfMode : std::uint8_t {
  kRfc4733,  // telephone-event packets
  kInfo,     // SIP INFO: the worker only reports; control sends and receives
  kInband,   // tones in the audio; detection costs a decoder
};

// All that a session needs to talk to its remote side.  Replaces the earlier one as a whole.
struct MediaParams {
  core::SocketAddress remote_rtp;  // zero: not known yet; the session learns by latching
  core::SocketAddress remote_rtcp;
  bool rtcp_mux = false;
  Direction direction = Direction::kSendRecv;  // seen from the exchange
  std::optional<Format> send;                  // the audio codec we send; nullopt: not agreed yet
  std::vector<Format> receive;                 // every payload type the remote side may send
  std::optional<Format> send_dtmf;             // telephone-event as the remote side numbered it
  std::optional<Format> send_noise;            // comfort noise, if agreed
  DtmfMode dtmf = DtmfMode::kRfc4733;
  std::uint16_t ptime_ms = 20;          // of what we send
  bool fax = false;                     // UDPTL: datagrams are passed on unread; no `send`
  std::optional<SrtpKey> srtp_send;     // ours
  std::optional<SrtpKey> srtp_receive;  // theirs
  friend bool operator==(const MediaParams&, const MediaParams&) = default;
};

struct MediaOpen {  // binds the sockets; answered by nothing, or by MediaFailed
  core::LegId leg;
  core::CallId call;
  core::SocketAddress local;  // RTP address; RTCP is the next port
  MediaParams params;
  std::uint8_t dscp = 46;  // of what we send (RFC 4594: EF)
};
struct MediaUpdate {
  core::LegId leg;
  MediaParams params;
};
// From now on the two hear each other, as far as their directions allow.  The worker picks the
// path: relay when both agreed on one codec and nothing needs samples, else the 20 ms tick.
struct MediaConnect {
  core::LegId a, b;
};
struct MediaDisconnect {  // both sides of the bridge `leg` is in; each then hears nothing
  core::LegId leg;
};

enum class Tone : std::uint8_t {
  kRingback,
  kBusy,
  kCongestion,
  kUnobtainable,  // special information tone: no such number
  kDial,
  kConfirm,
  kReorder,  // the call cannot be made as dialled; most countries use the congestion tone
  kCallWaiting,
};
struct PlayTone {
  Tone tone;
  config::Country country = config::Country::kRu;
};
struct PlayMusic {};  // music on hold
struct PlayDigits {   // a number, digit by digit, by spoken prompts of `language`
  std::string digits;
  std::string language;  // "ru", "en"
};
struct PlayFile {
  std::string path;  // WAV
};
using PlaySource = std::variant<PlayTone, PlayMusic, PlayDigits, PlayFile>;

// The leg hears `source` instead of its bridge until it ends or MediaStopPlay.  Ends with
// PlaybackDone unless it loops.
struct MediaPlay {
  core::LegId leg;
  core::PlaybackId playback;
  PlaySource source;
  bool loop = false;
};
struct MediaStopPlay {
  core::LegId leg;
};
struct MediaEcho {  // the leg hears itself
  core::LegId leg;
};
struct MediaSendDigit {  // as the session's DtmfMode says; not for kInfo
  core::LegId leg;
  char digit = '0';  // 0-9 * # A-D
  std::chrono::milliseconds duration{160};
};
// Starts a stereo file: left hears what `left` says, right what `right` says.  `right` may be
// none (echo, announcement: the right channel then holds what the exchange played).
struct MediaRecord {
  core::RecordingId recording;
  core::CallId call;
  core::LegId left, right;
  core::WallTime started;  // names the file: recording_path()
};
struct MediaStopRecord {
  core::RecordingId recording;
};
struct MediaClose {  // closes the sockets; always answered by MediaClosed
  core::LegId leg;
};
struct MediaQuery {  // live figures of some legs; answered by MediaStatus
  core::RequestId request;
  std::vector<core::LegId> legs;
};
using MediaCommand =
    std::variant<MediaOpen, MediaUpdate, MediaConnect, MediaDisconnect, MediaPlay, MediaStopPlay,
                 MediaEcho, MediaSendDigit, MediaRecord, MediaStopRecord, MediaClose, MediaQuery>;

// One direction of a stream, over the life of the session.
struct StreamReport {
  std::optional<Codec> codec;            // the last one used
  std::uint64_t packets = 0, bytes = 0;  // bytes of payload
  std::uint64_t lost = 0, late = 0, duplicate = 0, reordered = 0;
  std::chrono::microseconds jitter{0};  // RFC 3550 6.4.1
};
struct MediaReport {
  StreamReport received;  // measured here
  StreamReport sent;      // lost and jitter as the remote side reports them by RTCP
  std::chrono::microseconds round_trip{0};  // 0: never measured
  double mos_received = 0;         // G.107 estimate of what the exchange got; 0: no packets
  double mos_sent = 0;             // of what the remote side got, by its reports; 0: unknown
  core::SocketAddress remote_rtp;  // where packets really came from
  bool relayed = false;            // at any time on the relay path
  bool transcoded = false;         // at any time decoded and encoded
  bool srtp = false;
};

enum class DigitSource : std::uint8_t { kRfc4733, kInfo, kInband };

struct MediaFailed {  // the session could not be opened (port taken, address not ours)
  core::LegId leg;
  std::string detail;
};
struct MediaDigit {
  core::LegId leg;
  char digit;
  std::chrono::milliseconds duration;
  DigitSource source;
  bool forwarded;  // the other side of the bridge already got it in its RTP
};
struct MediaSilent {  // no RTP for rtp_timeout although the direction allows it
  core::LegId leg;
};
struct PlaybackDone {
  core::LegId leg;
  core::PlaybackId playback;
};
struct MediaClosed {
  core::LegId leg;
  MediaReport report;
};
struct MediaStatus {  // answer to MediaQuery; legs that are gone are left out
  core::RequestId request;
  std::vector<std::pair<core::LegId, MediaReport>> legs;
};
// What the recording thread says when a file is closed.
struct RecordingDone {
  core::RecordingId recording;
  core::CallId call;
  std::string path;  // relative to the recording directory
  std::chrono::milliseconds duration{0};
  std::uint64_t size_bytes = 0;
  std::string sha256;       // hex
  bool incomplete = false;  // disk full or too slow: parts are missing
  std::string problem;      // why incomplete
};

using MediaEvent = std::variant<MediaFailed, MediaDigit, MediaSilent, PlaybackDone, MediaClosed,
                                MediaStatus, RecordingDone>;

}  // namespace pbx::call
