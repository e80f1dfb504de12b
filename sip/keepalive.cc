#include "sip/keepalive.h"

#include <utility>

#include <fmt/format.h>

#include "sip/uri.h"

namespace pbx::sip {

bool is_behind_nat(const call::Binding& binding) {
  const auto uri = parse_uri(binding.contact_uri);
  if (!uri) return false;
  const auto ip = core::parse_ip(uri->host);
  if (!ip || *ip != binding.received.ip) return true;
  const std::uint16_t port = uri->port ? uri->port : 5060;
  return binding.transport == call::Transport::kUdp && port != binding.received.port;
}

void Keepalive::on_binding(Context& context, const call::BindingChanged& change) {
  using What = call::BindingChanged::What;
  remove(change.binding.id);
  if (change.what == What::kAdded || change.what == What::kChanged) add(context, change.binding);
}

void Keepalive::apply(Context& context, const std::vector<call::Binding>& bindings) {
  const core::Duration period = context.profile().nat.keepalive;
  if (period == std::exchange(period_, period)) return;
  for (const call::Binding& binding : bindings) {
    remove(binding.id);
    add(context, binding);
  }
}

void Keepalive::add(Context& context, const call::Binding& binding) {
  if (period_.count() == 0 || !is_behind_nat(binding)) return;
  const auto half = static_cast<std::uint64_t>(period_.count() / 2);
  const core::Duration early(static_cast<core::Duration::rep>(context.random.below(half + 1)));
  Target& target = targets_[binding.id];
  target.binding = binding;
  target.timer = timers_.schedule(sip_now() + period_ - early, binding.id);
}

void Keepalive::remove(core::BindingId id) {
  const auto known = targets_.find(id);
  if (known == targets_.end()) return;
  timers_.cancel(known->second.timer);
  targets_.erase(known);
}

void Keepalive::run(Context& context, core::Instant now) {
  timers_.expire(now, [&](core::BindingId id) {
    const auto found = targets_.find(id);
    if (found == targets_.end()) return;
    send(context, found->second);
    found->second.timer = timers_.schedule(now + period_, id);
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
      .add("Max-Forwards", fmt::format("{}", context.profile().max_forwards))
      .add("Via", via_of(*local, binding.transport));
  msg_t* msg = make_request(context.agent, text);
  if (!msg) return;
  target.sent =
      Outgoing::send(context.agent, *context.listener, {binding.id.value, Purpose::kOptions},
                     hop_to(context, binding.received, binding.transport), msg);
  ++context.counters.requests_sent;
}

}  // namespace pbx::sip
