#include <fmt/format.h>

#include "sip/procedures.h"

namespace pbx::sip::offer_server {
namespace {

constexpr unsigned kRetryAfterMax = 10;  // seconds, RFC 3261 14.2

void refuse_now(Context& context, Leg& leg, Incoming& transaction, int status) {
  Response response{status, {}, {}, {}, {}};
  if (status == 500)
    response.headers.add("Retry-After",
                         fmt::format("{}", context.random.below(kRetryAfterMax + 1)));
  reply(context, &leg, transaction, response);
}

// The 2xx to an INVITE is followed by an ACK; other requests are over with it.
void accept_with(Context& context, Leg& leg, Incoming&& transaction, std::string sdp) {
  Response response{200, {}, dialog_headers(context, leg), kSdpType, std::move(sdp)};
  session_refresh::add_to_response(leg, response.headers);
  const bool is_invite = nta_incoming_method(transaction.get()) == sip_method_invite;
  reply(context, &leg, transaction, response);
  if (is_invite) {
    leg.awaits_ack = true;
    leg.invite = std::move(transaction);
    leg.invite.listen(*context.listener, leg.id);
  }
  session_refresh::on_answered(context, leg);
  if (!is_invite) reinvite::send_waiting(context, leg);
}

// The same description again: a refresh, or a check that we are alive.
bool answer_unchanged(Context& context, Leg& leg, Incoming& transaction) {
  if (!leg.local) return false;
  auto made = leg.session.make_answer(*leg.local);
  if (!made) return false;
  accept_with(context, leg, std::move(transaction), std::move(made->text));
  return true;
}

void take_offer(Context& context, Leg& leg, Incoming&& transaction, std::string_view sdp) {
  const auto offer = leg.session.receive_offer(sdp);
  if (!offer) {
    ++context.counters.malformed;
    return refuse_now(context, leg, transaction, 400);
  }
  if (!offer->audio) {
    leg.session.roll_back();
    return refuse_now(context, leg, transaction, 488);
  }
  if (offer->unchanged && answer_unchanged(context, leg, transaction)) return;
  leg.offer_request = std::move(transaction);
  leg.offer_wanted = false;
  emit(context, call::LegOffered{leg.id, offer->audio});
}

}  // namespace

void receive(Context& context, Leg& leg, Incoming&& transaction, const sip_t* sip) {
  if (leg.offer_request || leg.awaits_ack) return refuse_now(context, leg, transaction, 500);
  if (leg.offer_sent && !leg.glare) return refuse_now(context, leg, transaction, 491);
  switch (leg.session.phase()) {
    case OfferAnswer::Phase::kLocalOffer:
      return refuse_now(context, leg, transaction, 491);
    case OfferAnswer::Phase::kRemoteOffer:
      return refuse_now(context, leg, transaction, 500);
    case OfferAnswer::Phase::kStable:
      break;
  }
  if (const auto sdp = sdp_of(sip)) return take_offer(context, leg, std::move(transaction), *sdp);
  leg.offer_request = std::move(transaction);
  leg.offer_wanted = true;
  emit(context, call::LegOffered{leg.id, std::nullopt});
}

void answer(Context& context, Leg& leg, const call::AudioDescription& description) {
  if (!leg.offer_request) return;
  auto made =
      leg.offer_wanted ? leg.session.make_offer(description) : leg.session.make_answer(description);
  if (!made) return refuse(context, leg, 488);
  leg.local = description;
  leg.offer_in_2xx = leg.offer_wanted;
  accept_with(context, leg, std::exchange(leg.offer_request, {}), std::move(made->text));
}

void refuse_busy(Context& context, Leg& leg, Incoming& transaction) {
  refuse_now(context, leg, transaction, 500);
}

void refuse(Context& context, Leg& leg, int status) {
  if (!leg.offer_request) return;
  Incoming transaction = std::exchange(leg.offer_request, {});
  leg.session.roll_back();
  refuse_now(context, leg, transaction, status);
  reinvite::send_waiting(context, leg);
}

}  // namespace pbx::sip::offer_server
