#include "sip/gatekeeper.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/log.h"
#include "sip/text.h"

namespace pbx::sip {
namespace {

constexpr std::uint64_t kRetryAfterMax = 10;  // seconds; spreads those who come back

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

RateOptions rates_of(const config::Guard& guard) {
  return {guard.requests_per_second, guard.unauthenticated_per_second};
}

std::string_view agent_of(const Request& request) {
  const sip_user_agent_t* agent = request.sip->sip_user_agent;
  return agent ? view(agent->g_string) : std::string_view{};
}

Response overload(Context& context) {
  Response response{503, {}, {}, {}, {}};
  response.headers.add("Retry-After", fmt::format("{}", 1 + context.random.below(kRetryAfterMax)));
  return response;
}

}  // namespace

Gatekeeper::Gatekeeper(const config::Guard& guard, std::uint64_t seed)
    : access_(guard.allow, guard.deny),
      guard_(options_of(guard)),
      rates_(rates_of(guard), seed),
      banned_agents_(guard.banned_agents) {}

void Gatekeeper::apply(const config::Guard& guard) {
  access_ = AccessList(guard.allow, guard.deny);
  guard_.set_options(options_of(guard));
  rates_.set_options(rates_of(guard));
  banned_agents_ = guard.banned_agents;
}

bool Gatekeeper::lets_in(Context& context, const core::IpAddress& ip) {
  if (access_.allows(ip) || context.trunks.is_known(ip)) return true;
  ++context.counters.denied_dropped;
  return false;
}

bool Gatekeeper::is_banned(Context& context, const core::IpAddress& ip) {
  if (!guard_.is_banned(sip_now(), ip) || context.trunks.is_known(ip)) return false;
  ++context.counters.banned_dropped;
  return true;
}

bool Gatekeeper::is_scanner(std::string_view agent) const {
  return std::any_of(banned_agents_.begin(), banned_agents_.end(),
                     [&](const std::string& part) { return contains_nocase(agent, part); });
}

bool Gatekeeper::admit(Context& context, Request& request) {
  const core::IpAddress ip = request.source.ip;
  if (guard_.is_trusted(ip) || context.trunks.is_known(ip)) return true;
  const core::Instant now = sip_now();
  const std::string_view agent = agent_of(request);
  if (is_scanner(agent)) {
    note_ban(context, ip, Offence::kScanner, guard_.record(now, ip, Offence::kScanner, agent));
    return false;
  }
  switch (rates_.take(now, ip)) {
    case RateVerdict::kPass:
      return true;
    case RateVerdict::kSourceTooFast:
      ++context.counters.rate_dropped;
      return false;
    case RateVerdict::kAllTooFast:
      break;
  }
  ++context.counters.rate_refused;
  reply_stateless(context, std::move(request), overload(context));
  return false;
}

void Gatekeeper::note_ban(Context& context, const core::IpAddress& ip, Offence offence,
                          const GuardVerdict& verdict) {
  if (!verdict.banned) return;
  ++context.counters.bans;
  const auto time = verdict.until - sip_now();
  core::log_warn("sip", "source={} banned seconds={} reason=\"{}\"", ip.text(),
                 std::chrono::round<std::chrono::seconds>(time).count(), text_of(offence));
}

void Gatekeeper::refuse(Context& context, Request&& request, Response response, Offence offence) {
  const core::Instant now = sip_now();
  const GuardVerdict verdict = guard_.record(now, request.source.ip, offence);
  note_ban(context, request.source.ip, offence, verdict);
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
