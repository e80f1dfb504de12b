#include "tools/call_load/call_stats.h"

namespace pbx::call_load {

std::string to_text(const Failure& failure) {
  const std::string status = std::to_string(failure.status);
  switch (failure.kind) {
    case Failure::Kind::kNone:
      return "none";
    case Failure::Kind::kStatus:
      return "status_" + status;
    case Failure::Kind::kRetryAfter:
      return "status_" + status + "_retry_after";
    case Failure::Kind::kLoginRefused:
      return "login_refused";
    case Failure::Kind::kInviteTimeout:
      return "timeout_invite";
    case Failure::Kind::kSetupTimeout:
      return "timeout_setup";
    case Failure::Kind::kBadSdp:
      return "bad_sdp";
    case Failure::Kind::kCalleeMissing:
      return "callee_missing";
    case Failure::Kind::kAckTimeout:
      return "timeout_ack";
    case Failure::Kind::kEndedByServer:
      return "ended_by_server";
    case Failure::Kind::kHoldRefused:
      return "hold_status_" + status;
    case Failure::Kind::kHoldTimeout:
      return "timeout_hold";
    case Failure::Kind::kByeTimeout:
      return "timeout_bye";
    case Failure::Kind::kByeMissing:
      return "bye_missing";
    case Failure::Kind::kNoPort:
      return "no_rtp_port";
    case Failure::Kind::kRtpNone:
      return "rtp_none";
    case Failure::Kind::kRtpCallerToCallee:
      return "rtp_none_caller_to_callee";
    case Failure::Kind::kRtpCalleeToCaller:
      return "rtp_none_callee_to_caller";
  }
  return "unknown";
}

void MediaTotals::add(const MediaTotals& other) {
  sent += other.sent;
  received += other.received;
  lost += other.lost;
  unheard += other.unheard;
  reordered += other.reordered;
  duplicated += other.duplicated;
  crossed += other.crossed;
  unmarked += other.unmarked;
}

}  // namespace pbx::call_load
