#include "sip/procedures.h"

namespace pbx::sip::bye {

void send(Context& context, Leg& leg) {
  if (leg.bye) return;
  DialogRequest request{"BYE", Purpose::kBye, {}, {}, {}, 0};
  request.headers.add_if(!leg.end_reason.empty(), "Reason", leg.end_reason);
  leg.bye = send_in_dialog(context, leg, leg.dialog, request);
  if (!leg.bye) forget(context, leg);
}

void receive(Context& context, Leg& leg, Request&& request) {
  const sip_t* sip = request.sip;
  core::Cause cause = cause_of(sip, 200);
  if (cause.q850 == 0) cause = core::causes::normal_clearing();
  Incoming transaction = accept(context, std::move(request));
  if (!transaction) return;
  reply_status(context, &leg, transaction, 200);
  if (leg.offer_request) {
    reply_status(context, &leg, leg.offer_request, 487);
    leg.offer_request.reset();
  }
  // RFC 3261 15.1.2: an INVITE of theirs that is still open ends with 487.
  if (leg.state == LegState::kIncoming && leg.invite) reply_status(context, &leg, leg.invite, 487);
  const bool waits_for_bye = static_cast<bool>(leg.bye);
  end_leg(context, leg, std::move(cause));
  if (!waits_for_bye) forget(context, leg);
}

void on_response(Context& context, Leg& leg, const sip_t* sip) {
  if (sip->sip_status->st_status < 200) return;
  const Outgoing finished = std::move(leg.bye);  // `sip` belongs to it
  if (trunk_call::is_answerable(context, leg, sip)) return send(context, leg);
  forget(context, leg);
}

}  // namespace pbx::sip::bye
