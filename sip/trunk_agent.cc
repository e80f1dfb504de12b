#include "sip/trunk_agent.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/base/log.h"
#include "sip/procedures.h"
#include "sip/trunk_identity.h"
#include "sip/trunk_resolution.h"
#include "sip/uri.h"

namespace pbx::sip {
namespace {

using State = call::TrunkChanged::State;
using std::chrono::seconds;

std::string value_of(const msg_auth_t* header) {
  std::string value(view(header->au_scheme));
  for (const msg_param_t* param = header->au_params; param && *param; ++param)
    value.append(param == header->au_params ? " " : ", ").append(*param);
  return value;
}

// What the registrar grants the contact of ours; others may be registered beside it.
std::optional<seconds> granted_in(const sip_t* sip, std::string_view user) {
  for (const sip_contact_t* contact = sip->sip_contact; contact; contact = contact->m_next)
    if (contact->m_expires && user_of(contact->m_url) == user)
      if (const auto value = core::parse_uint<std::uint32_t>(view(contact->m_expires)))
        return seconds(*value);
  if (sip->sip_expires) return seconds(sip->sip_expires->ex_delta);
  return std::nullopt;
}

RegisterAnswer read_answer(const sip_t* sip, std::string_view user) {
  RegisterAnswer answer;
  answer.status = sip->sip_status->st_status;
  answer.phrase = view(sip->sip_status->st_phrase);
  answer.granted = granted_in(sip, user);
  if (sip->sip_min_expires) answer.min_expires = seconds(sip->sip_min_expires->me_delta);
  if (sip->sip_retry_after) answer.retry_after = seconds(sip->sip_retry_after->af_delta);
  return answer;
}

DigestAuthorizer login_of(const config::Trunk& trunk) {
  return {trunk.login.username, DigestSecret{trunk.login.password.reveal(), {}, {}}};
}

std::string address_of_record(const config::Trunk& trunk) {
  return fmt::format("<sip:{}@{}>", escape_user(trunk.login.username), domain_of(trunk));
}

}  // namespace

std::vector<Challenge> challenges_of(const sip_t* sip) {
  const bool by_proxy = sip->sip_status->st_status == 407;
  std::vector<std::string> values;
  const msg_auth_t* header = by_proxy ? sip->sip_proxy_authenticate : sip->sip_www_authenticate;
  for (; header; header = header->au_next) values.push_back(value_of(header));
  const std::vector<std::string_view> views(values.begin(), values.end());
  return read_challenges(views);
}

HeaderText credentials_for(DigestAuthorizer& login, const RequestText& request,
                           core::Random& random, DigestAttempt& attempt) {
  HeaderText headers;
  const DigestRequest asked{request.method, request.uri, request.body};
  for (const DigestCredentials& credentials : login.authorize(asked, random, attempt))
    headers.add(credentials_header(credentials.for_whom), credentials.value);
  return headers;
}

TrunkAgent::TrunkAgent(std::uint64_t id, const config::Trunk& trunk, core::Random random)
    : id_(id),
      trunk_(trunk),
      random_(random),
      login_(login_of(trunk)),
      registration_(trunk.registration, core::Random(random_.next())),
      call_id_(random_.hex(24)) {}

void TrunkAgent::start(Context& context) {
  targets_due_ = sip_now();
  act(context, registration_.start(sip_now()));
}

void TrunkAgent::stop(Context& context) { act(context, registration_.stop(sip_now())); }

void TrunkAgent::take_targets(Context& context, std::vector<TrunkTarget> targets,
                              std::string_view reason) {
  std::vector<Watch> fresh;
  for (TrunkTarget& target : targets) {
    Watch* known = find(target.address);
    if (known && known->target == target)
      fresh.push_back(std::move(*known));
    else
      fresh.push_back({std::move(target),
                       TrunkHealth(sip_now(), trunk_.health, core::Random(random_.next())),
                       {}});
  }
  watches_ = std::move(fresh);
  no_targets_ = watches_.empty() ? std::string(reason) : "";
  targets.clear();
  for (const Watch& watch : watches_) {
    core::log_debug("sip", "trunk={} server={} host={}", trunk_.name, watch.target.address.text(),
                    watch.target.host);
    targets.push_back(watch.target);
  }
  context.trunks.set_targets(trunk_.name, std::move(targets));
  show_alive(context);
  show_registered(context);
  if (has_names(trunk_)) targets_due_ = sip_now() + kResolveAgain;
  if (!std::exchange(registration_waits_, false)) return;
  act(context, registration_.on_resolved(sip_now(), watches_.size(), no_targets_));
}

void TrunkAgent::act(Context& context, const RegistrationStep& step) {
  RegistrationStep next = step;
  while (next.kind != RegistrationStep::Kind::kNothing) {
    if (next.kind == RegistrationStep::Kind::kResolve) {
      registration_waits_ = true;
      targets_due_ = sip_now();
      return;
    }
    if (send_register(context, next)) return;
    next = registration_.on_no_answer(sip_now(), "no transport towards the server");
  }
}

HeaderText TrunkAgent::request_head(Context& context, const TrunkTarget& target,
                                    const core::SocketAddress& local) const {
  HeaderText head;
  head.add("Via", via_of(local, target.transport))
      .add("Max-Forwards", fmt::format("{}", context.profile().max_forwards))
      .add("User-Agent", context.config->server.user_agent);
  return head;
}

bool TrunkAgent::send_register(Context& context, const RegistrationStep& step) {
  if (step.server >= watches_.size()) return false;
  const TrunkTarget& target = watches_[step.server].target;
  const auto local = context.transports.local_for(target.transport, target.address);
  if (!local) return false;
  if (!step.is_repetition) attempt_ = {};
  RequestText text{"REGISTER",
                   trunk_call::request_uri(target, ""),
                   request_head(context, target, *local),
                   {},
                   {}};
  const std::string who = address_of_record(trunk_);
  text.headers.add("From", fmt::format("{};tag={}", who, new_tag(context)))
      .add("To", who)
      .add("Call-ID", call_id_)
      .add("CSeq", fmt::format("{} REGISTER", ++cseq_))
      .add("Contact", contact_of(trunk_.login.username, *local, target.transport))
      .add("Expires", fmt::format("{}", step.expires.count()))
      .add("Allow", kAllowed);
  text.headers.append(credentials_for(login_, text, random_, attempt_));
  msg_t* msg = make_request(context.agent, text);
  if (!msg) return false;
  register_ = Outgoing::send(context.agent, *context.listener, {id_, Purpose::kRegister},
                             hop_to(context, target.address, target.transport), msg);
  ++context.counters.requests_sent;
  return static_cast<bool>(register_);
}

RegistrationStep TrunkAgent::take_answer(const Context& context, const sip_t* sip) {
  if (const std::size_t asked = registration_.status().server;
      is_unheard(sip) && asked < watches_.size())
    return registration_.on_no_answer(sip_now(),
                                      why_unheard(context, sip, watches_[asked].target.address));
  RegisterAnswer answer = read_answer(sip, trunk_.login.username);
  if (const auto challenger = challenger_of(answer.status))
    answer.challenge = login_.learn(*challenger, challenges_of(sip), attempt_);
  return registration_.on_answer(sip_now(), answer);
}

void TrunkAgent::on_register_answer(Context& context, const sip_t* sip) {
  if (sip->sip_status->st_status < 200) return;
  const Outgoing answered = std::move(register_);  // `sip` belongs to it
  const RegistrationState before = registration_.status().state;
  act(context, take_answer(context, sip));
  const RegistrationStatus& status = registration_.status();
  show_registered(context);
  if (status.state == RegistrationState::kRegistered && before != status.state)
    core::log_info("sip", "trunk={} registered for_s={}", trunk_.name, status.granted.count());
  if (status.state == RegistrationState::kFailed)
    core::log_warn("sip", "trunk={} registration failed: {}", trunk_.name, status.reason);
}

void TrunkAgent::send_options(Context& context, Watch& watch) {
  const TrunkTarget& target = watch.target;
  const auto local = context.transports.local_for(target.transport, target.address);
  if (!local) return watch.health.on_options_failure(sip_now(), "no transport towards the server");
  RequestText text{"OPTIONS",
                   trunk_call::request_uri(target, ""),
                   request_head(context, target, *local),
                   {},
                   {}};
  const std::string user = trunk_.login.username;
  text.headers
      .add("From",
           fmt::format("<sip:{}{}{}>;tag={}", escape_user(user), user.empty() ? "" : "@",
                       user.empty() ? host_of(*local) : domain_of(trunk_), new_tag(context)))
      .add("To", fmt::format("<{}>", text.uri))
      .add("Call-ID", context.random.hex(24))
      .add("CSeq", "1 OPTIONS")
      .add("Contact", contact_of(user, *local, target.transport))
      .add("Accept", kSdpType);
  msg_t* msg = make_request(context.agent, text);
  if (!msg) return watch.health.on_options_failure(sip_now(), "unusable address");
  watch.probe = Outgoing::send(context.agent, *context.listener, {id_, Purpose::kProbe},
                               hop_to(context, target.address, target.transport), msg);
  ++context.counters.requests_sent;
}

void TrunkAgent::on_options_answer(Context& context, const nta_outgoing_t* transaction,
                                   const sip_t* sip) {
  if (sip->sip_status->st_status < 200) return;
  for (Watch& watch : watches_) {
    if (!watch.probe.is(transaction)) continue;
    if (is_unheard(sip))
      watch.health.on_options_failure(sip_now(), why_unheard(context, sip, watch.target.address));
    else
      watch.health.on_options_answer(sip_now(), sip->sip_status->st_status);
    watch.probe.reset();
    break;
  }
  show_alive(context);
}

bool TrunkAgent::on_call_answer(Context& context, const core::SocketAddress& server) {
  Watch* watch = find(server);
  if (!watch) return false;
  const HealthState before = watch->health.status().state;
  watch->health.on_call_answer(sip_now());
  if (watch->health.status().state == before) return false;
  show_alive(context);
  return true;
}

void TrunkAgent::on_call_silence(Context& context, const core::SocketAddress& server) {
  if (Watch* watch = find(server)) watch->health.on_call_silence(sip_now());
  show_alive(context);
}

void TrunkAgent::on_call_failure(Context& context, const core::SocketAddress& server,
                                 std::string_view reason) {
  if (Watch* watch = find(server)) watch->health.on_call_failure(sip_now(), reason);
  show_alive(context);
}

void TrunkAgent::run(Context& context, core::Instant now) {
  if (const auto due = registration_.next_deadline(); due && *due <= now)
    act(context, registration_.run(now));
  bool is_changed = false;
  for (Watch& watch : watches_) {
    const auto due = watch.health.next_deadline();
    if (!due || *due > now) continue;
    if (watch.health.run(now)) send_options(context, watch);
    is_changed = true;
  }
  if (is_changed) show_alive(context);
}

std::optional<core::Instant> TrunkAgent::next_deadline() const {
  std::optional<core::Instant> next = registration_.next_deadline();
  if (targets_due_ != core::Instant::max() && (!next || targets_due_ < *next)) next = targets_due_;
  for (const Watch& watch : watches_)
    if (const auto due = watch.health.next_deadline(); due && (!next || *due < *next)) next = due;
  return next;
}

void TrunkAgent::show_alive(Context& context) {
  for (const Watch& watch : watches_)
    context.trunks.set_alive(trunk_.name, watch.target.address, watch.health.is_usable());
}

void TrunkAgent::show_registered(Context& context) {
  const RegistrationStatus& status = registration_.status();
  const bool is_there =
      status.state == RegistrationState::kRegistered && status.server < watches_.size();
  context.trunks.set_registered(
      trunk_.name, is_there ? watches_[status.server].target.address : core::SocketAddress{});
}

TrunkAgent::Watch* TrunkAgent::find(const core::SocketAddress& server) {
  const auto found = std::find_if(watches_.begin(), watches_.end(), [&](const Watch& watch) {
    return watch.target.address == server;
  });
  return found == watches_.end() ? nullptr : &*found;
}

call::TrunkChanged TrunkAgent::standing(const Context& context) const {
  call::TrunkChanged now{context.options.id, trunk_.name, State::kUnknown, {}, {}, {}, {}};
  if (trunk_.servers.empty()) return now;  // it only calls us
  if (watches_.empty()) {
    if (!no_targets_.empty()) now.state = State::kDown;
    now.reason = no_targets_.empty() ? "its servers are looked for" : no_targets_;
    return now;
  }
  const auto usable = std::find_if(watches_.begin(), watches_.end(),
                                   [](const Watch& watch) { return watch.health.is_usable(); });
  const Watch& best = usable == watches_.end() ? watches_.front() : *usable;
  const auto local = context.transports.local_for(best.target.transport, best.target.address);
  if (local)
    now.local_ip = context.profile().media_address ? context.profile().media_address : local->ip;
  now.server = best.target.address.text();
  if (const auto trip = best.health.status().round_trip)
    now.round_trip = std::chrono::duration_cast<std::chrono::milliseconds>(*trip);
  const RegistrationState registered = registration_.status().state;
  if (usable == watches_.end()) {
    now.state = State::kDown;
    now.reason = fmt::format("{}: {}", now.server, best.health.status().reason);
  } else if (registered == RegistrationState::kFailed) {
    now.state = State::kDown;
    now.reason = fmt::format("not registered: {}", registration_.status().reason);
  } else if (registered == RegistrationState::kRegistered) {
    now.state = State::kUp;
    now.reason = "registered";
  } else if (best.health.status().state == HealthState::kUp) {
    now.state = registered == RegistrationState::kTrying ? State::kUnknown : State::kUp;
  }
  return now;
}

}  // namespace pbx::sip
