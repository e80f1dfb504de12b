#include "sip/message_service.h"

#include <fmt/format.h>

#include "sip/identity.h"
#include "sip/uri.h"

namespace pbx::sip {
namespace {

core::Result<RequestText> write(Context& context, const call::SipMessage& command) {
  const auto local = context.transports.local_for(command.transport, command.next_hop);
  if (!local) return core::fail(core::ErrorCode::kUnavailable);
  const std::string host = context.profile().realm;
  RequestText text{"MESSAGE", command.target_uri, {}, command.content_type, command.body};
  text.headers
      .add("From", fmt::format("{};tag={}",
                               name_address(command.from.name,
                                            fmt::format("sip:{}@{}",
                                                        escape_user(command.from.number), host)),
                               new_tag(context)))
      .add("To", fmt::format("<sip:{}@{}>", escape_user(command.to), host))
      .add("Call-ID", context.random.hex(24))
      .add("CSeq", "1 MESSAGE")
      .add("Max-Forwards", fmt::format("{}", context.profile().max_forwards))
      .add("Via", via_of(*local, command.transport))
      .add("User-Agent", context.config->server.user_agent);
  return text;
}

}  // namespace

void MessageService::receive(Context& context, Request&& request, const config::Extension& from) {
  const sip_t* sip = request.sip;
  const Body body = body_of(sip);
  if (body.text.size() > call::kMessageBytesMax)
    return reply_stateless(context, std::move(request), {413, {}, {}, {}, {}});
  if (received_.size() >= kMessagesWaitingMax || context.sink->is_busy())
    return reply_stateless(context, std::move(request), {503, {}, {}, {}, {}});
  call::MessageReceived event;
  event.request = context.ids.make<core::RequestId>();
  event.profile = context.options.id;
  event.from = caller_of(sip, from);
  event.domain = from.domain;
  event.to = user_of(sip->sip_request->rq_url);
  event.content_type = std::string(body.type);
  event.body = std::string(body.text);
  Incoming transaction = accept(context, std::move(request));
  if (!transaction) return;
  received_.emplace(event.request,
                    Waiting{std::move(transaction),
                            sip_now() + context.profile().timers.transaction_life * 3 / 4});
  emit(context, std::move(event));
}

void MessageService::reply(Context& context, const call::SipMessageReply& command) {
  const auto found = received_.find(command.request);
  if (found == received_.end()) return;
  reply_status(context, nullptr, found->second.transaction, command.status);
  received_.erase(found);
}

void MessageService::send(Context& context, const call::SipMessage& command) {
  const auto text = sent_.size() < kMessagesWaitingMax
                        ? write(context, command)
                        : core::Result<RequestText>(core::fail(core::ErrorCode::kLimitReached));
  msg_t* msg = text ? make_request(context.agent, *text) : nullptr;
  const Hop hop = command.next_hop ? hop_to(context, command.next_hop, command.transport) : Hop{};
  Outgoing sent = msg ? Outgoing::send(context.agent, *context.listener,
                                       {command.request.value, Purpose::kMessage}, hop, msg)
                      : Outgoing();
  if (!sent) return emit(context, call::MessageSent{command.request, 503});
  ++context.counters.requests_sent;
  sent_.emplace(command.request, std::move(sent));
}

void MessageService::on_response(Context& context, core::RequestId request, const sip_t* sip) {
  const int status = sip->sip_status->st_status;
  const auto found = sent_.find(request);
  if (status < 200 || found == sent_.end()) return;
  const Outgoing finished = std::move(found->second);  // `sip` belongs to it
  sent_.erase(found);
  emit(context, call::MessageSent{request, static_cast<std::uint16_t>(status)});
}

void MessageService::expire(Context& context, core::Instant now) {
  while (!received_.empty() && received_.begin()->second.deadline <= now) {
    reply_status(context, nullptr, received_.begin()->second.transaction, 480);
    received_.erase(received_.begin());
  }
}

std::optional<core::Instant> MessageService::next_deadline() const {
  return received_.empty() ? std::nullopt : std::optional(received_.begin()->second.deadline);
}

}  // namespace pbx::sip
