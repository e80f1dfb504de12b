#include "sip/procedures.h"

namespace pbx::sip::options {
namespace {

Response capabilities(const Context& context) {
  Response response{200, {}, {}, {}, {}};
  const bool reliable = context.profile().reliable_provisional != config::ReliableProvisional::kOff;
  const bool timer = context.profile().session_timer.mode != config::SessionTimerMode::kOff;
  response.headers.add("Allow", kAllowed)
      .add("Accept", "application/sdp, application/dtmf-relay, text/plain")
      .add("Accept-Encoding", "identity")
      .add_if(reliable || timer, "Supported",
              reliable && timer ? "100rel, timer, path"
              : reliable        ? "100rel, path"
                                : "timer, path");
  return response;
}

}  // namespace

void receive(Context& context, Request&& request) {
  reply_stateless(context, std::move(request), capabilities(context));
}

void receive_in_dialog(Context& context, Leg& leg, Request&& request) {
  Incoming transaction = accept(context, std::move(request));
  if (transaction) reply(context, &leg, transaction, capabilities(context));
}

}  // namespace pbx::sip::options
