// core/call/media_description.h — what one side says about its audio stream, free of SDP syntax.
//
// Pure values.  sip/sdp turns text into this and back (RFC 4566, RFC 3264); core/call/media_plan
// decides with it; media/ is opened with what was decided.  A call has one audio stream, or
// a fax in its place (ITU-T T.38 annex D); other streams of an offer are refused by
// sip/offer_answer and never come here.
//
// Units: clock_hz is the RTP timestamp rate (8000 also for G.722, RFC 3551 4.5.2); ptime in ms.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/net.h"

namespace pbx::call {

enum class Codec : std::uint8_t {
  kPcmu,
  kPcma,
  kG722,
  kOpus,
  kGsm,
  kL16,
  kTelephoneEvent,  // RFC 4733
  kComfortNoise,    // RFC 3389
};

struct CodecInfo {
  Codec codec;
  std::string_view name;    // as in a=rtpmap, compared without case
  std::uint32_t clock_hz;   // of RTP timestamps
  std::uint32_t sample_hz;  // of the decoded audio
  std::uint8_t channels;    // as in a=rtpmap; Opus always says 2 (RFC 7587)
  int static_payload_type;  // RFC 3551, or -1
};
[[nodiscard]] const CodecInfo& info(Codec codec);
// L16 is accepted at 8000, 16000 and 44100 Hz mono; telephone-event at any clock.
[[nodiscard]] std::optional<Codec> find_codec(std::string_view name, std::uint32_t clock_hz);

enum class Direction : std::uint8_t { kInactive = 0, kSendOnly = 1, kRecvOnly = 2, kSendRecv = 3 };
[[nodiscard]] constexpr bool can_send(Direction d) { return (static_cast<int>(d) & 1) != 0; }
[[nodiscard]] constexpr bool can_receive(Direction d) { return (static_cast<int>(d) & 2) != 0; }
[[nodiscard]] constexpr Direction make_direction(bool send, bool receive) {
  return static_cast<Direction>((send ? 1 : 0) | (receive ? 2 : 0));
}
// The same stream as the other side sees it.
[[nodiscard]] constexpr Direction reversed(Direction d) {
  return make_direction(can_receive(d), can_send(d));
}

// One payload type of an m= line.
struct Format {
  Codec codec = Codec::kPcmu;
  std::uint8_t payload_type = 0;
  std::uint32_t clock_hz = 8000;
  std::string fmtp;  // the value of a=fmtp without the payload type; "" if there was none
  friend bool operator==(const Format&, const Format&) = default;
};

enum class SrtpSuite : std::uint8_t { kAesCm128HmacSha1_80, kAesCm128HmacSha1_32 };

// One a=crypto line (RFC 4568).
struct SrtpKey {
  unsigned tag = 1;
  SrtpSuite suite = SrtpSuite::kAesCm128HmacSha1_80;
  std::string key_salt;  // 30 raw octets: 16 of key, 14 of salt.  Never logged
  friend bool operator==(const SrtpKey&, const SrtpKey&) = default;
};

// Fax in the place of audio: T.38 over UDPTL.  Only the fax machines read what its a= lines say.
struct FaxStream {
  std::vector<std::string> attributes;  // "T38FaxVersion:0"
  friend bool operator==(const FaxStream&, const FaxStream&) = default;
};

struct AudioDescription {
  core::SocketAddress rtp;   // where this side wants to receive
  core::SocketAddress rtcp;  // port + 1 unless a=rtcp said otherwise (RFC 3605); rtp if muxed
  bool rtcp_mux = false;     // RFC 5761
  Direction direction = Direction::kSendRecv;  // seen from the side that says it
  std::vector<Format> formats;                 // in order of preference
  std::uint16_t ptime_ms = 20;
  std::vector<SrtpKey> keys;     // empty: plain RTP/AVP; else RTP/SAVP
  std::optional<FaxStream> fax;  // the stream is an image: `rtp` alone counts beside it
  friend bool operator==(const AudioDescription&, const AudioDescription&) = default;
};

}  // namespace pbx::call
