#include <fmt/format.h>

#include "core/base/log.h"
#include "sip/identity.h"
#include "sip/procedures.h"
#include "sip/text.h"
#include "sip/trunk_identity.h"
#include "sip/trunk_service.h"
#include "sip/uri.h"

// What an INVITE to a trunk has beside one to a telephone: servers that are tried one after the
// other, credentials, and a bound on the time without any answer (RFC 3261 22.2, RFC 3263 4.3).
namespace pbx::sip::trunk_call {
namespace {

bool awaits_first_answer(const Leg& leg) {
  return !leg.trunk.empty() && leg.timers[static_cast<std::size_t>(LegTimer::kAnswerTime)];
}

// A server that does not do its work, where another one may (RFC 3263 4.3, RFC 3261 21.5.4).
bool is_server_failure(int status) { return status == 408 || status == 503; }

// Learns what is asked.  False: it cannot be answered, and the log says why.
bool is_understood(Context& context, Leg& leg, Challenger challenger, const sip_t* sip) {
  DigestAuthorizer* login = context.trunk_service->login(leg.trunk);
  if (!login) return false;
  DigestAttempt& attempt = leg.wanted ? leg.wanted->attempt : leg.attempt;
  const auto verdict = login->learn(challenger, challenges_of(sip), attempt);
  if (verdict == ChallengeVerdict::kRetry) return true;
  core::log_warn("sip", "leg={} trunk={} refused: {}; look at trunks.{}.login", leg.id, leg.trunk,
                 text(verdict), leg.trunk);
  return false;
}

}  // namespace

std::string request_uri(const TrunkTarget& target, std::string_view number) {
  Uri uri;
  uri.user = number;
  uri.host =
      target.host.find(':') == std::string::npos ? target.host : fmt::format("[{}]", target.host);
  uri.port = target.port;
  if (target.transport == call::Transport::kTcp) uri.params.push_back({"transport", "tcp"});
  if (target.transport == call::Transport::kTls) uri.params.push_back({"transport", "tls"});
  return uri.text();
}

core::Result<Dialog> dialog_of(Context& context, const WantedInvite& wanted) {
  const call::SipInvite& invite = wanted.command;
  const config::Trunk* trunk = context.trunks.find(invite.trunk);
  if (!trunk || wanted.target >= wanted.targets.size())
    return core::fail(core::ErrorCode::kUnavailable, "the trunk has no server");
  const TrunkTarget& target = wanted.targets[wanted.target];
  const auto local = context.transports.local_for(target.transport, target.address);
  if (!local) return core::fail(core::ErrorCode::kUnavailable, "no transport towards the trunk");
  Dialog dialog;
  dialog.transport = target.transport;
  dialog.peer = target.address;
  dialog.local_address = *local;
  dialog.call_id = fmt::format("{}@{}", context.random.hex(24), host_of(*local));
  dialog.local_tag = new_tag(context);
  dialog.local = from_of(invite, *trunk);
  dialog.remote = name_address(
      invite.to.name, fmt::format("sip:{}@{}", escape_user(invite.to.number), domain_of(*trunk)));
  dialog.remote_target = request_uri(target, invite.to.number);
  const std::string& user = trunk->login.username;
  dialog.contact = contact_of(user.empty() && !invite.anonymous ? invite.from.number : user, *local,
                              dialog.transport);
  return dialog;
}

void add_identity(Context& context, const Leg& leg, HeaderText& headers) {
  if (const config::Trunk* trunk = context.trunks.find(leg.trunk))
    sip::add_identity(leg.wanted->command, *trunk, headers);
}

void add_credentials(Context& context, Leg& leg, RequestText& request) {
  if (leg.trunk.empty()) return;
  DigestAuthorizer* login = context.trunk_service->login(leg.trunk);
  if (!login) return;
  DigestAttempt& attempt = leg.wanted ? leg.wanted->attempt : leg.attempt;
  HeaderText credentials = credentials_for(*login, request, context.random, attempt);
  request.headers.append(credentials);
  if (request.method == "INVITE") leg.credentials = std::move(credentials);
}

bool answer_challenge(Context& context, Leg& leg, const sip_t* sip) {
  const auto challenger = challenger_of(sip->sip_status->st_status);
  if (!challenger || leg.trunk.empty() || !leg.wanted || leg.state != LegState::kOutgoing)
    return false;
  return is_understood(context, leg, *challenger, sip) && invite_client::repeat(context, leg);
}

bool is_answerable(Context& context, Leg& leg, const sip_t* sip) {
  const auto challenger = challenger_of(sip->sip_status->st_status);
  if (!challenger) {
    leg.attempt = {};  // the next request is another one
    return false;
  }
  return !leg.trunk.empty() && is_understood(context, leg, *challenger, sip);
}

void watch(Context& context, Leg& leg) {
  const config::Trunk* trunk = context.trunks.find(leg.trunk);
  if (trunk) set_timer(context, leg, LegTimer::kAnswerTime, trunk->health.answer_time);
}

void on_heard(Context& context, Leg& leg) {
  // Only the first answer to an INVITE is news.
  if (!awaits_first_answer(leg)) return;
  cancel_timer(context, leg, LegTimer::kAnswerTime);
  context.trunk_service->on_call_answer(context, leg.trunk, leg.dialog.peer);
}

std::string on_unheard(Context& context, Leg& leg, const sip_t* sip) {
  if (!awaits_first_answer(leg)) return {};
  cancel_timer(context, leg, LegTimer::kAnswerTime);
  const core::SocketAddress server = leg.dialog.peer;
  const std::string_view reason = why_unheard(context, sip, server);
  core::log_warn("sip", "leg={} trunk={} server={} cannot be called: {}", leg.id, leg.trunk,
                 server.text(), reason);
  context.trunk_service->on_call_failure(context, leg.trunk, server, reason);
  return std::string(reason);
}

bool try_elsewhere(Context& context, Leg& leg, int status) {
  if (leg.trunk.empty() || !leg.wanted || leg.state != LegState::kOutgoing ||
      !is_server_failure(status))
    return false;
  while (++leg.wanted->target < leg.wanted->targets.size()) {
    core::log_info("sip", "leg={} trunk={} goes on to server={}", leg.id, leg.trunk,
                   leg.wanted->targets[leg.wanted->target].address.text());
    leg.wanted->attempt = {};
    if (invite_client::send_again(context, leg)) return true;
  }
  return false;
}

void on_no_answer(Context& context, Leg& leg) {
  if (leg.state != LegState::kOutgoing || !leg.wanted) return;
  ++context.counters.timeouts;
  const std::string server = leg.dialog.peer.text();
  context.trunk_service->on_call_silence(context, leg.trunk, leg.dialog.peer);
  core::log_warn("sip",
                 "leg={} trunk={} no answer at all from server={} in health.answer_time: is it "
                 "down, or does a firewall drop our packets?",
                 leg.id, leg.trunk, server);
  // Should it wake up, it is told to stop: nta sends the CANCEL at its first answer.
  nta_outgoing_tcancel(leg.client_invite.get(), nullptr, nullptr, TAG_END());
  if (try_elsewhere(context, leg, 408)) return;
  end_leg(context, leg, core::from_sip(408, 0, fmt::format("no answer from {}", server)));
  forget(context, leg);
}

}  // namespace pbx::sip::trunk_call
