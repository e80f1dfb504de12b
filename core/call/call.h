// core/call/call.h — one call and its legs, as plain data.
//
// Owner: control.  The procedures (incoming, dialing, talking, ending, ...) work on these values;
// nothing of a call's behaviour is kept anywhere else, so a call can be written down and read back.
//
// Stages of a call:
//   kDialing  → kRinging → kTalking → kEnding     an ordinary call
//   kDialing  → kService → kEnding                echo, announcement
//   kDialing, kRinging → kFailing → kEnding       the caller hears the tone of its failure
//   any stage → kEnding when it fails; kEnding waits for the media reports, then the CDR is written

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/cause.h"
#include "core/base/ids.h"
#include "core/base/net.h"
#include "core/base/timers.h"
#include "core/call/cdr.h"
#include "core/call/event.h"
#include "core/call/media_plan.h"
#include "core/number/number.h"

namespace pbx::call {

struct Leg {
  enum class State : std::uint8_t { kCalling, kRinging, kAnswered, kEnded };

  core::LegId id;
  core::ProfileId profile;
  State state = State::kCalling;
  MediaPolicy policy;
  SrtpKey key;                            // ours, for the life of the leg
  core::SocketAddress local;              // RTP; port 0: none taken yet
  bool has_media = false;                 // the worker keeps a session; MediaClosed will come
  std::optional<AudioDescription> offer;  // waits for its answer: theirs, or ours (offer_is_ours)
  bool offer_is_ours = false;
  std::optional<Agreement> agreed;  // in force
  bool holds = false;               // this side has put the other on hold
  // Ours while it has left audio for T.38; `agreed` is what it comes back to.
  std::optional<AudioDescription> fax;
  CdrLeg record;

  [[nodiscard]] bool is_caller() const { return record.caller; }
  [[nodiscard]] bool is_over() const { return state == State::kEnded; }
};

// What plans see of a call, whose rights decide, and the trunks by which it may leave.
struct Outside {
  std::string payer;         // the extension whose rights and limits count; "" of a trunk's call
  std::string account_code;  // dialled before the number; never in a record or a log
  // Of the INVITE, those that rules may ask for.
  std::vector<std::pair<std::string, std::string>> headers;
  number::Number number;            // called
  number::Number caller;            // text "" if withheld
  std::string dialled;              // as the caller dialled, after the rewrites of his trunk
  std::vector<std::string> trunks;  // still to be tried, best first
  bool urgent = false;              // an emergency call
  bool is_counted = false;          // among what the caller's rights bound
};

struct Call {
  enum class Stage : std::uint8_t { kDialing, kRinging, kTalking, kService, kFailing, kEnding };

  core::CallId id;
  core::WorkerId worker;
  Stage stage = Stage::kDialing;
  std::vector<Leg> legs;         // the caller first; at most config.call.legs_max
  core::LegId peer;              // the called leg that won, once answered
  core::LegId fax_asker;         // has offered T.38 and waits for the other side
  core::LegId early;             // the called leg whose early media the caller hears
  core::PlaybackId playback;     // of a service, of ringback or of the tone of a failure
  core::TimerId timer;           // ring limit; length of the tone; wait for media reports
  std::string dialed_extension;  // the id of whom it rings now; differs from cdr.dialed after a 3xx
  std::uint32_t redirections = 0;
  std::uint8_t hops_left = 70;
  bool anonymous = false;             // the caller wants privacy
  std::vector<Diversion> diversions;  // the latest first
  std::string domain;                 // whose numbers it dials; "" the house
  std::uint32_t passages = 0;         // that it has taken from one domain into another
  Outside outside;
  std::optional<std::chrono::seconds> talk_max;  // by the rights of who pays
  std::optional<core::Cause> best_failure;       // of the contacts that failed so far
  core::RecordingId recording;                   // runs now
  Cdr cdr;

  [[nodiscard]] Leg& caller() { return legs.front(); }
  [[nodiscard]] const Leg& caller() const { return legs.front(); }
  [[nodiscard]] Leg* find(core::LegId leg);
  // The other side of a talk, or null while there is none.
  [[nodiscard]] Leg* other(core::LegId leg);
};

[[nodiscard]] std::string_view text(Call::Stage stage);

}  // namespace pbx::call
