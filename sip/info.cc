#include "sip/dtmf_info.h"
#include "sip/procedures.h"

namespace pbx::sip::info {
void receive(Context& context, Leg& leg, Request&& request) {
  const Body body = body_of(request.sip);
  const InfoKind kind = info_kind(body.type, body.text);
  const auto digit =
      kind == InfoKind::kDigit ? parse_dtmf_info(body.type, body.text) : std::nullopt;
  Incoming transaction = accept(context, std::move(request));
  if (!transaction) return;
  if (leg.state == LegState::kEnded) return reply_status(context, &leg, transaction, 481);
  if (kind == InfoKind::kDigit && !digit) return reply_status(context, &leg, transaction, 400);
  if (kind == InfoKind::kOther) {
    Response response{415, {}, {}, {}, {}};
    response.headers.add("Accept", "application/dtmf-relay, application/dtmf");
    return reply(context, &leg, transaction, response);
  }
  reply_status(context, &leg, transaction, 200);
  if (digit) emit(context, call::LegInfoDigit{leg.id, digit->digit, digit->duration});
}

void send(Context& context, Leg& leg, const call::SipDigit& command) {
  if (leg.state != LegState::kTalking) return;
  DialogRequest request{"INFO",
                        Purpose::kInfo,
                        {},
                        kDtmfRelayType,
                        format_dtmf_relay(command.digit, command.duration),
                        0};
  keep(leg, send_in_dialog(context, leg, leg.dialog, request));
}

}  // namespace pbx::sip::info
