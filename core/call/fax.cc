#include "core/call/fax.h"

#include <utility>

#include "core/call/talking.h"

namespace pbx::call {
namespace {

constexpr std::uint16_t kNotAcceptable = 488;

AudioDescription fax_at(const Leg& leg, const FaxStream& fax) {
  AudioDescription description;
  description.rtp = leg.local;
  description.fax = fax;
  return description;
}

MediaParams params_of(const AudioDescription& remote) {
  MediaParams params;
  params.remote_rtp = remote.rtp;
  params.fax = true;
  return params;
}

// `ours` has been said or is going to be; `remote` is what they have said.
void enter_fax(Switchboard& board, Turn& turn, Call& call, Leg& leg, AudioDescription ours,
               const AudioDescription& remote) {
  leg.fax = std::move(ours);
  set_media(board, turn, call, leg, params_of(remote));
}

// Who waits for the other side's word on the fax it has offered; null: nobody.
Leg* asker_of(Call& call) {
  Leg* asker = call.fax_asker ? call.find(call.fax_asker) : nullptr;
  return asker == nullptr || asker->is_over() ? nullptr : asker;
}

}  // namespace

void on_fax_offered(Switchboard& board, Turn& turn, Call& call, Leg& leg,
                    const AudioDescription& offer) {
  Leg* other = call.stage == Call::Stage::kTalking ? call.other(leg.id) : nullptr;
  const bool can = other != nullptr && leg.policy.t38 && other->policy.t38 && !call.fax_asker &&
                   !other->offer && other->agreed;
  if (!can) return to_sip(turn, leg, SipRefuseOffer{leg.id, kNotAcceptable});
  if (leg.fax && other->fax) {  // the same again, or from another address
    set_media(board, turn, call, leg, params_of(offer));
    return to_sip(turn, leg, SipAnswerOffer{leg.id, *leg.fax});
  }
  call.fax_asker = leg.id;
  leg.offer = offer;
  other->offer = fax_at(*other, *offer.fax);
  other->offer_is_ours = true;
  to_sip(turn, *other, SipOffer{other->id, *other->offer});
}

bool on_fax_answered(Switchboard& board, Turn& turn, Call& call, Leg& leg,
                     const AudioDescription& answer) {
  if (!leg.offer || !leg.offer->fax) return false;
  Leg* asker = asker_of(call);
  if (!answer.fax) return on_fax_refused(turn, call, leg);
  call.fax_asker = {};
  leg.offer_is_ours = false;
  enter_fax(board, turn, call, leg, *std::exchange(leg.offer, std::nullopt), answer);
  if (asker == nullptr) return true;  // it only wanted to hear our offer again
  const AudioDescription offered = *std::exchange(asker->offer, std::nullopt);
  enter_fax(board, turn, call, *asker, fax_at(*asker, *answer.fax), offered);
  to_sip(turn, *asker, SipAnswerOffer{asker->id, *asker->fax});
  begin_segment(board, turn, call, Segment::Kind::kTalking, "fax");
  notice(turn, Notice::Level::kInfo, fmt::format("call={} leg={} fax by T.38", call.id, asker->id));
  return true;
}

bool on_fax_refused(Turn& turn, Call& call, Leg& leg) {
  if (!leg.offer || !leg.offer->fax) return false;
  Leg* asker = asker_of(call);
  call.fax_asker = {};
  leg.offer.reset();
  leg.offer_is_ours = false;
  if (asker == nullptr) return true;
  asker->offer.reset();
  to_sip(turn, *asker, SipRefuseOffer{asker->id, kNotAcceptable});
  notice(turn, Notice::Level::kInfo,
         fmt::format("call={} leg={} takes no T.38: fax goes on as audio", call.id, leg.id));
  return true;
}

void leave_fax(Switchboard& board, Turn& turn, Call& call, Leg& leg) {
  if (!std::exchange(leg.fax, std::nullopt)) return;
  begin_segment(board, turn, call, Segment::Kind::kTalking);
  Leg* other = call.other(leg.id);
  if (other == nullptr || !other->fax || other->offer) return;
  other->offer = offer_again(*other);
  other->offer_is_ours = true;
  to_sip(turn, *other, SipOffer{other->id, *other->offer});
}

}  // namespace pbx::call
