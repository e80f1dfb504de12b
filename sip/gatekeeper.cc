#include "sip/gatekeeper.h"

#include "core/base/log.h"

namespace pbx::sip {
namespace {

GuardOptions options_of(const config::Guard& guard) {
  GuardOptions options;
  options.limits[static_cast<std::size_t>(Offence::kFailure)] = guard.failures_max;
  options.window = guard.window;
  options.ban_time = guard.ban_time;
  options.ban_time_max = guard.ban_time_max;
  options.answer_delay = guard.answer_delay;
  options.trusted = guard.trusted;
  return options;
}

}  // namespace

Gatekeeper::Gatekeeper(const config::Guard& guard) : guard_(options_of(guard)) {}

void Gatekeeper::apply(const config::Guard& guard) { guard_.set_options(options_of(guard)); }

bool Gatekeeper::is_banned(Context& context, const core::IpAddress& ip) {
  if (!guard_.is_banned(sip_now(), ip)) return false;
  ++context.counters.banned_dropped;
  return true;
}

void Gatekeeper::refuse(Context& context, Request&& request, Response response, Offence offence) {
  const core::Instant now = sip_now();
  const GuardVerdict verdict = guard_.record(now, request.source.ip, offence);
  if (verdict.banned) {
    ++context.counters.bans;
    core::log_warn("sip", "source={} banned seconds={}", request.source.ip.text(),
                   std::chrono::duration_cast<std::chrono::seconds>(verdict.until - now).count());
  }
  if (offence != Offence::kFailure || verdict.delay.count() == 0)
    return reply_stateless(context, std::move(request), std::move(response));
  if (held_.size() >= kHeldAnswersMax) return;
  Tport tport(tport_ref(tport_delivered_by(nta_agent_tports(context.agent), request.msg.get())));
  held_.schedule(now + verdict.delay,
                 Held{std::move(request), std::move(response), std::move(tport)});
}

void Gatekeeper::run(Context& context, core::Instant now) {
  held_.expire(now, [&](Held&& held) {
    reply_stateless(context, std::move(held.request), std::move(held.response), held.tport.get());
  });
}

}  // namespace pbx::sip
