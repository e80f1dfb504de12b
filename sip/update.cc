#include "sip/procedures.h"

namespace pbx::sip::update {

void receive(Context& context, Leg& leg, Request&& request) {
  const sip_t* sip = request.sip;
  Incoming transaction = accept(context, std::move(request));
  if (!transaction) return;
  if (leg.state == LegState::kEnded) return reply_status(context, &leg, transaction, 481);
  if (!session_refresh::accept_request(context, leg, transaction, sip)) return;
  if (sip->sip_contact) leg.dialog.remote_target = uri_text(sip->sip_contact->m_url);
  if (sdp_of(sip)) return offer_server::receive(context, leg, std::move(transaction), sip);
  Response response{200, {}, dialog_headers(context, leg), {}, {}};
  session_refresh::add_to_response(leg, response.headers);
  reply(context, &leg, transaction, response);
  session_refresh::on_answered(context, leg);
}

}  // namespace pbx::sip::update
