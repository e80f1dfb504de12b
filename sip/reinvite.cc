#include "sip/glare.h"
#include "sip/procedures.h"

namespace pbx::sip::reinvite {
namespace {

bool is_busy(const Leg& leg) {
  return leg.state != LegState::kTalking || leg.awaits_ack || leg.offer_request || leg.offer_sent ||
         leg.glare || leg.session.phase() != OfferAnswer::Phase::kStable;
}

// INVITE, or UPDATE for a refresh if the other side has it: it needs no ACK.
void send_offer(Context& context, Leg& leg, std::string sdp) {
  const bool by_update = leg.refresh_only && leg.peer.update;
  DialogRequest request{by_update ? "UPDATE" : "INVITE",
                        by_update ? Purpose::kUpdate : Purpose::kReinvite,
                        dialog_headers(context, leg),
                        kSdpType,
                        std::move(sdp),
                        0};
  session_refresh::add_to_request(leg, request.headers);
  leg.offer_sent = send_in_dialog(context, leg, leg.dialog, request);
  leg.offer_cseq = leg.dialog.local_cseq;
  if (leg.offer_sent) return;
  leg.session.roll_back();
  leg.local = leg.local_before;
  if (!leg.refresh_only) emit(context, call::LegOfferRefused{leg.id, 503});
}

void send_description(Context& context, Leg& leg, const call::AudioDescription& description) {
  auto made = leg.session.make_offer(description);
  if (!made) {
    if (!leg.refresh_only) emit(context, call::LegOfferRefused{leg.id, 488});
    return;
  }
  leg.local_before = std::exchange(leg.local, description);
  send_offer(context, leg, std::move(made->text));
}

void on_accepted(Context& context, Leg& leg, const sip_t* sip) {
  leg.glares = 0;
  if (sip->sip_contact) leg.dialog.remote_target = uri_text(sip->sip_contact->m_url);
  const auto sdp = sdp_of(sip);
  const auto answer = sdp ? leg.session.receive_answer(*sdp)
                          : core::Result<RemoteSdp>(core::fail(core::ErrorCode::kCorrupt));
  session_refresh::accept_response(context, leg, sip);
  const bool was_refresh = std::exchange(leg.refresh_only, false);
  if (!answer || !answer->audio) {
    leg.session.roll_back();
    leg.local = leg.local_before;
    if (!was_refresh) emit(context, call::LegOfferRefused{leg.id, 488});
  } else if (!was_refresh || !answer->unchanged) {
    emit(context, call::LegOfferAnswered{leg.id, *answer->audio});
  }
  send_waiting(context, leg);
}

void on_glare(Context& context, Leg& leg) {
  leg.session.roll_back();
  if (!leg.next_offer && !leg.refresh_only) leg.next_offer = leg.local;
  leg.local = leg.local_before;
  if (++leg.glares > GlareRetry::kTriesMax) {
    leg.glares = 0;
    leg.next_offer.reset();
    if (!std::exchange(leg.refresh_only, false)) emit(context, call::LegOfferRefused{leg.id, 491});
    return;
  }
  leg.glare = true;
  set_timer(context, leg, LegTimer::kOfferRetry, glare_delay(!leg.is_incoming, context.random));
}

void on_refused(Context& context, Leg& leg, const sip_t* sip) {
  const auto status = static_cast<std::uint16_t>(sip->sip_status->st_status);
  leg.session.roll_back();
  leg.local = leg.local_before;
  const bool was_refresh = std::exchange(leg.refresh_only, false);
  // The dialog is gone on the other side (RFC 3261 12.2.1.2).
  if (status == 481 || status == 408) return hang_up(context, leg, cause_of(sip, status));
  // It said it had UPDATE: the next refresh is a re-INVITE.
  if (status == 405 || status == 501) leg.peer.update = false;
  if (was_refresh)
    session_refresh::on_refresh_refused(context, leg);
  else
    emit(context, call::LegOfferRefused{leg.id, status});
  send_waiting(context, leg);
}

}  // namespace

void receive(Context& context, Leg& leg, Request&& request) {
  const sip_t* sip = request.sip;
  Incoming transaction = accept(context, std::move(request));
  if (!transaction) return;
  if (leg.state == LegState::kEnded) return reply_status(context, &leg, transaction, 481);
  if (leg.state != LegState::kTalking) return offer_server::refuse_busy(context, leg, transaction);
  transaction.listen(*context.listener, leg.id);
  reply_status(context, &leg, transaction, 100);
  if (!session_refresh::accept_request(context, leg, transaction, sip)) return;
  if (sip->sip_contact) leg.dialog.remote_target = uri_text(sip->sip_contact->m_url);
  offer_server::receive(context, leg, std::move(transaction), sip);
}

void on_cancel(Context& context, Leg& leg) {
  leg.session.roll_back();
  reply_status(context, &leg, leg.offer_request, 487);
  leg.offer_request.reset();
  send_waiting(context, leg);
}

void offer(Context& context, Leg& leg, const call::AudioDescription& description) {
  if (leg.state == LegState::kEnded) return;
  if (is_busy(leg)) {
    leg.next_offer = description;
    return;
  }
  leg.refresh_only = false;
  send_description(context, leg, description);
}

bool refresh(Context& context, Leg& leg) {
  if (!leg.local || is_busy(leg)) return false;
  leg.refresh_only = true;
  send_description(context, leg, call::AudioDescription(*leg.local));
  return static_cast<bool>(leg.offer_sent);
}

void on_response(Context& context, Leg& leg, const sip_t* sip, bool by_update) {
  const int status = sip->sip_status->st_status;
  if (status < 200) return;
  if (status < 300 && !by_update)
    send_ack(context, leg, leg.dialog, sip->sip_cseq->cs_seq, leg.offer_sent.get());
  const Outgoing finished = std::move(leg.offer_sent);  // `sip` belongs to it
  if (leg.state != LegState::kTalking) return;
  const bool is_challenge = trunk_call::is_answerable(context, leg, sip);
  if (status < 300) return on_accepted(context, leg, sip);
  if (status == 491) return on_glare(context, leg);
  if (is_challenge || (status == 422 && session_refresh::accept_too_small(leg, sip))) {
    leg.session.roll_back();
    const call::AudioDescription again = *std::exchange(leg.local, leg.local_before);
    return send_description(context, leg, again);
  }
  on_refused(context, leg, sip);
}

void on_retry(Context& context, Leg& leg) {
  leg.glare = false;
  if (std::exchange(leg.refresh_only, false) && !leg.next_offer) {
    if (!refresh(context, leg)) session_refresh::on_refresh_failed(context, leg);
    return;
  }
  send_waiting(context, leg);
}

void send_waiting(Context& context, Leg& leg) {
  if (!leg.next_offer || is_busy(leg)) return;
  leg.refresh_only = false;
  const call::AudioDescription description = *std::exchange(leg.next_offer, std::nullopt);
  send_description(context, leg, description);
}

}  // namespace pbx::sip::reinvite
