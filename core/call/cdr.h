// core/call/cdr.h — the call detail record: what is left of a call when it is over.
//
// Plain value.  Exactly one per CallId, whatever happens, kill -9 included: control sends the
// record so far to the store when a call begins and when it is answered (the journal), and the
// whole one at the end; the store turns journal entries without an end into records with the
// cause "interrupted" at the next start.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/cause.h"
#include "core/base/ids.h"
#include "core/base/wall_time.h"
#include "core/call/media_command.h"

namespace pbx::call {

struct Party {
  std::string number;
  std::string name;  // display name, UTF-8, or ""
  friend bool operator==(const Party&, const Party&) = default;
};

enum class Outcome : std::uint8_t {
  kAnswered,
  kNoAnswer,  // rang until the limit
  kBusy,
  kCancelled,    // the caller gave up before an answer
  kRefused,      // the called side or a rule said no
  kFailed,       // it could not be tried: unknown number, not registered, no codec, no port
  kInterrupted,  // the daemon ended during the call
};
enum class EndedBy : std::uint8_t { kCaller, kCalled, kExchange };

// A part of a call with one state, for reports.
struct Segment {
  enum class Kind : std::uint8_t { kDialing, kRinging, kTalking, kHeld, kService };
  Kind kind = Kind::kDialing;
  core::WallTime from, until;
  std::string detail;  // the service's name; who holds; else ""
};

struct CdrLeg {
  core::LegId leg;
  bool caller = false;
  std::string extension;  // "" if not one of ours
  std::string trunk;      // it came or went by; "" if none
  Party party;
  std::string contact;  // URI dialled or calling
  std::string peer;     // address signalling came from or went to
  std::string user_agent;
  std::string sip_call_id;
  std::string diversion;  // the last diverting number, or ""
  core::WallTime started;
  std::optional<core::WallTime> ringing, answered;
  core::WallTime ended;
  core::Cause cause;
  std::optional<MediaReport> media;  // missing if the leg never had media
};

struct Cdr {
  core::CallId id;
  core::CallId chain;  // the first call of a chain of transfers; itself at first
  core::WallTime started;
  std::optional<core::WallTime> answered;
  core::WallTime ended;  // when it failed, although its caller may hear a tone after it
  Party caller;
  std::string dialed;  // as the caller dialled
  Party called;        // who answered; else whom it was for
  Outcome outcome = Outcome::kFailed;
  EndedBy ended_by = EndedBy::kExchange;
  core::Cause cause;
  std::vector<CdrLeg> legs;       // bounded by call.legs_max
  std::vector<Segment> segments;  // bounded by call.segments_max; the last one then grows
  std::vector<core::RecordingId> recordings;
  std::uint32_t digits = 0;  // how many were heard; never which
};

[[nodiscard]] std::string_view text(Outcome outcome);     // "answered", "no_answer", ...
[[nodiscard]] std::string_view text(EndedBy ended_by);    // "caller", "called", "exchange"
[[nodiscard]] std::string_view text(Segment::Kind kind);  // "dialing", ...

// One row of the catalogue of recordings.
struct Recording {
  core::RecordingId id;
  core::CallId call;
  core::CallId chain;
  std::string token;  // unguessable, 128 bits in base64url: the link
  core::WallTime started;
  std::string left, right;  // numbers heard on each side
  std::string path;         // relative to the recording directory
  std::chrono::milliseconds duration{0};
  std::uint64_t size_bytes = 0;
  std::string sha256;     // hex; "" while it is being recorded
  bool complete = false;  // false while recording, and for ever if something was lost
  std::string problem;    // why not complete
};

}  // namespace pbx::call
