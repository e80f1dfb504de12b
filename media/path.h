// media/path.h — how a leg gets what it hears: relayed on arrival, or made anew every 20 ms.
//
// Pure.  A path has one direction: of a bridge of two, one leg may hear music by the tick while
// the other still hears the first by relay.  It is chosen anew at every command and whenever the
// source changes its codec; OutgoingStream keeps the numbers continuous through all of it.

#pragma once

#include <cstdint>
#include <string_view>

#include "core/call/media_command.h"

namespace pbx::media {

enum class PathKind : std::uint8_t {
  kNone,   // hears nothing, and is sent nothing
  kRelay,  // packets of the source are renumbered and go out as they arrive
  kTick,   // frames are decoded or generated, and encoded, every 20 ms
};
[[nodiscard]] std::string_view text(PathKind kind);

struct PathInputs {
  const call::MediaParams* listener = nullptr;  // never null
  const call::MediaParams* source = nullptr;    // of the leg heard; null if there is none
  const call::Format* source_seen = nullptr;    // what the source sent last; null: nothing yet
  bool playing = false;                         // hears a playback instead of the source
  bool tones_waiting = false;                   // digits to be sent as tones in the audio
};
[[nodiscard]] PathKind choose_path(const PathInputs& in);

// The audio format that a leg is expected to send: the one last seen, else the one we send to it,
// else the first it may send.  Null: no audio codec agreed.
[[nodiscard]] const call::Format* expected_format(const call::MediaParams& source,
                                                  const call::Format* seen);

[[nodiscard]] inline bool is_audio(call::Codec codec) {
  return codec != call::Codec::kTelephoneEvent && codec != call::Codec::kComfortNoise;
}

// May packets of one format be sent where the other is wanted?  Parameters of fmtp do not matter:
// every Opus decoder takes every Opus packet (RFC 7587 6.1), and the other codecs have none.
[[nodiscard]] inline bool is_same_stream(const call::Format& a, const call::Format& b) {
  return a.codec == b.codec && a.clock_hz == b.clock_hz;
}

}  // namespace pbx::media
