#include "sip/engine.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/base/log.h"
#include "sip/certificate_name.h"
#include "sip/procedures.h"

namespace pbx::sip {
namespace {

constexpr std::chrono::milliseconds kTimer4{5000};  // RFC 3261 appendix A, T4
constexpr unsigned kRetryAfterMax = 10;             // seconds; of a request out of order
// Memory taken at once for the headers of a message, instead of piece by piece.
constexpr unsigned kMessagePreload = 3072;

// Headers without which a response is of no use.  nta drops one whose Contact, Record-Route or
// Content-Type it cannot read; but for a 2xx that was dropped nobody sends ACK or BYE.
constexpr unsigned kEssentialOfResponse = sip_mask_response | sip_mask_100rel | sip_mask_timer;

unsigned milliseconds_of(std::chrono::milliseconds value) {
  return static_cast<unsigned>(value.count());
}

Response with_retry(Context& context, int status) {
  Response response{status, {}, {}, {}, {}};
  response.headers.add("Retry-After", fmt::format("{}", context.random.below(kRetryAfterMax + 1)));
  return response;
}

// Of "X-A", "X-A: value" and "X-A ~ part" in the rules of plans, each once.
std::vector<std::string> header_names(const config::Config& config) {
  std::set<std::string> names;
  for (const auto& [plan_name, plan] : config.plans)
    for (const config::PlanRule& rule : plan.rules)
      for (const std::string& condition : rule.headers)
        names.insert(condition.substr(0, condition.find_first_of(":~ ")));
  return {names.begin(), names.end()};
}

// What the operator can do about it.
std::string remedy(TlsFailure::Kind kind, const std::string& profile) {
  switch (kind) {
    case TlsFailure::Kind::kUntrusted:
      return fmt::format("look at its certificate and at profiles.{}.tls.ca", profile);
    case TlsFailure::Kind::kOtherName:
      return "look at its certificate and at trunks.*.servers, which must name it so";
    case TlsFailure::Kind::kRefusesUs:
      return fmt::format("look at profiles.{}.tls.certificate and at what it trusts", profile);
    case TlsFailure::Kind::kBroken:
      break;
  }
  return "look whether it speaks TLS there, and at its own log";
}

}  // namespace

Engine::Engine(StackOptions options, EventSink& sink, su_root_t* root, std::string_view nonce_key)
    : context_{.options = options,
               .config = options.config,
               .sink = &sink,
               .listener = this,
               .random = core::Random(options.seed),
               .ids = core::IdSource(options.id_origin, options.first_id)},
      authenticator_(options.config, options.profile, nonce_key),
      root_(root),
      registers_(context_.options, context_.profile()),
      gatekeeper_(context_.profile().guard, context_.options.seed) {
  context_.wanted_headers = header_names(*context_.config);
  context_.trunk_service = &trunks_;
}

// The transactions of the legs must go before the agent that holds them.
Engine::~Engine() {
  sip::filter_sources(nullptr);
  watch_tls(nullptr);
  context_.legs.clear();
}

core::Result<> Engine::open() {
  const config::Profile& profile = context_.profile();
  const auto life = profile.timers.transaction_life;
  const auto timer4 = std::min(kTimer4, life / 2);
  agent_.reset(nta_agent_create(
      root_, reinterpret_cast<url_string_t*>(-1), &Engine::on_message,
      reinterpret_cast<nta_agent_magic_t*>(this), NTATAG_UA(1), NTATAG_STATELESS(1),
      NTATAG_SERVER_RPORT(2), NTATAG_MERGE_482(1),
      NTATAG_SIP_T1(milliseconds_of(profile.timers.t1)),
      NTATAG_SIP_T2(milliseconds_of(profile.timers.t2)), NTATAG_SIP_T4(milliseconds_of(timer4)),
      NTATAG_SIP_T1X64(milliseconds_of(life)), NTATAG_MAXSIZE(profile.message_size_max),
      NTATAG_UDP_MTU(65535), NTATAG_TIMEOUT_408(1), NTATAG_BLACKLIST(0),
      NTATAG_PRELOAD(kMessagePreload), NTATAG_BAD_RESP_MASK(kEssentialOfResponse), TAG_END()));
  if (!agent_) return core::fail(core::ErrorCode::kUnavailable, "no SIP agent");
  context_.agent = agent_.get();
  filter_sources();
  watch_tls(&tls_);
  auto transports = Transports::open(agent_.get(), profile);
  if (!transports) return tl::unexpected(transports.error());
  context_.transports = std::move(*transports);
  trunks_.open(context_, root_);
  trunks_.apply(context_);
  return {};
}

void Engine::apply_config(std::shared_ptr<const config::Config> config) {
  if (!config->profiles.contains(context_.options.profile)) return;  // gone only with a restart
  context_.config = config;
  context_.wanted_headers = header_names(*config);
  authenticator_.apply(std::move(config));
  trunks_.apply(context_);
  registers_.apply(context_);
  registers_.remove_unknown(context_);
  gatekeeper_.apply(context_.profile().guard);
  filter_sources();
}

bool Engine::takes(const core::IpAddress& source) { return gatekeeper_.lets_in(context_, source); }

void Engine::filter_sources() { sip::filter_sources(gatekeeper_.lets_all_in() ? nullptr : this); }

std::string Engine::name_of(const core::SocketAddress& server) {
  return certificate_name(*context_.config, context_.trunks, server);
}

void Engine::on_tls_failed(const core::SocketAddress& server, const TlsFailure& failure) {
  if (!context_.troubles.note(sip_now(), server, failure.reason)) return;
  const config::Trunk* trunk = context_.trunks.match(server, "");
  const std::string name = name_of(server);
  core::log_warn("sip", "trunk={} server={} host={} no connection by TLS: {}; {}",
                 trunk ? trunk->name : "-", server.text(), name.empty() ? "-" : name,
                 failure.reason, remedy(failure.kind, context_.options.profile));
}

void Engine::restore(std::vector<call::Binding> bindings) {
  registers_.restore(context_, std::move(bindings));
}

void Engine::unregister(const std::string& extension) {
  registers_.unregister(context_, extension);
}

int Engine::on_message(nta_agent_magic_t* magic, nta_agent_t*, msg_t* raw, sip_t* sip) {
  auto& engine = *reinterpret_cast<Engine*>(magic);
  Msg msg(raw);
  if (!sip->sip_request) {
    engine.receive_response(std::move(msg), sip);
    return 0;
  }
  Request request{std::move(msg), sip, source_of(raw), transport_of(sip)};
  engine.receive_request(std::move(request));
  return 0;
}

// A response that no transaction knows: only a repeated 2xx matters, whose ACK was lost.
void Engine::receive_response(Msg, const sip_t* sip) {
  ++context_.counters.responses_received;
  if (sip->sip_cseq->cs_method != sip_method_invite || sip->sip_status->st_status / 100 != 2)
    return;
  Leg* leg = context_.legs.find_dialog(view(sip->sip_call_id->i_id), view(sip->sip_to->a_tag),
                                       view(sip->sip_from->a_tag));
  if (leg && !leg->is_incoming)
    send_ack(context_, *leg, leg->dialog, sip->sip_cseq->cs_seq, nullptr);
}

void Engine::receive_request(Request&& request) {
  const sip_t* sip = request.sip;
  ++context_.counters.requests_received;
  // A TLS connection may be older than the list that denies its source.
  if (!gatekeeper_.lets_in(context_, request.source.ip)) return;
  Leg* leg = sip->sip_to->a_tag
                 ? context_.legs.find_dialog(view(sip->sip_call_id->i_id),
                                             view(sip->sip_from->a_tag), view(sip->sip_to->a_tag))
                 : nullptr;
  // Who else sits at the address must not cost a call in progress.
  if (!leg && gatekeeper_.is_banned(context_, request.source.ip)) return;
  if (!clean(request)) {
    ++context_.counters.malformed;
    return;
  }
  if (request.method() == sip_method_ack) return;  // of a response we gave without a transaction
  if (request.method() == sip_method_cancel) return receive_stray(std::move(request));
  if (leg) return receive_in_dialog(*leg, std::move(request));
  if (sip->sip_to->a_tag) return receive_stray(std::move(request));
  receive_initial(std::move(request));
}

// Of a dialog or an INVITE that is not there.
void Engine::receive_stray(Request&& request) {
  if (gatekeeper_.admit(context_, request))
    reply_stateless(context_, std::move(request), {481, {}, {}, {}, {}});
}

void Engine::receive_in_dialog(Leg& leg, Request&& request) {
  trace_message(context_, leg.id, request.msg.get(), false, request.source, request.transport);
  const bool is_confirmed = leg.dialog.remote_tag == view(request.sip->sip_from->a_tag);
  if (is_confirmed) {
    if (!accept_cseq(leg.dialog, request.sip->sip_cseq->cs_seq))
      return reply_stateless(context_, std::move(request), with_retry(context_, 500));
    leg.dialog.peer = request.source;  // a NAT may have moved it
    leg.dialog.transport = request.transport;
  } else if (request.method() != sip_method_options && request.method() != sip_method_info) {
    // An early dialog of our INVITE: nothing can be changed in it before the answer.
    return reply_stateless(context_, std::move(request), with_retry(context_, 500));
  }
  if (auto refused = check_form(context_, request))
    return reply_stateless(context_, std::move(request), std::move(*refused));
  switch (request.method()) {
    case sip_method_invite:
      return reinvite::receive(context_, leg, std::move(request));
    case sip_method_update:
      return update::receive(context_, leg, std::move(request));
    case sip_method_bye:
      return bye::receive(context_, leg, std::move(request));
    case sip_method_info:
      return info::receive(context_, leg, std::move(request));
    case sip_method_options:
      return options::receive_in_dialog(context_, leg, std::move(request));
    case sip_method_prack:  // no response of ours waits for it
      return reply_stateless(context_, std::move(request), {481, {}, {}, {}, {}});
    default:
      return refusals::receive_in_dialog(context_, leg, std::move(request));
  }
}

void Engine::receive_initial(Request&& request) {
  // Who proves a password is not limited: after a power cut thousands come back at once.
  const Verdict verdict = verify(request);
  if (verdict.kind == Verdict::Kind::kAccepted)
    gatekeeper_.record_success(request.source.ip);
  else if (!gatekeeper_.admit(context_, request))
    return;
  if (auto refused = check_form(context_, request)) {
    if (refused->status == 482) ++context_.counters.loops;
    return reply_stateless(context_, std::move(request), std::move(*refused));
  }
  switch (request.method()) {
    case sip_method_invite:
      return receive_invite(std::move(request), verdict);
    case sip_method_register:
      return receive_register(std::move(request), verdict);
    case sip_method_options:
      return options::receive(context_, std::move(request));
    case sip_method_message:
      return receive_message(std::move(request), verdict);
    case sip_method_bye:
    case sip_method_info:
    case sip_method_update:
    case sip_method_prack:
      return reply_stateless(context_, std::move(request), {481, {}, {}, {}, {}});
    default:
      return refusals::receive(context_, std::move(request));
  }
}

void Engine::receive_invite(Request&& request, const Verdict& verdict) {
  ++context_.counters.invites_received;
  if (auto refused = check_invite(context_, request))
    return reply_stateless(context_, std::move(request), std::move(*refused));
  const sip_t* sip = request.sip;
  const config::Trunk* trunk =
      context_.trunks.match(request.source, user_of(sip->sip_request->rq_url));
  if (trunk && trunk->challenge.is_empty())
    return invite_server::receive(context_, std::move(request), {.trunk = trunk});
  if (!authenticate(request, verdict)) return;
  invite_server::receive(
      context_, std::move(request),
      {context_.find_extension(verdict.extension), context_.trunks.find(verdict.trunk)});
}

void Engine::receive_message(Request&& request, const Verdict& verdict) {
  if (!is_our_domain(context_, request.sip->sip_request->rq_url))
    return reply_stateless(context_, std::move(request), {404, {}, {}, {}, {}});
  if (!authenticate(request, verdict)) return;
  if (const config::Extension* account = context_.find_extension(verdict.extension))
    return messages_.receive(context_, std::move(request), *account);
  reply_stateless(context_, std::move(request), {403, {}, {}, {}, {}});
}

Verdict Engine::verify(const Request& request) {
  const sip_t* sip = request.sip;
  const core::Instant now = sip_now();
  const std::string uri = uri_text(sip->sip_request->rq_url);
  const DigestRequest asked{view(sip->sip_request->rq_method_name), uri, body_of(sip).text};
  // A registration is of the address in To (RFC 3261 10.2), anything else comes from that in From.
  const url_t* own =
      request.method() == sip_method_register ? sip->sip_to->a_url : sip->sip_from->a_url;
  const std::string_view host = view(own->url_host);
  Verdict verdict;
  for (const msg_auth_t* header = sip->sip_authorization; header; header = header->au_next) {
    const auto said = parse_authorization(view(header->au_scheme), header->au_params);
    if (!said) continue;
    verdict = authenticator_.check(now, *said, asked, host);
    if (verdict.kind != Verdict::Kind::kNoCredentials) break;
  }
  return verdict;
}

bool Engine::authenticate(Request& request, const Verdict& verdict) {
  if (verdict.kind == Verdict::Kind::kAccepted) return true;
  if (verdict.kind == Verdict::Kind::kMalformed)
    reply_stateless(context_, std::move(request), {400, "Credentials for another URI", {}, {}, {}});
  else
    challenge(std::move(request), verdict.kind);
  return false;
}

void Engine::receive_register(Request&& request, const Verdict& verdict) {
  if (!is_our_domain(context_, request.sip->sip_request->rq_url))
    return reply_stateless(context_, std::move(request), {404, {}, {}, {}, {}});
  if (!authenticate(request, verdict)) return;
  if (const config::Extension* account = context_.find_extension(verdict.extension))
    return registers_.receive(context_, std::move(request), *account);
  reply_stateless(context_, std::move(request), {403, {}, {}, {}, {}});
}

void Engine::challenge(Request&& request, Verdict::Kind verdict) {
  ++context_.counters.challenges;
  const bool wrong = verdict == Verdict::Kind::kWrong;
  if (wrong) ++context_.counters.auth_failures;
  Response response{401, {}, {}, {}, {}};
  for (const std::string& value :
       authenticator_.challenges(sip_now(), verdict == Verdict::Kind::kStale))
    response.headers.add("WWW-Authenticate", value);
  if (verdict == Verdict::Kind::kStale)  // the password is right: no offence
    return reply_stateless(context_, std::move(request), std::move(response));
  gatekeeper_.refuse(context_, std::move(request), std::move(response),
                     wrong ? Offence::kFailure : Offence::kUnauthenticated);
}

void Engine::on_response(TransactionKey key, nta_outgoing_t* transaction, const sip_t* sip) {
  const int status = sip->sip_status->st_status;
  ++context_.counters.responses_received;
  ++context_.counters.received_by_class[std::clamp(status / 100, 0, 6)];
  if (const Msg sent(is_unheard(sip) ? nta_outgoing_getrequest(transaction) : nullptr); sent)
    tls_.hear_out(source_of(sent.get()));  // of a request its destination
  if (key.purpose == Purpose::kMessage)
    return messages_.on_response(context_, core::RequestId{key.id}, sip);
  if (key.purpose == Purpose::kRegister || key.purpose == Purpose::kProbe)
    return trunks_.on_response(context_, key, transaction, sip);
  if (key.purpose == Purpose::kOptions) return;  // its packet has done its work in the NAT
  Leg* leg = context_.legs.find(core::LegId{key.id});
  if (!leg) return;
  const Msg msg(nta_outgoing_getresponse(transaction));
  if (!leg->dialog.peer && msg) leg->dialog.peer = source_of(msg.get());
  trace_message(context_, leg->id, msg.get(), false, leg->dialog.peer, leg->dialog.transport);
  switch (key.purpose) {
    case Purpose::kInvite:
      return invite_client::on_response(context_, *leg, sip);
    case Purpose::kReinvite:
      return reinvite::on_response(context_, *leg, sip, false);
    case Purpose::kUpdate:
      return reinvite::on_response(context_, *leg, sip, true);
    case Purpose::kBye:
      return bye::on_response(context_, *leg, sip);
    case Purpose::kPrack:
    case Purpose::kInfo:
      if (status < 200) return;
      std::erase_if(leg->others, [&](const Outgoing& other) { return other.is(transaction); });
      return;
    case Purpose::kOptions:
    case Purpose::kMessage:
    case Purpose::kRegister:
    case Purpose::kProbe:
      return;
  }
}

void Engine::on_ack_or_cancel(core::LegId id, nta_incoming_t* transaction, const sip_t* sip) {
  Leg* leg = context_.legs.find(id);
  if (!leg) return;
  if (leg->offer_request.is(transaction)) {
    if (sip && sip->sip_request->rq_method == sip_method_cancel)
      reinvite::on_cancel(context_, *leg);
    return;
  }
  if (!leg->invite.is(transaction)) return;
  const Msg msg(sip ? nta_incoming_getrequest_ackcancel(transaction) : nullptr);
  trace_message(context_, id, msg.get(), false, leg->dialog.peer, leg->dialog.transport);
  if (sip && sip->sip_request->rq_method == sip_method_cancel)
    cancel::receive(context_, *leg, sip);
  else if (sip)
    invite_server::on_ack(context_, *leg, sip);
  else if (leg->awaits_ack)
    invite_server::on_no_ack(context_, *leg);
  else if (leg->state == LegState::kIncoming)
    invite_server::on_no_prack(context_, *leg);
}

void Engine::on_prack(core::LegId id, nta_incoming_t* transaction, const sip_t* sip) {
  Leg* leg = context_.legs.find(id);
  if (!transaction) return;
  if (!leg) {
    Incoming orphan(transaction);
    return reply_status(context_, nullptr, orphan, 481);
  }
  const Msg msg(nta_incoming_getrequest(transaction));
  trace_message(context_, id, msg.get(), false, leg->dialog.peer, leg->dialog.transport);
  prack::receive(context_, *leg, transaction, sip);
}

void Engine::on_timer(const LegDeadline& deadline) {
  Leg* leg = context_.legs.find(deadline.leg);
  if (!leg) return;
  leg->timers[static_cast<std::size_t>(deadline.timer)] = {};
  switch (deadline.timer) {
    case LegTimer::kInviteTimeout:
      return invite_client::on_timeout(context_, *leg);
    case LegTimer::kAnswerTime:
      return trunk_call::on_no_answer(context_, *leg);
    case LegTimer::kOfferRetry:
      return reinvite::on_retry(context_, *leg);
    case LegTimer::kSession:
      return session_refresh::on_due(context_, *leg);
    case LegTimer::kLinger:
      return forget(context_, *leg);
  }
}

void Engine::run_due() {
  const core::Instant now = sip_now();
  context_.timers.expire(now, [this](const LegDeadline& deadline) { on_timer(deadline); });
  messages_.expire(context_, now);
  registers_.run(context_, now);
  gatekeeper_.run(context_, now);
  trunks_.run(context_, now);
  context_.troubles.end_turn();
  erase_finished();
}

std::optional<core::Instant> Engine::next_deadline() const {
  std::optional<core::Instant> next = context_.timers.next_deadline();
  const auto earlier = [&](std::optional<core::Instant> other) {
    if (other && (!next || *other < *next)) next = other;
  };
  earlier(messages_.next_deadline());
  earlier(registers_.next_deadline());
  earlier(gatekeeper_.next_deadline());
  earlier(trunks_.next_deadline());
  return next;
}

void Engine::erase_finished() {
  for (const core::LegId id : std::exchange(context_.finished, {})) {
    Leg* leg = context_.legs.find(id);
    if (!leg) continue;
    for (std::size_t timer = 0; timer < kLegTimers; ++timer)
      cancel_timer(context_, *leg, static_cast<LegTimer>(timer));
    context_.trace.leg_ended(id);
    context_.legs.erase(id);
  }
}

void Engine::end_all_legs() {
  std::vector<core::LegId> ids;
  context_.legs.for_each([&](const Leg& leg) { ids.push_back(leg.id); });
  std::sort(ids.begin(), ids.end());
  for (const core::LegId id : ids) run(call::SipEnd{id, core::causes::out_of_order(), {}});
  trunks_.stop(context_);
}

void Engine::apply(const call::SipCommand& command) {
  std::visit([this](const auto& plain) { run(plain); }, command);
}

void Engine::run(const call::SipInvite& command) { invite_client::start(context_, command); }

void Engine::run(const call::SipProgress& command) {
  if (Leg* leg = context_.legs.find(command.leg)) invite_server::progress(context_, *leg, command);
}

void Engine::run(const call::SipAnswer& command) {
  if (Leg* leg = context_.legs.find(command.leg)) invite_server::answer(context_, *leg, command);
}

void Engine::run(const call::SipOffer& command) {
  if (Leg* leg = context_.legs.find(command.leg)) reinvite::offer(context_, *leg, command.offer);
}

void Engine::run(const call::SipAnswerOffer& command) {
  if (Leg* leg = context_.legs.find(command.leg))
    offer_server::answer(context_, *leg, command.description);
}

void Engine::run(const call::SipRefuseOffer& command) {
  if (Leg* leg = context_.legs.find(command.leg))
    offer_server::refuse(context_, *leg, command.status);
}

void Engine::run(const call::SipDigit& command) {
  if (Leg* leg = context_.legs.find(command.leg)) info::send(context_, *leg, command);
}

void Engine::run(const call::SipEnd& command) {
  Leg* leg = context_.legs.find(command.leg);
  if (!leg) return;
  switch (leg->state) {
    case LegState::kIncoming:
      return invite_server::refuse(context_, *leg, command);
    case LegState::kOutgoing:
      return cancel::send(context_, *leg, command.cause);
    case LegState::kTalking:
      return hang_up(context_, *leg, command.cause);
    case LegState::kEnded:
      return;
  }
}

void Engine::run(const call::SipMessage& command) { messages_.send(context_, command); }

void Engine::run(const call::SipMessageReply& command) { messages_.reply(context_, command); }

SipCounters Engine::counters() const {
  SipCounters counters = context_.counters;
  usize_t bad = 0, retries = 0, again = 0, late = 0;
  nta_agent_get_stats(agent_.get(), NTATAG_S_BAD_MESSAGE_REF(bad),
                      NTATAG_S_RETRY_REQUEST_REF(retries), NTATAG_S_RECV_RETRY_REF(again),
                      NTATAG_S_TOUT_REQUEST_REF(late), TAG_END());
  counters.malformed += bad;
  counters.retransmissions = retries + again;
  counters.timeouts += late;
  counters.legs = context_.legs.size();
  counters.bindings = registers_.size();
  counters.trace_bytes = context_.trace.bytes();
  return counters;
}

}  // namespace pbx::sip
