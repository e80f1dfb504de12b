#include <fmt/format.h>

#include "core/base/log.h"
#include "sip/identity.h"
#include "sip/procedures.h"
#include "sip/text.h"
#include "sip/trunk_identity.h"

namespace pbx::sip::invite_server {
namespace {

Dialog dialog_of(Context& context, const Request& request, const core::SocketAddress& local) {
  const sip_t* sip = request.sip;
  Dialog dialog;
  dialog.call_id = view(sip->sip_call_id->i_id);
  dialog.local_tag = new_tag(context);
  dialog.remote_tag = view(sip->sip_from->a_tag);
  dialog.local = name_address(sip->sip_to);
  dialog.remote = name_address(sip->sip_from);
  // RFC 2543 let an INVITE go without Contact.
  dialog.remote_target =
      uri_text(sip->sip_contact ? sip->sip_contact->m_url : sip->sip_from->a_url);
  dialog.route_set = record_route(sip);
  dialog.remote_cseq = sip->sip_cseq->cs_seq;
  dialog.contact = contact_of(user_of(sip->sip_request->rq_url), local, request.transport);
  dialog.secure = sip->sip_request->rq_url->url_type == url_sips;
  dialog.peer = request.source;
  dialog.transport = request.transport;
  dialog.local_address = local;
  return dialog;
}

std::unique_ptr<Leg> make_leg(Context& context, const Request& request, const Caller& caller,
                              const core::SocketAddress& local) {
  const LegTerms terms =
      caller.trunk ? terms_of(context, *caller.trunk) : terms_of(context, *caller.extension);
  auto leg = std::unique_ptr<Leg>(new Leg{
      .id = context.ids.make<core::LegId>(),
      .extension = caller.extension ? caller.extension->id : "",
      .trunk = caller.trunk ? caller.trunk->name : "",
      .terms = terms,
      .dialog = dialog_of(context, request, local),
      .session = OfferAnswer(session_options(context, terms)),
      .peer = capabilities_of(request.sip),
      .timer = SessionTimer(terms.timer),
      .peer_agent = agent_name(request.sip),
  });
  if (terms.reliable == config::ReliableProvisional::kOff) leg->peer.reliable = false;
  return leg;
}

// Who calls whom: of a telephone its account, of a trunk what its headers say.
void name_parties(call::LegIncoming& event, const sip_t* sip, const Caller& caller) {
  if (caller.trunk) {
    TrunkCaller said = caller_of(sip, *caller.trunk);
    event.caller = std::move(said.party);
    event.anonymous = said.anonymous;
    event.dialed = did_of(sip, *caller.trunk);
    return;
  }
  event.caller = caller_of(sip, *caller.extension);
  event.anonymous = wants_privacy(sip);
  event.dialed = user_of(sip->sip_request->rq_url);
}

call::LegIncoming describe(const Context& context, const Leg& leg, const sip_t* sip,
                           const Caller& caller) {
  call::LegIncoming event;
  event.leg = leg.id;
  event.profile = context.options.id;
  event.extension = leg.extension;
  event.trunk = leg.trunk;
  name_parties(event, sip, caller);
  if (const auto* domain =
          config::find_domain_of(*context.config, view(sip->sip_request->rq_url->url_host)))
    event.domain = domain->name;
  event.local_ip = context.profile().media_address ? context.profile().media_address
                                                   : leg.dialog.local_address.ip;
  event.peer = leg.dialog.peer;
  event.contact = leg.dialog.remote_target;
  event.user_agent = leg.peer_agent;
  event.sip_call_id = leg.dialog.call_id;
  event.diversions = diversions_of(sip);
  event.headers = headers_of(sip, context.wanted_headers);
  event.hops_left = static_cast<std::uint8_t>(
      sip->sip_max_forwards ? std::min<unsigned long>(sip->sip_max_forwards->mf_count, 255) : 70);
  return event;
}

// Refuses before control has heard of the leg.
void refuse_unheard(Context& context, Leg& leg, int status) {
  reply_status(context, &leg, leg.invite, status);
  leg.state = LegState::kEnded;
  forget(context, leg);
}

// The answer for a response, if this one may carry it.  Errors: no codec in common.
core::Result<std::string> session_text(Leg& leg, const call::AudioDescription& description) {
  auto made =
      leg.had_offer ? leg.session.make_answer(description) : leg.session.make_offer(description);
  if (!made) return tl::unexpected(made.error());
  leg.local = description;
  return std::move(made->text);
}

// SDP for an unreliable provisional response: it only foretells the answer in the 2xx, so the
// state of the session stays as it was (RFC 3261 13.2.1).
std::string preview_text(const Leg& leg, const call::AudioDescription& description) {
  if (!leg.had_offer) return {};
  OfferAnswer copy = leg.session;
  auto made = copy.make_answer(description);
  return made ? made->text : std::string();
}

bool progress_reliably(Context& context, Leg& leg, const call::SipProgress& command) {
  Response response{command.status, {}, dialog_headers(context, leg), kSdpType, {}};
  if (command.answer && !leg.sent_reliable_sdp) {
    auto text = session_text(leg, *command.answer);
    if (!text) return false;
    response.body = *text;
  }
  const bool has_sdp = !response.body.empty();
  msg_t* msg = make_response(context.agent, leg.invite.get(), response.status,
                             sip_status_phrase(response.status), response.headers,
                             response.body_type, response.body);
  if (!msg) return false;
  const Msg kept(msg_ref(msg));
  if (!leg.invite.reply_reliably(msg)) return false;
  leg.awaits_prack = true;
  leg.sent_reliable_sdp = leg.sent_reliable_sdp || has_sdp;
  trace_message(context, leg.id, kept.get(), true, leg.dialog.peer, leg.dialog.transport);
  return true;
}

}  // namespace

void receive(Context& context, Request&& request, const Caller& caller) {
  const sip_t* sip = request.sip;
  const auto local = context.transports.local_for(request.transport, request.source);
  if (!local || (!caller.extension && !caller.trunk))
    return reply_stateless(context, std::move(request), {500, {}, {}, {}, {}});
  ++context.counters.legs_total;
  Leg& leg = context.legs.insert(make_leg(context, request, caller, *local));
  trace_message(context, leg.id, request.msg.get(), false, request.source, request.transport);
  leg.invite = accept(context, std::move(request));
  if (!leg.invite) return forget(context, leg);
  nta_incoming_tag(leg.invite.get(), leg.dialog.local_tag.c_str());
  leg.invite.listen(*context.listener, leg.id);
  reply_status(context, &leg, leg.invite, 100);
  if (!session_refresh::accept_request(context, leg, leg.invite, sip)) {
    leg.state = LegState::kEnded;
    return forget(context, leg);
  }
  core::log_debug("sip", "leg={} incoming from={} peer={} sip_call_id={}", leg.id,
                  leg.trunk.empty() ? leg.extension : leg.trunk, leg.dialog.peer.text(),
                  leg.dialog.call_id);
  call::LegIncoming event = describe(context, leg, sip, caller);
  if (const auto sdp = sdp_of(sip)) {
    const auto offer = leg.session.receive_offer(*sdp);
    if (!offer) {
      ++context.counters.malformed;
      return refuse_unheard(context, leg, 400);
    }
    leg.had_offer = true;
    // Nothing we can use: control refuses it with 488, and the refusal gets its record.
    event.offer = offer->audio.value_or(call::AudioDescription{});
  }
  emit(context, std::move(event));
}

void progress(Context& context, Leg& leg, const call::SipProgress& command) {
  if (leg.state != LegState::kIncoming || !leg.invite || command.status <= 100) return;
  if (leg.awaits_prack) {  // one reliable response at a time; the latest wins
    leg.next_progress = command;
    return;
  }
  if (leg.peer.reliable && progress_reliably(context, leg, command)) return;
  Response response{command.status, {}, dialog_headers(context, leg), kSdpType, {}};
  if (command.answer && !leg.sent_reliable_sdp) response.body = preview_text(leg, *command.answer);
  reply(context, &leg, leg.invite, response);
}

void answer(Context& context, Leg& leg, const call::SipAnswer& command) {
  if (leg.state != LegState::kIncoming || !leg.invite) return;
  if (leg.awaits_prack && leg.sent_reliable_sdp) {  // RFC 3262 3: the 2xx waits for the PRACK
    leg.next_answer = command;
    return;
  }
  Response response{200, {}, dialog_headers(context, leg), kSdpType, {}};
  if (!leg.sent_reliable_sdp) {
    auto text = session_text(leg, command.description);
    if (!text) {
      reply_status(context, &leg, leg.invite, 488);
      end_leg(context, leg, core::causes::not_acceptable());
      return forget(context, leg);
    }
    response.body = *text;
  }
  session_refresh::add_to_response(leg, response.headers);
  leg.offer_in_2xx = !leg.had_offer && !leg.sent_reliable_sdp;
  leg.awaits_ack = true;
  leg.state = LegState::kTalking;
  reply(context, &leg, leg.invite, response);
  session_refresh::on_answered(context, leg);
}

void refuse(Context& context, Leg& leg, const call::SipEnd& command) {
  Response response{core::invite_status(command.cause), {}, {}, {}, {}};
  const std::string reason = reason_header(command.cause);
  response.headers.add("Server", context.config->server.user_agent)
      .add_if(!reason.empty(), "Reason", reason);
  if (command.retry_after)
    response.headers.add("Retry-After", fmt::format("{}", command.retry_after->count()));
  if (leg.offer_request) {  // an UPDATE or PRACK of the early dialog waits for its answer
    reply_status(context, &leg, leg.offer_request, 487);
    leg.offer_request.reset();
  }
  reply(context, &leg, leg.invite, response);
  end_leg(context, leg, command.cause);
  forget(context, leg);
}

void on_ack(Context& context, Leg& leg, const sip_t* sip) {
  if (!leg.awaits_ack) return;  // of a refusal, come before the leg is erased: there is no dialog
  leg.awaits_ack = false;
  leg.invite.reset();
  // Hung up while the ACK was on its way: now the BYE may go (RFC 3261 15).
  if (leg.state == LegState::kEnded) return bye::send(context, leg);
  if (leg.offer_in_2xx) {
    leg.offer_in_2xx = false;
    const auto sdp = sdp_of(sip);
    const auto answer = sdp ? leg.session.receive_answer(*sdp)
                            : core::Result<RemoteSdp>(core::fail(core::ErrorCode::kCorrupt));
    if (!answer || !answer->audio) return hang_up(context, leg, core::causes::not_acceptable());
    emit(context, call::LegOfferAnswered{leg.id, *answer->audio});
  }
  reinvite::send_waiting(context, leg);
}

void on_no_ack(Context& context, Leg& leg) {
  leg.awaits_ack = false;
  leg.invite.reset();
  ++context.counters.timeouts;
  if (leg.state == LegState::kEnded) return bye::send(context, leg);
  hang_up(context, leg, core::from_sip(408, 0, "no ACK"));
}

void on_no_prack(Context& context, Leg& leg) {
  leg.awaits_prack = false;
  ++context.counters.timeouts;
  reply_status(context, &leg, leg.invite, 504);
  end_leg(context, leg, core::from_sip(504, 0, "no PRACK"));
  forget(context, leg);
}

void on_prack_done(Context& context, Leg& leg) {
  leg.awaits_prack = false;
  if (leg.next_answer) {
    const call::SipAnswer command = *std::exchange(leg.next_answer, std::nullopt);
    leg.next_progress.reset();
    return answer(context, leg, command);
  }
  if (leg.next_progress) {
    const call::SipProgress command = *std::exchange(leg.next_progress, std::nullopt);
    progress(context, leg, command);
  }
}

}  // namespace pbx::sip::invite_server
