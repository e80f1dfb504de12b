#include <algorithm>

#include <fmt/format.h>

#include "core/base/log.h"
#include "sip/identity.h"
#include "sip/procedures.h"
#include "sip/redirect.h"
#include "sip/text.h"
#include "sip/uri.h"

namespace pbx::sip::invite_client {
namespace {

constexpr std::uint16_t kSipPort = 5060;
constexpr std::uint16_t kSipsPort = 5061;

// The address in the URI, if it is one; names are left to nta.
core::SocketAddress literal_address(const std::string& target, call::Transport transport) {
  const auto uri = parse_uri(target);
  const auto ip = uri ? core::parse_ip(uri->host) : core::fail(core::ErrorCode::kInvalidArgument);
  if (!ip) return {};
  const std::uint16_t standard = transport == call::Transport::kTls ? kSipsPort : kSipPort;
  return {*ip, uri->port ? uri->port : standard};
}

// Where the peer is, or any address of the family that we listen on when only DNS knows.
core::SocketAddress peer_for_routing(const Context& context, const Dialog& dialog) {
  if (dialog.peer) return dialog.peer;
  for (const Listener& listener : context.transports.listeners())
    if (listener.transport == dialog.transport) return {listener.address.ip, kSipPort};
  return {};
}

core::Result<Dialog> dialog_of(Context& context, const WantedInvite& wanted) {
  const call::SipInvite& invite = wanted.command;
  if (!invite.trunk.empty()) return trunk_call::dialog_of(context, wanted);
  Dialog dialog;
  dialog.transport = invite.transport;
  dialog.peer =
      invite.next_hop ? invite.next_hop : literal_address(invite.target_uri, invite.transport);
  const auto local =
      context.transports.local_for(dialog.transport, peer_for_routing(context, dialog));
  if (!local) return core::fail(core::ErrorCode::kUnavailable, "no transport towards the peer");
  dialog.local_address = *local;
  dialog.call_id = fmt::format("{}@{}", context.random.hex(24), host_of(*local));
  dialog.local_tag = new_tag(context);
  dialog.local = from_of(invite, host_of(*local));
  dialog.remote = name_address(
      invite.to.name,
      invite.to.number.empty()
          ? invite.target_uri
          : fmt::format("sip:{}@{}", escape_user(invite.to.number), context.profile().realm));
  dialog.remote_target = invite.target_uri;
  dialog.route_set = split_list(invite.path);
  dialog.contact = contact_of(invite.anonymous ? "" : invite.from.number, *local, dialog.transport);
  return dialog;
}

HeaderText invite_headers(Context& context, const Leg& leg, const call::SipInvite& invite) {
  HeaderText headers = dialog_headers(context, leg);
  headers.add_if(leg.terms.reliable == config::ReliableProvisional::kRequired, "Require", "100rel");
  if (leg.trunk.empty())
    add_identity(invite, host_of(leg.dialog.local_address), headers);
  else
    trunk_call::add_identity(context, leg, headers);
  session_refresh::add_to_request(leg, headers);
  return headers;
}

void fail_start(Context& context, core::LegId leg, core::Cause cause) {
  emit(context, call::LegEnded{leg, std::move(cause)});
}

EarlyDialog* find_early(Leg& leg, std::string_view tag) {
  const auto found = std::find_if(leg.early.begin(), leg.early.end(),
                                  [&](const EarlyDialog& early) { return early.tag == tag; });
  return found == leg.early.end() ? nullptr : &*found;
}

// RFC 3261 12.1.2: what a response teaches about the dialog.
void learn(Dialog& dialog, const sip_t* sip) {
  dialog.remote_tag = view(sip->sip_to->a_tag);
  if (sip->sip_contact) dialog.remote_target = uri_text(sip->sip_contact->m_url);
  std::vector<std::string> routes = record_route(sip);
  std::reverse(routes.begin(), routes.end());
  dialog.route_set = std::move(routes);
}

EarlyDialog* early_of(Leg& leg, const sip_t* sip) {
  const std::string_view tag = view(sip->sip_to->a_tag);
  if (tag.empty()) return nullptr;
  EarlyDialog* early = find_early(leg, tag);
  if (!early) {
    if (leg.early.size() >= kEarlyDialogsMax) return nullptr;
    early = &leg.early.emplace_back(EarlyDialog{std::string(tag), leg.dialog, leg.session, {}, 0});
  }
  learn(early->dialog, sip);
  return early;
}

// The description in a provisional response, if there is a new one.
std::optional<call::AudioDescription> early_answer(EarlyDialog& early, const sip_t* sip,
                                                   bool reliable) {
  const auto sdp = sdp_of(sip);
  if (!sdp || early.answer) return std::nullopt;
  if (!reliable) {
    const auto preview = early.session.preview_answer(*sdp);
    return preview ? preview->audio : std::nullopt;
  }
  const auto answer = early.session.receive_answer(*sdp);
  if (!answer) return std::nullopt;
  early.answer = answer->audio;
  return answer->audio;
}

void on_provisional(Context& context, Leg& leg, const sip_t* sip) {
  const auto status = static_cast<std::uint16_t>(sip->sip_status->st_status);
  EarlyDialog* early = early_of(leg, sip);
  const bool reliable = early && sip->sip_rseq && has_option(sip->sip_require, "100rel");
  if (reliable) {
    const std::uint32_t rseq = sip->sip_rseq->rs_response;
    if (early->rseq && rseq != early->rseq + 1) return;  // repeated or out of order: 3262 4
    early->rseq = rseq;
  }
  call::LegProgress event{leg.id, status, std::nullopt, leg.dialog.call_id, leg.dialog.peer};
  if (early) event.answer = early_answer(*early, sip, reliable);
  if (reliable) prack::send(context, leg, *early, sip);
  if (leg.state == LegState::kOutgoing) emit(context, std::move(event));
}

// The answer of the 2xx, or the one that came reliably before it.
std::optional<call::AudioDescription> final_answer(Leg& leg,
                                                   std::optional<call::AudioDescription> early,
                                                   const sip_t* sip) {
  if (early) return early;
  const auto sdp = sdp_of(sip);
  if (!sdp) return std::nullopt;
  const auto answer = leg.session.receive_answer(*sdp);
  return answer ? answer->audio : std::nullopt;
}

void on_answer(Context& context, Leg& leg, const sip_t* sip) {
  std::optional<call::AudioDescription> early_said;
  if (EarlyDialog* early = find_early(leg, view(sip->sip_to->a_tag))) {
    const std::uint32_t cseq = std::max(leg.dialog.local_cseq, early->dialog.local_cseq);
    leg.dialog = std::move(early->dialog);
    leg.dialog.local_cseq = cseq;
    leg.session = std::move(early->session);
    early_said = std::move(early->answer);
  }
  learn(leg.dialog, sip);
  send_ack(context, leg, leg.dialog, sip->sip_cseq->cs_seq, leg.client_invite.get());
  leg.early.clear();
  leg.wanted.reset();
  leg.client_invite.reset();
  cancel_timer(context, leg, LegTimer::kInviteTimeout);
  if (leg.state == LegState::kEnded) return bye::send(context, leg);  // it crossed our CANCEL
  leg.state = LegState::kTalking;
  leg.peer = capabilities_of(sip);
  leg.peer_agent = agent_name(sip);
  auto answer = final_answer(leg, std::move(early_said), sip);
  if (!answer) return hang_up(context, leg, core::causes::not_acceptable());
  session_refresh::accept_response(context, leg, sip);
  emit(context, call::LegAnswered{leg.id, std::move(*answer), leg.peer_agent, leg.dialog.call_id,
                                  leg.dialog.peer, leg.dialog.remote_target});
  reinvite::send_waiting(context, leg);
}

void on_redirect(Context& context, Leg& leg, const sip_t* sip) {
  emit(context, call::LegRedirected{leg.id, redirect_targets(sip), diversions_of(sip)});
  end_leg(context, leg, cause_of(sip, static_cast<std::uint16_t>(sip->sip_status->st_status)));
}

bool send_invite(Context& context, Leg& leg) {
  const call::SipInvite& command = leg.wanted->command;
  ++leg.dialog.local_cseq;
  const unsigned hops = std::min<unsigned>(command.hops_left, context.profile().max_forwards);
  RequestText text{"INVITE", route_request(leg.dialog).request_uri,
                   request_headers(leg.dialog, "INVITE", leg.dialog.local_cseq, hops), kSdpType,
                   leg.wanted->offer};
  text.headers.add("Via", via_of(leg.dialog.local_address, leg.dialog.transport))
      .append(invite_headers(context, leg, command));
  trunk_call::add_credentials(context, leg, text);
  msg_t* msg = make_request(context.agent, text);
  if (!msg) return false;
  const Msg kept(msg_ref(msg));
  leg.client_invite = Outgoing::send(context.agent, *context.listener,
                                     {leg.id.value, Purpose::kInvite, !leg.trunk.empty()},
                                     hop_of(context, leg.dialog), msg);
  if (!leg.client_invite) return false;
  ++context.counters.requests_sent;
  ++context.counters.invites_sent;
  trace_message(context, leg.id, kept.get(), true, leg.dialog.peer, leg.dialog.transport);
  if (!leg.trunk.empty()) trunk_call::watch(context, leg);
  return true;
}

// `trouble`: why there was no answer at all, "" if there was one.
core::Cause cause_of_refusal(const sip_t* sip, const std::string& trouble) {
  const auto status = static_cast<std::uint16_t>(sip->sip_status->st_status);
  return trouble.empty() ? cause_of(sip, status) : core::from_sip(status, 0, trouble);
}

// What the account called asks; nullopt: the trunk is gone.  An extension that was taken out of the
// configuration a moment ago is still called.
std::optional<LegTerms> terms_for(const Context& context, const call::SipInvite& command) {
  if (!command.trunk.empty()) {
    const config::Trunk* trunk = context.trunks.find(command.trunk);
    return trunk ? std::optional(terms_of(context, *trunk)) : std::nullopt;
  }
  const config::Extension* extension = context.find_extension(command.extension);
  return terms_of(context, extension ? *extension : config::Extension{});
}

std::unique_ptr<Leg> make_leg(Context& context, const call::SipInvite& command,
                              const LegTerms& terms, Dialog dialog) {
  return std::unique_ptr<Leg>(new Leg{
      .id = command.leg,
      .call = command.call,
      .state = LegState::kOutgoing,
      .is_incoming = false,
      .extension = command.extension,
      .trunk = command.trunk,
      .terms = terms,
      .dialog = std::move(dialog),
      .session = OfferAnswer(session_options(context, terms)),
      .local = command.offer,
      .timer = SessionTimer(terms.timer),
  });
}

}  // namespace

void start(Context& context, const call::SipInvite& command) {
  const auto terms = terms_for(context, command);
  if (!terms) return fail_start(context, command.leg, core::from_sip(503, 0, "the trunk is gone"));
  auto wanted = std::make_unique<WantedInvite>();
  wanted->command = command;
  wanted->targets = context.trunks.targets(command.trunk);
  auto dialog = dialog_of(context, *wanted);
  if (!dialog)
    return fail_start(context, command.leg, core::from_sip(503, 0, dialog.error().detail));
  auto made = make_leg(context, command, *terms, std::move(*dialog));
  const auto offer = made->session.make_offer(command.offer);
  if (!offer) return fail_start(context, command.leg, core::causes::not_acceptable());
  ++context.counters.legs_total;
  Leg& leg = context.legs.insert(std::move(made));
  wanted->offer = offer->text;
  leg.wanted = std::move(wanted);
  if (!send_invite(context, leg)) {
    end_leg(context, leg, core::from_sip(404, 0, "unusable address"));
    return forget(context, leg);
  }
  core::log_debug("sip", "leg={} invite sent call={} peer={} sip_call_id={}", leg.id, leg.call,
                  leg.dialog.peer.text(), leg.dialog.call_id);
  set_timer(context, leg, LegTimer::kInviteTimeout, context.profile().timers.invite_timeout);
}

bool send_again(Context& context, Leg& leg) {
  auto dialog = dialog_of(context, *leg.wanted);
  if (!dialog) return false;
  leg.dialog = std::move(*dialog);
  leg.early.clear();
  leg.client_invite.reset();
  return send_invite(context, leg);
}

bool repeat(Context& context, Leg& leg) {
  leg.early.clear();
  return send_invite(context, leg);
}

void on_response(Context& context, Leg& leg, const sip_t* sip) {
  const int status = sip->sip_status->st_status;
  std::string trouble;
  if (is_unheard(sip))
    trouble = trunk_call::on_unheard(context, leg, sip);
  else
    trunk_call::on_heard(context, leg);
  if (status == 100) return;
  if (status < 200) return on_provisional(context, leg, sip);
  if (status < 300) return on_answer(context, leg, sip);
  const Outgoing refused = std::move(leg.client_invite);  // `sip` belongs to it
  if (status == 422 && leg.state == LegState::kOutgoing &&
      session_refresh::accept_too_small(leg, sip) && repeat(context, leg))
    return;
  if (trunk_call::answer_challenge(context, leg, sip)) return;
  if (trunk_call::try_elsewhere(context, leg, status)) return;
  cancel_timer(context, leg, LegTimer::kInviteTimeout);
  if (status == 408) ++context.counters.timeouts;
  if (leg.state != LegState::kEnded) {
    if (status < 400)
      on_redirect(context, leg, sip);
    else
      end_leg(context, leg, cause_of_refusal(sip, trouble));
  }
  forget(context, leg);
}

void on_timeout(Context& context, Leg& leg) {
  if (leg.state != LegState::kOutgoing) return;
  ++context.counters.timeouts;
  cancel::send(context, leg, core::causes::no_answer());
}

}  // namespace pbx::sip::invite_client
