#include "core/call/messages.h"

#include <algorithm>

namespace pbx::call {
namespace {

void reply(Turn& turn, core::ProfileId profile, core::RequestId request, std::uint16_t status) {
  turn.out.push_back(ToSip{profile, SipMessageReply{request, status}});
}

std::uint16_t refusal(const Switchboard& board, const MessageReceived& event, const std::string& to,
                      const std::vector<Binding>& bindings) {
  if (board.extension(to) == nullptr) return 404;
  if (event.body.size() > kMessageBytesMax) return 413;
  if (board.messages.size() >= kMessagesMax) return 503;
  return bindings.empty() ? 480 : 0;
}

SipMessage message_for(const Binding& binding, const MessageReceived& event, core::RequestId id) {
  return {id,       binding.contact_uri, binding.received, binding.transport, event.from,
          event.to, event.content_type,  event.body};
}

std::string_view verb(BindingChanged::What what) {
  switch (what) {
    case BindingChanged::What::kAdded:
      return "registered";
    case BindingChanged::What::kChanged:
      return "changed";
    case BindingChanged::What::kRemoved:
      return "unregistered";
    case BindingChanged::What::kExpired:
      break;
  }
  return "expired";
}

}  // namespace

void on(Switchboard& board, Turn& turn, const BindingChanged& event) {
  board.locations.apply(event);
  const Binding& binding = event.binding;
  const bool is_news = event.what != BindingChanged::What::kChanged;
  notice(turn, is_news ? Notice::Level::kInfo : Notice::Level::kDebug,
         fmt::format("extension={} {} from={} agent=\"{}\"", binding.extension, verb(event.what),
                     binding.received.text(), binding.user_agent));
}

void on(Switchboard& board, Turn& turn, const MessageReceived& event) {
  const std::string to = config::extension_id(event.to, event.domain);
  std::vector<Binding> bindings = board.locations.find(to);
  if (const std::uint16_t status = refusal(board, event, to, bindings); status != 0)
    return reply(turn, event.profile, event.request, status);
  const std::size_t most = std::min<std::size_t>(bindings.size(), board.config->call.forks_max);
  bindings.resize(most);
  const auto id = board.other_ids.make<core::RequestId>();
  board.messages.emplace(id, Switchboard::Relayed{event.request, event.profile, most});
  for (const Binding& binding : bindings)
    turn.out.push_back(ToSip{binding.profile, message_for(binding, event, id)});
}

void on(Switchboard& board, Turn& turn, const MessageSent& event) {
  const auto found = board.messages.find(event.request);
  if (found == board.messages.end()) return;
  const bool taken = event.status >= 200 && event.status < 300;
  if (--found->second.waiting > 0 && !taken) return;
  reply(turn, found->second.profile, found->second.asked, taken ? 200 : event.status);
  board.messages.erase(found);
}

}  // namespace pbx::call
