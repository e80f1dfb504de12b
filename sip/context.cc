#include "sip/context.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/assert.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "sip/procedures.h"
#include "sip/text.h"

namespace pbx::sip {
namespace {

constexpr std::size_t kTagDigits = 16;  // hex: 64 random bits
// An ended leg waits this much longer than its last transaction can live.
constexpr std::chrono::seconds kLingerMargin{5};

void count_response(SipCounters& counters, int status) {
  ++counters.responses_sent;
  ++counters.sent_by_class[std::clamp(status / 100, 0, 6)];
}

std::string server_name(const Context& context) { return context.config->server.user_agent; }

const char* phrase_of(const Response& response) {
  return response.phrase.empty() ? nullptr : response.phrase.c_str();
}

}  // namespace

const config::Profile& Context::profile() const {
  const auto found = config->profiles.find(options.profile);
  PBX_ASSERT(found != config->profiles.end());
  return found->second;
}

const config::Extension* Context::find_extension(std::string_view id) const {
  const auto found = config->extensions.find(id);
  return found == config->extensions.end() ? nullptr : &found->second;
}

std::string_view why_unheard(const Context& context, const sip_t* response,
                             const core::SocketAddress& server) {
  return response->sip_status->st_status == 408 ? "no answer" : context.troubles.reason(server);
}

void reply_stateless(Context& context, Request&& request, Response response, tport_t* tport) {
  if (request.method() == sip_method_ack) return;
  response.headers.add("Server", server_name(context));
  count_response(context.counters, response.status);
  const char* phrase = phrase_of(response);
  if (!phrase) phrase = sip_status_phrase(response.status);
  nta_msg_treply(context.agent, request.msg.release(), response.status, phrase,
                 SIPTAG_HEADER_STR(response.headers.text().c_str()),
                 TAG_IF(tport, NTATAG_TPORT(tport)), TAG_END());
}

Incoming accept(Context& context, Request&& request) {
  sip_t* sip = request.sip;
  return Incoming::create(context.agent, request.msg.release(), sip);
}

void reply_once(Context& context, Leg* leg, nta_incoming_t* transaction, const Response& response) {
  const char* phrase = phrase_of(response);
  if (!phrase) phrase = sip_status_phrase(response.status);
  msg_t* msg = make_response(context.agent, transaction, response.status, phrase, response.headers,
                             response.body_type, response.body);
  if (!msg) {  // our own headers did not parse: answer without them
    ++context.counters.malformed;
    nta_incoming_treply(transaction, response.status, phrase, TAG_END());
    return;
  }
  count_response(context.counters, response.status);
  const Msg kept(leg ? msg_ref(msg) : nullptr);
  nta_incoming_mreply(transaction, msg);
  if (leg)
    trace_message(context, leg->id, kept.get(), true, leg->dialog.peer, leg->dialog.transport);
}

void reply(Context& context, Leg* leg, Incoming& transaction, const Response& response) {
  reply_once(context, leg, transaction.get(), response);
  if (response.status >= 200 && nta_incoming_method(transaction.get()) != sip_method_invite)
    transaction.reset();
}

void reply_status(Context& context, Leg* leg, Incoming& transaction, int status) {
  Response response{status, {}, {}, {}, {}};
  response.headers.add("Server", server_name(context));
  reply(context, leg, transaction, response);
}

HeaderText dialog_headers(const Context& context, const Leg& leg) {
  HeaderText headers;
  const bool reliable = leg.terms.reliable != config::ReliableProvisional::kOff;
  const bool timer = leg.terms.timer.mode != SessionTimerOptions::Mode::kOff;
  headers.add("Contact", leg.dialog.contact).add("Allow", kAllowed);
  if (reliable || timer)
    headers.add("Supported", reliable && timer ? "100rel, timer" : reliable ? "100rel" : "timer");
  return headers.add(leg.is_incoming ? "Server" : "User-Agent", server_name(context));
}

Hop hop_to(const Context& context, const core::SocketAddress& peer, call::Transport transport) {
  return {hop_uri(peer, transport), context.transports.ident_for(transport, peer)};
}

Hop hop_of(const Context& context, const Dialog& dialog) {
  if (!dialog.route_set.empty() || !dialog.peer) return {};
  return hop_to(context, dialog.peer, dialog.transport);
}

Outgoing send_in_dialog(Context& context, Leg& leg, Dialog& dialog, const DialogRequest& request) {
  const std::uint32_t cseq = request.cseq ? request.cseq : ++dialog.local_cseq;
  const RequestRoute route = route_request(dialog);
  RequestText text{request.method, route.request_uri,
                   request_headers(dialog, request.method, cseq, context.profile().max_forwards),
                   request.body_type, request.body};
  text.headers.add("Via", via_of(dialog.local_address, dialog.transport));
  if (!request.headers.is_empty()) text.headers.append(request.headers);
  trunk_call::add_credentials(context, leg, text);
  msg_t* msg = make_request(context.agent, text);
  if (!msg) return {};
  const Msg kept(msg_ref(msg));
  Outgoing sent = Outgoing::send(context.agent, *context.listener, {leg.id.value, request.purpose},
                                 hop_of(context, dialog), msg);
  if (!sent) return {};
  ++context.counters.requests_sent;
  trace_message(context, leg.id, kept.get(), true, dialog.peer, dialog.transport);
  return sent;
}

void send_ack(Context& context, Leg& leg, const Dialog& dialog, std::uint32_t cseq,
              nta_outgoing_t* invite) {
  RequestText text{"ACK",
                   route_request(dialog).request_uri,
                   request_headers(dialog, "ACK", cseq, context.profile().max_forwards),
                   {},
                   {}};
  text.headers.add("Via", via_of(dialog.local_address, dialog.transport)).append(leg.credentials);
  msg_t* msg = make_request(context.agent, text);
  if (!msg) return;
  const Hop hop = hop_of(context, dialog);
  const url_string_t* route = hop.uri.empty() ? nullptr : URL_STRING_MAKE(hop.uri.c_str());
  const Msg kept(msg_ref(msg));
  // The transaction stays in nta to answer retransmitted 2xx; without the branch of its INVITE nta
  // would look for it and stop the process when it is gone.
  const char* branch = invite ? nta_outgoing_branch(invite) : nullptr;
  nta_outgoing_t* ack = nta_outgoing_mcreate(
      context.agent, nullptr, nullptr, route, msg, NTATAG_USER_VIA(1),
      TAG_IF(hop.listener, TPTAG_IDENT(hop.listener)), TAG_IF(branch, NTATAG_ACK_BRANCH(branch)),
      TAG_IF(!branch, NTATAG_STATELESS(1)), TAG_END());
  if (!ack) {
    msg_destroy(msg);
    return;
  }
  if (branch) nta_outgoing_destroy(ack);
  ++context.counters.requests_sent;
  trace_message(context, leg.id, kept.get(), true, dialog.peer, dialog.transport);
}

void keep(Leg& leg, Outgoing&& transaction) {
  if (!transaction) return;
  if (leg.others.size() >= kSideTransactionsMax) leg.others.erase(leg.others.begin());
  leg.others.push_back(std::move(transaction));
}

void emit(Context& context, call::Event event) { context.sink->on_event(std::move(event)); }

void end_leg(Context& context, Leg& leg, core::Cause cause) {
  if (leg.state == LegState::kEnded) return;
  leg.state = LegState::kEnded;
  for (std::size_t timer = 0; timer < kLegTimers; ++timer)
    cancel_timer(context, leg, static_cast<LegTimer>(timer));
  // nta keeps an INVITE that was cancelled without an answer for 32 s at least (timer D).
  const auto life = std::max<std::chrono::milliseconds>(context.profile().timers.transaction_life,
                                                        std::chrono::seconds(32));
  set_timer(context, leg, LegTimer::kLinger, 2 * life + kLingerMargin);
  core::log_debug("sip", "leg={} ended status={} q850={}", leg.id, cause.sip_status, cause.q850);
  emit(context, call::LegEnded{leg.id, std::move(cause)});
}

void forget(Context& context, Leg& leg) { context.finished.push_back(leg.id); }

void hang_up(Context& context, Leg& leg, core::Cause cause) {
  if (leg.state == LegState::kEnded) return;
  if (leg.offer_request) {  // theirs is still open
    reply_status(context, &leg, leg.offer_request, 487);
    leg.offer_request.reset();
  }
  leg.end_reason = reason_header(cause);
  end_leg(context, leg, std::move(cause));
  if (!leg.awaits_ack) bye::send(context, leg);  // else when the ACK is here (RFC 3261 15)
}

void set_timer(Context& context, Leg& leg, LegTimer timer, core::Duration after) {
  core::TimerId& id = leg.timers[static_cast<std::size_t>(timer)];
  context.timers.cancel(id);
  id = context.timers.schedule(sip_now() + after, {leg.id, timer});
}

void cancel_timer(Context& context, Leg& leg, LegTimer timer) {
  core::TimerId& id = leg.timers[static_cast<std::size_t>(timer)];
  context.timers.cancel(id);
  id = {};
}

void trace_message(Context& context, core::LegId leg, msg_t* msg, bool sent,
                   const core::SocketAddress& peer, call::Transport transport) {
  if (!msg) return;
  context.trace.record(leg, {core::wall_now(), sent, peer, transport, message_text(msg)});
}

std::string new_tag(Context& context) { return context.random.hex(kTagDigits); }

std::string reason_header(const core::Cause& cause) {
  if (cause.q850 == 0) return {};
  // RFC 3326 3.1: by this text phones know that the call is not one they missed.
  if (cause == core::causes::answered_elsewhere())
    return R"(SIP;cause=200;text="Call completed elsewhere", Q.850;cause=26)";
  const std::string_view text =
      cause.text.empty() ? core::q850_text(cause.q850) : std::string_view(cause.text);
  return text.empty() ? fmt::format("Q.850;cause={}", cause.q850)
                      : fmt::format("Q.850;cause={};text={}", cause.q850, quoted(text));
}

OfferAnswerOptions session_options(Context& context, const LegTerms& terms) {
  OfferAnswerOptions options;
  options.session_id = context.random.next() >> 2;  // fits the signed 64 bits of old parsers
  options.session_name = context.config->server.name;
  options.accept_plain = terms.srtp != config::SrtpMode::kRequired;
  options.accept_srtp = terms.srtp != config::SrtpMode::kOff;
  return options;
}

LegTerms terms_of(const Context& context, const config::Extension& extension) {
  const config::Profile& profile = context.profile();
  return {extension.srtp, profile.reliable_provisional,
          session_refresh::options_of(profile.session_timer)};
}

LegTerms terms_of(const Context& context, const config::Trunk& trunk) {
  config::SessionTimer timer = context.profile().session_timer;
  timer.mode = trunk.session_timer;
  return {trunk.srtp, trunk.reliable_provisional, session_refresh::options_of(timer)};
}

}  // namespace pbx::sip
