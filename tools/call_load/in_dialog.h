// tools/call_load/in_dialog.h — what both sides of a call do alike once there is a dialog.
//
// Pure but for its context; owner: CallEngine.  Requests of the server: BYE, re-INVITE and UPDATE
// (session refresh, hold), OPTIONS, INFO, NOTIFY; responses to our BYE, PRACK and CANCEL.

#pragma once

#include "core/base/time.h"
#include "tools/call_load/call_context.h"

namespace pbx::call_load {

class InDialog {
 public:
  explicit InDialog(CallContext& context) : context_(context) {}

  // Any request with our tag but ACK, CANCEL and PRACK.
  void on_request(core::Instant now, Call& call, Leg& leg, const SipMessage& request,
                  const Incoming& from);
  // A response to leg.request.
  void on_response(core::Instant now, Call& call, Leg& leg, const SipMessage& response);
  void on_request_timeout(Call& call, Leg& leg);

 private:
  void on_bye(core::Instant now, Call& call, Leg& leg, const SipMessage& bye, const Incoming& from);
  void on_reinvite(core::Instant now, Call& call, Leg& leg, const SipMessage& invite,
                   const Incoming& from);
  void on_update(Call& call, Leg& leg, const SipMessage& update, const Incoming& from);
  // Takes the server's new offer.  False: it does not have our codec.
  bool take_offer(Call& call, Leg& leg, std::string_view body);
  void end_bye(core::Instant now, const Call& call, Leg& leg);

  CallContext& context_;
};

}  // namespace pbx::call_load
