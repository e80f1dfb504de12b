#include "core/call/digits.h"

namespace pbx::call {
namespace {

constexpr std::uint32_t kDigitsCountedMax = 10'000;  // of one call; beyond it they only pass

void carry(Turn& turn, Call& call, core::LegId from, char digit,
           std::chrono::milliseconds duration) {
  Leg* other = call.other(from);
  if (other == nullptr || other->is_over() || !other->agreed) return;
  if (other->agreed->params.dtmf == DtmfMode::kInfo)
    to_sip(turn, *other, SipDigit{other->id, digit, duration});
  else
    to_media(turn, call, MediaSendDigit{other->id, digit, duration});
}

// Which digit it was is not logged and not kept: it may be a PIN.
void count(Call& call) {
  if (call.cdr.digits < kDigitsCountedMax) ++call.cdr.digits;
}

}  // namespace

void on(Switchboard& board, Turn& turn, const MediaDigit& event) {
  Call* call = board.find_by_leg(event.leg);
  if (call == nullptr || call->stage == Call::Stage::kEnding) return;
  count(*call);
  if (!event.forwarded) carry(turn, *call, event.leg, event.digit, event.duration);
}

void on(Switchboard& board, Turn& turn, const LegInfoDigit& event) {
  Call* call = board.find_by_leg(event.leg);
  if (call == nullptr || call->stage == Call::Stage::kEnding) return;
  count(*call);
  carry(turn, *call, event.leg, event.digit, event.duration);
}

}  // namespace pbx::call
