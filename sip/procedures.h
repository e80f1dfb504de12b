// sip/procedures.h — the SIP procedures, one .cc each.  Every function does one step and returns;
// what comes back later arrives at another function here.
//
// SIP thread.  A `Request` is moved in and always answered or dropped.  `sip` lives as long as the
// call.

#pragma once

#include <cstdint>

#include "sip/context.h"

namespace pbx::sip {

// invite_server.cc: the INVITE that makes an incoming leg (RFC 3261 13.3)
namespace invite_server {
// Who calls: one of the two, as the configuration has it.
struct Caller {
  const config::Extension* extension = nullptr;
  const config::Trunk* trunk = nullptr;
};
void receive(Context& context, Request&& request, const Caller& caller);
void progress(Context& context, Leg& leg, const call::SipProgress& command);
void answer(Context& context, Leg& leg, const call::SipAnswer& command);
void refuse(Context& context, Leg& leg, const call::SipEnd& command);
void on_ack(Context& context, Leg& leg, const sip_t* sip);
void on_no_ack(Context& context, Leg& leg);
// The other side never sent PRACK: nta refuses the INVITE.
void on_no_prack(Context& context, Leg& leg);
void on_prack_done(Context& context, Leg& leg);  // sends what waited for the PRACK
}  // namespace invite_server

// cancel.cc
namespace cancel {
void receive(Context& context, Leg& leg, const sip_t* sip);
void send(Context& context, Leg& leg, const core::Cause& cause);
}  // namespace cancel

// invite_client.cc: the INVITE of an outgoing leg (RFC 3261 13.2)
namespace invite_client {
void start(Context& context, const call::SipInvite& command);
// In a new dialog, to where leg.wanted now says; the transaction before it is forgotten.
bool send_again(Context& context, Leg& leg);
// In the same dialog, after a refusal that the next one avoids.
bool repeat(Context& context, Leg& leg);
void on_response(Context& context, Leg& leg, const sip_t* sip);
void on_timeout(Context& context, Leg& leg);
}  // namespace invite_client

// trunk_call.cc: the INVITE of an outgoing leg that goes by a trunk
namespace trunk_call {
// Of the server that is wanted now.  Errors: kUnavailable.
[[nodiscard]] core::Result<Dialog> dialog_of(Context& context, const WantedInvite& wanted);
[[nodiscard]] std::string request_uri(const TrunkTarget& target, std::string_view number);
void add_identity(Context& context, const Leg& leg, HeaderText& headers);
void add_credentials(Context& context, Leg& leg, RequestText& request);
void watch(Context& context, Leg& leg);     // an answer is due
void on_heard(Context& context, Leg& leg);  // any answer came
// nta gave up with `sip`.  Returns why; "": it is not the first that was heard of the INVITE.
std::string on_unheard(Context& context, Leg& leg, const sip_t* sip);
// True: `sip` is a challenge and the INVITE went again with an answer to it.
bool answer_challenge(Context& context, Leg& leg, const sip_t* sip);
// True: `sip` is a challenge to a request of the dialog that is worth sending again.
bool is_answerable(Context& context, Leg& leg, const sip_t* sip);
// True: the server failed with `status` and the INVITE went to the next one.
bool try_elsewhere(Context& context, Leg& leg, int status);
void on_no_answer(Context& context, Leg& leg);
}  // namespace trunk_call

// prack.cc (RFC 3262)
namespace prack {
void receive(Context& context, Leg& leg, nta_incoming_t* transaction, const sip_t* sip);
void send(Context& context, Leg& leg, EarlyDialog& early, const sip_t* response);
}  // namespace prack

// reinvite.cc: offers inside the dialog by INVITE (RFC 3261 14)
namespace reinvite {
void receive(Context& context, Leg& leg, Request&& request);
void on_cancel(Context& context, Leg& leg);  // theirs, before control answered it
// Sends an offer of ours, or keeps it until the session is free for it.
void offer(Context& context, Leg& leg, const call::AudioDescription& description);
// Says again what was said; false if nothing could be sent now.
bool refresh(Context& context, Leg& leg);
void on_response(Context& context, Leg& leg, const sip_t* sip, bool by_update);
void on_retry(Context& context, Leg& leg);
void send_waiting(Context& context, Leg& leg);  // the offer kept earlier, if any
}  // namespace reinvite

// offer_server.cc: an offer of theirs, whichever request carried it
namespace offer_server {
// Takes the offer in `sip` (or its absence, for an INVITE) of `transaction`, which is answered at
// once or when control has decided.
void receive(Context& context, Leg& leg, Incoming&& transaction, const sip_t* sip);
void answer(Context& context, Leg& leg, const call::AudioDescription& description);
void refuse(Context& context, Leg& leg, int status);
// 500 with Retry-After: another INVITE or offer of theirs is still open (RFC 3261 14.2).
void refuse_busy(Context& context, Leg& leg, Incoming& transaction);
}  // namespace offer_server

// update.cc (RFC 3311)
namespace update {
void receive(Context& context, Leg& leg, Request&& request);
}  // namespace update

// bye.cc
namespace bye {
void send(Context& context, Leg& leg);  // with the leg's end_reason
void receive(Context& context, Leg& leg, Request&& request);
void on_response(Context& context, Leg& leg, const sip_t* sip);
}  // namespace bye

// info.cc: DTMF digits (application/dtmf-relay, application/dtmf)
namespace info {
void receive(Context& context, Leg& leg, Request&& request);
void send(Context& context, Leg& leg, const call::SipDigit& command);
}  // namespace info

// options.cc
namespace options {
void receive(Context& context, Request&& request);  // outside a dialog
void receive_in_dialog(Context& context, Leg& leg, Request&& request);
}  // namespace options

// refusals.cc: requests that are understood and not served
namespace refusals {
// 501 for methods we do not know, 405 for those that we know and do not allow here.
void receive(Context& context, Request&& request);
void receive_in_dialog(Context& context, Leg& leg, Request&& request);
}  // namespace refusals

// session_refresh.cc (RFC 4028)
namespace session_refresh {
[[nodiscard]] SessionTimerOptions options_of(const config::SessionTimer& wish);
// Reads the headers of their request; false if it was answered with 422.
bool accept_request(Context& context, Leg& leg, Incoming& transaction, const sip_t* sip);
void add_to_response(const Leg& leg, HeaderText& headers);
void on_answered(Context& context, Leg& leg);  // the 2xx went out
void add_to_request(const Leg& leg, HeaderText& headers);
void accept_response(Context& context, Leg& leg, const sip_t* sip);
// True if the request is worth repeating with the interval that the 422 asked for.
bool accept_too_small(Leg& leg, const sip_t* sip);
void on_refresh_failed(Context& context, Leg& leg);
void on_refresh_refused(Context& context, Leg& leg);
void on_due(Context& context, Leg& leg);
}  // namespace session_refresh

}  // namespace pbx::sip
