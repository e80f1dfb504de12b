#include <fmt/format.h>

#include "sip/procedures.h"

namespace pbx::sip::prack {
namespace {

// The answer to the offer in our reliable 18x: the INVITE came without one.
void take_answer(Context& context, Leg& leg, Incoming& transaction, const sip_t* sip) {
  const auto sdp = sdp_of(sip);
  const auto answer = sdp ? leg.session.receive_answer(*sdp)
                          : core::Result<RemoteSdp>(core::fail(core::ErrorCode::kCorrupt));
  if (!answer || !answer->audio) {
    reply_status(context, &leg, transaction, 488);
    reply_status(context, &leg, leg.invite, 488);
    end_leg(context, leg, core::causes::not_acceptable());
    return forget(context, leg);
  }
  reply(context, &leg, transaction, {200, {}, dialog_headers(context, leg), {}, {}});
  emit(context, call::LegOfferAnswered{leg.id, *answer->audio});
}

}  // namespace

void receive(Context& context, Leg& leg, nta_incoming_t* raw, const sip_t* sip) {
  Incoming transaction(raw);
  ++context.counters.requests_received;
  static_cast<void>(accept_cseq(leg.dialog, sip->sip_cseq->cs_seq));
  if (leg.session.phase() == OfferAnswer::Phase::kLocalOffer)
    take_answer(context, leg, transaction, sip);
  else if (sdp_of(sip))
    offer_server::receive(context, leg, std::move(transaction), sip);
  else
    reply(context, &leg, transaction, {200, {}, dialog_headers(context, leg), {}, {}});
  if (leg.state == LegState::kIncoming) invite_server::on_prack_done(context, leg);
}

void send(Context& context, Leg& leg, EarlyDialog& early, const sip_t* response) {
  DialogRequest request{"PRACK", Purpose::kPrack, {}, {}, {}, 0};
  request.headers.add("RAck", fmt::format("{} {} INVITE", response->sip_rseq->rs_response,
                                          response->sip_cseq->cs_seq));
  keep(leg, send_in_dialog(context, leg, early.dialog, request));
}

}  // namespace pbx::sip::prack
