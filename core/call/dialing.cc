#include "core/call/dialing.h"

#include <algorithm>
#include <iterator>

#include "core/call/ending.h"
#include "core/call/outside.h"
#include "core/call/talking.h"
#include "core/call/tones.h"

namespace pbx::call {
namespace {

Leg called_leg(Switchboard& board, const Turn& turn, const Binding& binding,
               const config::Extension& extension) {
  Leg leg;
  leg.id = board.leg_ids.make<core::LegId>();
  leg.profile = binding.profile;
  leg.policy = policy_for(extension, board.config->media);
  leg.key = board.make_key();
  leg.local.ip = binding.local_ip;
  CdrLeg& record = leg.record;
  record.leg = leg.id;
  record.extension = extension.id;
  record.party = {extension.number, extension.name};
  record.contact = binding.contact_uri;
  record.peer = binding.received.text();
  record.user_agent = binding.user_agent;
  record.started = turn.wall;
  return leg;
}

SipInvite invitation(const Call& call, const Leg& leg, const Binding& binding) {
  SipInvite invite;
  invite.leg = leg.id;
  invite.call = call.id;
  invite.target_uri = binding.contact_uri;
  invite.next_hop = binding.received;
  invite.transport = binding.transport;
  invite.path = binding.path;
  invite.from = call.cdr.caller;
  invite.anonymous = call.anonymous;
  invite.to = leg.record.party;
  invite.offer = *leg.offer;
  invite.diversions = call.diversions;
  invite.hops_left = call.hops_left;
  invite.extension = leg.record.extension;
  return invite;
}

bool ring(Switchboard& board, Turn& turn, Call& call, const Binding& binding,
          const config::Extension& extension) {
  Leg leg = called_leg(board, turn, binding, extension);
  if (!take_port(board, turn, leg)) return false;
  leg.offer = make_offer(leg.policy, leg.local, wishes_of_caller(call), leg.key);
  leg.offer_is_ours = true;
  board.call_of_leg.emplace(leg.id, call.id);
  ++board.calls_of_extension[extension.id];

  // Early media may come before any SDP.
  set_media(board, turn, call, leg, listening(leg, leg.offer->formats));
  to_sip(turn, leg, invitation(call, leg, binding));
  call.legs.push_back(std::move(leg));
  return true;
}

// 1: not registered, busy, ... : why nobody can be rung at all.
std::optional<core::Cause> cannot_ring(const Switchboard& board, const Call& call,
                                       const config::Extension* extension,
                                       const std::vector<Binding>& bindings) {
  if (extension == nullptr) return core::causes::unallocated();
  const auto busy = board.calls_of_extension.find(extension->id);
  if (busy != board.calls_of_extension.end() && busy->second >= extension->calls_max)
    return core::causes::busy();
  if (bindings.empty()) return core::causes::not_registered();
  if (call.legs.size() >= board.config->call.legs_max) return core::causes::congestion();
  return std::nullopt;
}

// Smaller is better news for the caller (RFC 3261 16.7 step 6): a 6xx decides, then what a person
// did (busy, declined), then what the network did.
int rank(const core::Cause& cause) {
  const int status = cause.sip_status;
  if (status >= 600) return 0;
  if (status == 486) return 1;
  if (status >= 400 && status < 500 && status != 408 && status != 480) return 2;
  if (status == 480) return 3;
  if (status == 408) return 4;
  return 5;
}

void keep_best_failure(Call& call, const core::Cause& cause) {
  if (!call.best_failure || rank(cause) < rank(*call.best_failure)) call.best_failure = cause;
}

// How many redirections a telephone of that profile may add to a call.
std::uint32_t redirections_max(const Switchboard& board, core::ProfileId profile) {
  const auto& profiles = board.config->profiles;
  if (profile.value == 0 || profile.value > profiles.size()) return 0;
  const auto found = std::next(profiles.begin(), profile.value - 1);
  return std::min<std::uint32_t>(found->second.redirect_max, board.config->call.hops_max);
}

bool is_anyone_ringing(const Call& call) {
  return std::any_of(call.legs.begin() + 1, call.legs.end(),
                     [](const Leg& leg) { return !leg.is_over(); });
}

void tell_caller_ringing(Switchboard& board, Turn& turn, Call& call, Leg& leg) {
  if (!leg.record.ringing) leg.record.ringing = turn.wall;
  if (call.stage != Call::Stage::kDialing) return;
  call.stage = Call::Stage::kRinging;
  begin_segment(board, turn, call, Segment::Kind::kRinging);
  notice(turn, Notice::Level::kInfo, fmt::format("call={} leg={} ringing", call.id, leg.id));
}

bool passes_early_media(const Switchboard& board, const Leg& leg) {
  const config::Trunk* trunk = board.trunk(leg.record.trunk);
  return trunk == nullptr || trunk->early_media == config::EarlyMedia::kPass;
}

// The first contact with early media is the one the caller hears until someone answers.
bool pass_early_media(Switchboard& board, Turn& turn, Call& call, Leg& leg,
                      const LegProgress& event) {
  if (!event.answer || !leg.offer || !passes_early_media(board, leg)) return false;
  const auto agreed = accept_answer(leg.policy, *leg.offer, *event.answer);
  if (!agreed) return false;
  leg.agreed = agreed;
  set_media(board, turn, call, leg, agreed->params);
  if (call.early || !answer_caller(board, turn, call, &leg)) return false;
  stop_ringback(turn, call);
  call.early = leg.id;
  to_media(turn, call, MediaConnect{call.caller().id, leg.id});
  to_sip(turn, call.caller(),
         SipProgress{call.caller().id, event.status, call.caller().agreed->ours});
  return true;
}

}  // namespace

std::string_view user_of(std::string_view uri) {
  const auto scheme = uri.find(':');
  if (scheme == std::string_view::npos) return {};
  uri.remove_prefix(scheme + 1);
  return uri.substr(0, uri.find_first_of("@;?>"));
}

// Everything else that the called side may use follows, and is transcoded.
std::vector<Format> wishes_of_caller(const Call& call) {
  const Leg& caller = call.caller();
  if (caller.agreed) return {*caller.agreed->params.send};
  return caller.offer ? voice_formats(*caller.offer, caller.policy) : std::vector<Format>{};
}

MediaParams listening(const Leg& leg, std::vector<Format> receive) {
  MediaParams params;
  params.receive = std::move(receive);
  params.ptime_ms = leg.policy.ptime_ms;
  return params;
}

// The answer will need a port: without one the call fails now, not then.  The socket is opened now
// too, because the caller may speak as soon as the answer reaches him.
bool listen_to_caller(Switchboard& board, Turn& turn, Call& call) {
  Leg& caller = call.caller();
  if (!take_port(board, turn, caller)) return false;
  if (caller.has_media) return true;
  set_media(board, turn, call, caller, listening(caller, wishes_of_caller(call)));
  return true;
}

void leave_early_media(Switchboard& board, Turn& turn, Call& call) {
  if (!call.early || !call.find(call.early)->is_over()) return;
  call.early = {};
  const bool rings = std::any_of(call.legs.begin() + 1, call.legs.end(),
                                 [](const Leg& leg) { return leg.state == Leg::State::kRinging; });
  if (rings) tell_ringing(board, turn, call);
}

void dial_extension(Switchboard& board, Turn& turn, Call& call, std::string_view id) {
  const config::Extension* extension = board.extension(id);
  std::vector<Binding> bindings = board.locations.find(id);
  if (const auto refusal = cannot_ring(board, call, extension, bindings))
    return fail_call(board, turn, call, *refusal);

  const std::size_t room = board.config->call.legs_max - call.legs.size();
  if (const std::size_t most = std::min<std::size_t>(board.config->call.forks_max, room);
      bindings.size() > most)
    bindings.resize(most);
  call.dialed_extension = extension->id;
  call.cdr.called = {extension->number, extension->name};
  std::size_t rung = 0;
  if (listen_to_caller(board, turn, call))
    for (const Binding& binding : bindings)
      rung += ring(board, turn, call, binding, *extension) ? 1 : 0;
  if (rung == 0) return fail_call(board, turn, call, core::causes::no_media_port());
  restart_timer(board, call, turn.now + extension->ring_time);
  notice(turn, Notice::Level::kInfo,
         fmt::format("call={} dialing extension={} contacts={} ring_time_ms={}", call.id,
                     shown(board, id), rung, extension->ring_time.count()));
}

void on(Switchboard& board, Turn& turn, const LegProgress& event) {
  Call* call = board.find_by_leg(event.leg);
  if (call == nullptr || call->stage > Call::Stage::kRinging) return;
  Leg* leg = call->find(event.leg);
  if (leg->is_over()) return;
  leg->state = Leg::State::kRinging;
  leg->record.sip_call_id = event.sip_call_id;
  if (event.peer) leg->record.peer = event.peer.text();
  tell_caller_ringing(board, turn, *call, *leg);
  if (pass_early_media(board, turn, *call, *leg, event)) return;
  if (!call->early) tell_ringing(board, turn, *call);
}

void on(Switchboard& board, Turn& turn, const LegAnswered& event) {
  Call* call = board.find_by_leg(event.leg);
  if (call == nullptr || call->stage > Call::Stage::kRinging) return;
  Leg* leg = call->find(event.leg);
  if (leg->is_over() || !leg->offer) return;
  const auto agreed = accept_answer(leg->policy, *leg->offer, event.answer);
  if (!agreed) {
    release_leg(board, turn, *call, *leg, core::causes::not_acceptable());
    return on_contact_failed(board, turn, *call, core::causes::not_acceptable());
  }
  leg->agreed = agreed;
  leg->state = Leg::State::kAnswered;
  leg->record.answered = turn.wall;
  if (!event.user_agent.empty()) leg->record.user_agent = event.user_agent;
  leg->record.sip_call_id = event.sip_call_id;
  if (event.peer) leg->record.peer = event.peer.text();
  if (!event.contact.empty()) leg->record.contact = event.contact;
  set_media(board, turn, *call, *leg, agreed->params);
  leg->offer.reset();
  for (Leg& other : call->legs)
    if (!other.is_caller() && other.id != event.leg && !other.is_over())
      release_leg(board, turn, *call, other, core::causes::answered_elsewhere());
  begin_talk(board, turn, *call, *leg);
}

void on(Switchboard& board, Turn& turn, const LegRedirected& event) {
  Call* call = board.find_by_leg(event.leg);
  if (call == nullptr || call->stage > Call::Stage::kRinging) return;
  const Leg& leg = *call->find(event.leg);
  if (leg.is_over() || event.targets.empty()) return;
  if (!leg.record.trunk.empty()) return follow_redirect(board, turn, *call, event);
  // Only numbers of ours are followed: a phone must not send callers to an address of its choice.
  const config::Extension* const from = board.extension(leg.record.extension);
  const std::string target =
      config::extension_id(user_of(event.targets.front()), from == nullptr ? "" : from->domain);
  if (board.extension(target) == nullptr) return;  // LegEnded with the 3xx follows
  const std::uint32_t most = redirections_max(board, leg.profile);
  if (most == 0) return;
  if (++call->redirections > most) {
    keep_best_failure(*call, core::causes::loop());
    return;
  }
  call->diversions.insert(call->diversions.begin(), {leg.record.party.number, "deflection"});
  if (call->diversions.size() > kDiversionsMax) call->diversions.pop_back();
  notice(turn, Notice::Level::kInfo,
         fmt::format("call={} leg={} redirected to={}", call->id, event.leg, shown(board, target)));
  for (Leg& other : call->legs)
    if (!other.is_caller() && other.id != event.leg && !other.is_over())
      release_leg(board, turn, *call, other, core::causes::answered_elsewhere());
  end_leg(board, turn, *call, *call->find(event.leg), core::Cause{302, 0, "Redirected"});
  leave_early_media(board, turn, *call);
  dial_extension(board, turn, *call, target);
}

void on_contact_failed(Switchboard& board, Turn& turn, Call& call, const core::Cause& cause) {
  keep_best_failure(call, cause);
  if (try_next_trunk(board, turn, call, cause)) return leave_early_media(board, turn, call);
  if (cause.sip_status < 600 && is_anyone_ringing(call))
    return leave_early_media(board, turn, call);
  fail_call(board, turn, call, *call.best_failure);
}

void on_ring_limit(Switchboard& board, Turn& turn, Call& call) {
  if (call.stage <= Call::Stage::kRinging) fail_call(board, turn, call, core::causes::no_answer());
}

}  // namespace pbx::call
