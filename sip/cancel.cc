#include "sip/procedures.h"

namespace pbx::sip::cancel {

void receive(Context& context, Leg& leg, const sip_t* sip) {
  if (leg.state != LegState::kIncoming) return;  // answered already: the CANCEL came too late
  core::Cause cause = cause_of(sip, 487);
  if (cause.q850 == 0) cause.q850 = core::causes::cancelled().q850;
  if (cause.text.empty()) cause.text = core::causes::cancelled().text;
  if (leg.offer_request) {
    reply_status(context, &leg, leg.offer_request, 487);
    leg.offer_request.reset();
  }
  reply_status(context, &leg, leg.invite, 487);
  end_leg(context, leg, std::move(cause));
  forget(context, leg);
}

void send(Context& context, Leg& leg, const core::Cause& cause) {
  leg.cancelled = true;
  const std::string reason = reason_header(cause);
  // nta holds the CANCEL back until the first provisional response (RFC 3261 9.1).
  nta_outgoing_tcancel(leg.client_invite.get(), nullptr, nullptr,
                       TAG_IF(!reason.empty(), SIPTAG_REASON_STR(reason.c_str())), TAG_END());
  ++context.counters.requests_sent;
  end_leg(context, leg, cause);
}

}  // namespace pbx::sip::cancel
