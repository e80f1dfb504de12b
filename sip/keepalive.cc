#include "sip/keepalive.h"

#include <fmt/format.h>

#include "sip/uri.h"

namespace pbx::sip {

bool is_behind_nat(const call::Binding& binding) {
  const auto uri = parse_uri(binding.contact_uri);
  if (!uri) return false;
  const auto ip = core::parse_ip(uri->host);
  const std::uint16_t port = uri->port ? uri->port : 5060;
  return !ip || *ip != binding.received.ip || port != binding.received.port;
}

void Keepalive::on_binding(Context& context, const call::BindingChanged& change) {
  const call::Binding& binding = change.binding;
  const auto known = targets_.find(binding.id);
  if (known != targets_.end()) {
    timers_.cancel(known->second.timer);
    targets_.erase(known);
  }
  using What = call::BindingChanged::What;
  const core::Duration period = context.profile().nat.keepalive;
  const bool gone = change.what == What::kRemoved || change.what == What::kExpired;
  if (gone || period.count() == 0 || binding.transport != call::Transport::kUdp ||
      !is_behind_nat(binding))
    return;
  Target& target = targets_[binding.id];
  target.binding = binding;
  target.timer = timers_.schedule(sip_now() + period, binding.id);
}

void Keepalive::run(Context& context, core::Instant now) {
  timers_.expire(now, [&](core::BindingId id) {
    const auto found = targets_.find(id);
    if (found == targets_.end()) return;
    send(context, found->second);
    found->second.timer = timers_.schedule(now + context.profile().nat.keepalive, id);
  });
}

void Keepalive::send(Context& context, Target& target) {
  const call::Binding& binding = target.binding;
  const auto local = context.transports.local_for(binding.transport, binding.received);
  if (!local) return;
  RequestText text{"OPTIONS", binding.contact_uri, {}, {}, {}};
  text.headers.add("From", fmt::format("<sip:{}>;tag={}", local->text(), new_tag(context)))
      .add("To", fmt::format("<{}>", binding.contact_uri))
      .add("Call-ID", context.random.hex(24))
      .add("CSeq", "1 OPTIONS")
      .add("Max-Forwards", "70")
      .add("Via", via_of(*local, binding.transport));
  msg_t* msg = make_request(context.agent, text);
  if (!msg) return;
  target.sent =
      Outgoing::send(context.agent, *context.listener, {binding.id.value, Purpose::kOptions},
                     hop_to(context, binding.received, binding.transport), msg);
  ++context.counters.requests_sent;
}

}  // namespace pbx::sip
