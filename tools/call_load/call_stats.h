// tools/call_load/call_stats.h — what a run adds up about its calls and SIP messages.
//
// Plain values; owner: the SIP thread.  Durations are nanoseconds.

#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "tools/call_load/histogram.h"

namespace pbx::call_load {

// Why a call did not go as planned.  The first cause of a call is the one that counts.
struct Failure {
  enum class Kind : std::uint8_t {
    kNone,
    kStatus,             // INVITE refused with a status of 300 to 699
    kRetryAfter,         // the same with Retry-After: the server shed load by plan
    kLoginRefused,       // 401 or 407 in spite of credentials, or a challenge unknown here
    kInviteTimeout,      // no response at all to the INVITE
    kSetupTimeout,       // provisional responses only, for --setup-timeout
    kBadSdp,             // an answer without a usable audio stream or without the codec
    kCalleeMissing,      // answered, but the callee's telephone never talked
    kAckTimeout,         // the callee's 200 was not acknowledged
    kEndedByServer,      // BYE before the planned end
    kHoldRefused,        // re-INVITE for hold or resume refused with a status
    kHoldTimeout,        // or without a response
    kByeTimeout,         // no response to BYE
    kByeMissing,         // BYE sent on one side, never arrived on the other
    kNoPort,             // no RTP port left here
    kRtpNone,            // packets were sent both ways, none arrived
    kRtpCallerToCallee,  // none arrived in this direction
    kRtpCalleeToCaller,
  };
  Kind kind = Kind::kNone;
  int status = 0;
};
[[nodiscard]] std::string to_text(const Failure& failure);  // "status_486"; the key in the report

struct MediaTotals {  // of one direction
  std::uint64_t sent = 0;
  std::uint64_t received = 0;  // unique marked packets, or all packets where marks do not survive
  std::uint64_t lost = 0;      // missing after the first that arrived
  std::uint64_t unheard = 0;   // missing before the first that arrived: the path was not up yet
  std::uint64_t reordered = 0, duplicated = 0;
  std::uint64_t crossed = 0;   // carried the mark of another call
  std::uint64_t unmarked = 0;  // not sent by the generator: announcements, ringing, transcoded

  void add(const MediaTotals& other);
};

struct CallStats {
  std::uint64_t attempted = 0, ok = 0, cancelled = 0, failed = 0;
  std::uint64_t established = 0;  // talked on both sides
  std::uint64_t concurrent_max = 0;
  std::uint64_t holds = 0;  // completed hold and resume
  std::map<std::string, std::uint64_t> failures;
  std::uint64_t matched_by_mark = 0, matched_by_pair = 0, matched_by_callee = 0, unmatched = 0;
  Histogram setup, ringing, bye;
  MediaTotals caller_to_callee, callee_to_caller;
};

struct RequestStats {  // registrations or OPTIONS
  std::uint64_t attempted = 0, ok = 0, failed = 0;
  std::map<std::string, std::uint64_t> failures;
  Histogram time;
};

struct SipCounters {
  std::uint64_t sent = 0, received = 0;
  std::uint64_t repeated = 0;          // of `sent`: retransmissions
  std::uint64_t repeats_received = 0;  // of `received`: answered again
  std::uint64_t malformed = 0, unexpected = 0;
  std::uint64_t dropped = 0;  // by --drop; not in `sent`
  std::uint64_t send_errors = 0;
};

}  // namespace pbx::call_load
