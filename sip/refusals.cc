#include "sip/procedures.h"

namespace pbx::sip::refusals {
namespace {

// Known methods that we do not serve: 405; PUBLISH and the like.  Unknown ones: 501.
Response refusal(const Request& request) {
  Response response{501, {}, {}, {}, {}};
  switch (request.method()) {
    case sip_method_subscribe:  // no event package is served: RFC 6665 4.2.1.1
    case sip_method_publish:
      response.status = 489;
      break;
    case sip_method_refer:
    case sip_method_notify:
      response.status = 405;
      break;
    default:
      break;
  }
  response.headers.add("Allow", kAllowed);
  return response;
}

}  // namespace

void receive(Context& context, Request&& request) {
  Response response = refusal(request);
  reply_stateless(context, std::move(request), std::move(response));
}

void receive_in_dialog(Context& context, Leg& leg, Request&& request) {
  const Response response = refusal(request);
  Incoming transaction = accept(context, std::move(request));
  if (transaction) reply(context, &leg, transaction, response);
}

}  // namespace pbx::sip::refusals
