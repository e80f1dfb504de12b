// tools/call_load/caller.h — the calling side: INVITE, login, PRACK, answer, CANCEL, hold.
//
// Pure but for its context; owner: CallEngine.  One object serves all calls; the state of a call is
// in Call.  States: kInviting -> kUp -> kBye/kClosed, or kInviting -> kClosed.

#pragma once

#include "core/base/time.h"
#include "tools/call_load/call_context.h"

namespace pbx::call_load {

class Caller {
 public:
  explicit Caller(CallContext& context) : context_(context) {}

  // Sends the first INVITE.  REQUIRES: phone, target, peer and Call-ID of the leg are set.
  void begin(core::Instant now, Call& call);
  void on_invite_response(core::Instant now, Call& call, const SipMessage& response);
  // The INVITE or re-INVITE was never answered.
  void on_invite_timeout(core::Instant now, Call& call);
  // The call is not wanted any more: CANCEL, as soon as a provisional response allows it.
  void cancel(core::Instant now, Call& call);
  // Time is up for the setup.
  void on_patience_over(core::Instant now, Call& call);

  // Sends a re-INVITE that puts the call on hold or takes it off.
  void change_direction(core::Instant now, Call& call, Direction direction);

 private:
  void on_provisional(core::Instant now, Call& call, const SipMessage& response);
  void on_success(core::Instant now, Call& call, const SipMessage& response);
  void on_late_success(core::Instant now, Leg& leg, const SipMessage& response);
  void on_answered(core::Instant now, Call& call, const SipMessage& response);
  void on_refused(core::Instant now, Call& call, const SipMessage& response);
  void on_direction_changed(core::Instant now, Call& call, int status);
  void acknowledge_provisional(core::Instant now, Call& call, const SipMessage& response);
  // Takes the SDP of a response or of the far side's offer.  False: unusable.
  bool take_sdp(Leg& leg, std::string_view body);

  CallContext& context_;
};

}  // namespace pbx::call_load
