// tools/call_load/callee.h — the called side: ringing, answer, ACK, CANCEL, PRACK.
//
// Pure but for its context; owner: CallEngine.  States: kRinging -> kAnswered -> kUp, or
// kRinging -> kClosed.

#pragma once

#include "core/base/time.h"
#include "tools/call_load/call_context.h"

namespace pbx::call_load {

class Callee {
 public:
  explicit Callee(CallContext& context) : context_(context) {}

  // An INVITE was matched to the call.  REQUIRES: index, serial and phone of the leg are set.
  void begin(core::Instant now, Call& call, const SipMessage& invite, const Incoming& from);
  // Also for the caller's leg, when the server's re-INVITE was answered.
  void on_ack(Leg& leg, const SipMessage& ack);
  void on_cancel(core::Instant now, Call& call, const SipMessage& cancel, const Incoming& from);
  void on_prack(core::Instant now, Call& call, const SipMessage& prack, const Incoming& from);
  // Time to answer, or nothing more to wait for.
  void on_patience_over(core::Instant now, Call& call);
  // ACK or PRACK never came; also for the caller's leg after a re-INVITE of the server.
  void on_answer_timeout(core::Instant now, Call& call, Leg& leg);

 private:
  // False: refused.
  bool take_offer(core::Instant now, Call& call, const SipMessage& invite);
  void ring(core::Instant now, Leg& leg, const SipMessage& invite);
  void answer(core::Instant now, Call& call);
  void refuse(core::Instant now, Leg& leg, int status, std::string_view reason);
  // The SDP of the next message that must reach the caller: offer, answer or nothing.
  std::string next_sdp(Leg& leg);
  void take_answer(Leg& leg, std::string_view body);

  CallContext& context_;
};

}  // namespace pbx::call_load
