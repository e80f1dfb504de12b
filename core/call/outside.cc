#include "core/call/outside.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/call/dialing.h"
#include "core/call/ending.h"
#include "core/call/media_plan.h"
#include "core/call/trunk_choice.h"

namespace pbx::call {
namespace {

// What the trunk is told of the caller.
Party shown_caller(const Switchboard& board, const Call& call, const config::Trunk& trunk) {
  const config::TrunkIdentity& identity = trunk.identity;
  const number::Number& own = call.outside.caller;
  const bool shows_own = identity.caller_id == config::CallerIdPolicy::kUser &&
                         (own.is_e164() || identity.number.empty());
  const number::Numbering& numbering = board.routing->numbering();
  const std::string number =
      shows_own ? numbering.written(own, trunk.number_writing, own.text, trunk.domain)
                : identity.number;
  return {numbering.rewrite(trunk.rewrites.caller_out, number), call.cdr.caller.name};
}

std::string sent_number(const Switchboard& board, const Call& call, const config::Trunk& trunk) {
  const number::Numbering& numbering = board.routing->numbering();
  return numbering.rewrite(trunk.rewrites.called_out,
                           numbering.written(call.outside.number, trunk.number_writing,
                                             call.outside.dialled, trunk.domain));
}

Leg trunk_leg(Switchboard& board, const Turn& turn, const config::Trunk& trunk,
              const TrunkLine& line) {
  Leg leg;
  leg.id = board.leg_ids.make<core::LegId>();
  leg.profile = line.profile;
  leg.policy = policy_for(trunk, board.config->media);
  leg.key = board.make_key();
  leg.local.ip = line.local_ip;
  leg.record.leg = leg.id;
  leg.record.trunk = trunk.name;
  leg.record.started = turn.wall;
  return leg;
}

SipInvite invitation(const Switchboard& board, const Call& call, const Leg& leg,
                     const config::Trunk& trunk) {
  SipInvite invite;
  invite.leg = leg.id;
  invite.call = call.id;
  invite.from = shown_caller(board, call, trunk);
  invite.anonymous = call.anonymous;
  invite.to = leg.record.party;
  invite.offer = *leg.offer;
  invite.diversions = call.diversions;
  invite.hops_left = call.hops_left;
  invite.trunk = trunk.name;
  return invite;
}

// False: no port.
bool ring_trunk(Switchboard& board, Turn& turn, Call& call, const config::Trunk& trunk) {
  Leg leg = trunk_leg(board, turn, trunk, *board.trunks.find(trunk.name));
  if (!take_port(board, turn, leg)) return false;
  leg.record.party.number = sent_number(board, call, trunk);
  leg.offer = make_offer(leg.policy, leg.local, wishes_of_caller(call), leg.key);
  leg.offer_is_ours = true;
  board.call_of_leg.emplace(leg.id, call.id);
  board.trunks.begin_out(trunk.name);
  set_media(board, turn, call, leg, listening(leg, leg.offer->formats));  // for early media
  to_sip(turn, leg, invitation(board, call, leg, trunk));
  notice(
      turn, Notice::Level::kInfo,
      fmt::format("call={} leg={} dialing trunk={} number={} as={}", call.id, leg.id, trunk.name,
                  shown(board, call.outside.number.text), shown(board, leg.record.party.number)));
  call.legs.push_back(std::move(leg));
  restart_timer(board, call, turn.now + trunk.ring_time);
  return true;
}

bool is_on(const Call& call, std::string_view trunk) {
  return std::any_of(call.legs.begin() + 1, call.legs.end(),
                     [&](const Leg& leg) { return !leg.is_over() && leg.record.trunk == trunk; });
}

// The latest ordinary call on a full trunk goes, so that an emergency call has its channel.
void make_room(Switchboard& board, Turn& turn, const config::Trunk& trunk) {
  const std::uint32_t most = trunk.limits.calls_out;
  const TrunkLine* line = board.trunks.find(trunk.name);
  if (most == 0 || line == nullptr || line->calls_out < most) return;
  Call* latest = nullptr;
  for (auto& [id, call] : board.calls)
    if (!call.outside.urgent && is_on(call, trunk.name) &&
        (latest == nullptr || latest->id < call.id))
      latest = &call;
  if (latest == nullptr) return;
  notice(turn, Notice::Level::kWarn,
         fmt::format("call={} ended to make room on trunk={} for an emergency call", latest->id,
                     trunk.name));
  release_call(board, turn, *latest, core::causes::preempted(), EndedBy::kExchange);
}

core::Cause cause_of_full(config::WhenFull wish) {
  return wish == config::WhenFull::kBusy ? core::causes::busy() : core::causes::no_circuit();
}

// Takes trunks off the list until one rings.
bool ring_next(Switchboard& board, Turn& turn, Call& call) {
  while (!call.outside.trunks.empty() && call.legs.size() < board.config->call.legs_max) {
    const std::string name = std::move(call.outside.trunks.front());
    call.outside.trunks.erase(call.outside.trunks.begin());
    const config::Trunk* trunk = board.trunk(name);
    if (trunk == nullptr || trunk->servers.empty()) continue;
    auto why = board.trunks.why_not(*trunk, turn.wall, call.outside.urgent);
    if (!why && !call.outside.urgent && !board.trunks.pass_rate(*trunk, turn.now))
      why = Obstacle{"has had its calls of this second, limits.calls_per_second", true};
    if (why) {
      notice(turn, Notice::Level::kInfo,
             fmt::format("call={} trunk={} passed over: it {}", call.id, name, why->text));
      if (!why->is_limit || trunk->limits.outgoing_full == config::WhenFull::kNext) continue;
      call.best_failure = cause_of_full(trunk->limits.outgoing_full);
      call.outside.trunks.clear();
      return false;
    }
    if (call.outside.urgent) make_room(board, turn, *trunk);
    if (ring_trunk(board, turn, call, *trunk)) return true;
  }
  return false;
}

}  // namespace

void dial_trunks(Switchboard& board, Turn& turn, Call& call, std::vector<std::string> trunks) {
  call.outside.trunks = std::move(trunks);
  if (!listen_to_caller(board, turn, call))
    return fail_call(board, turn, call, core::causes::no_media_port());
  if (!ring_next(board, turn, call))
    fail_call(board, turn, call, call.best_failure.value_or(core::causes::no_circuit()));
}

void dial_emergency(Switchboard& board, Turn& turn, Call& call, std::vector<std::string> trunks) {
  call.outside.urgent = true;
  for (const auto& [name, trunk] : board.config->trunks)
    if (std::find(trunks.begin(), trunks.end(), name) == trunks.end()) trunks.push_back(name);
  // What seems dead is tried all the same, when all else has failed.
  std::stable_partition(trunks.begin(), trunks.end(), [&](const std::string& name) {
    const TrunkLine* line = board.trunks.find(name);
    return line != nullptr && line->state != TrunkChanged::State::kDown;
  });
  notice(turn, Notice::Level::kWarn,
         fmt::format("call={} emergency number={} from={}", call.id, call.outside.number.text,
                     shown(board, call.cdr.caller.number)));
  dial_trunks(board, turn, call, std::move(trunks));
}

bool try_next_trunk(Switchboard& board, Turn& turn, Call& call, const core::Cause& cause) {
  const Leg& last = call.legs.back();
  if (last.record.trunk.empty() || call.stage > Call::Stage::kRinging) return false;
  if (!is_trunk_failure(cause)) return false;
  board.trunks.count_failure(last.record.trunk);
  return ring_next(board, turn, call);
}

void follow_redirect(Switchboard& board, Turn& turn, Call& call, const LegRedirected& event) {
  const Leg& leg = *call.find(event.leg);
  const std::string target(user_of(event.targets.front()));
  if (target.empty() || ++call.redirections > board.config->call.hops_max) return;
  const std::string trunk = leg.record.trunk;
  notice(turn, Notice::Level::kInfo,
         fmt::format("call={} leg={} trunk={} redirected to={}", call.id, event.leg, trunk,
                     shown(board, target)));
  call.diversions.insert(call.diversions.begin(), {leg.record.party.number, "deflection"});
  if (call.diversions.size() > kDiversionsMax) call.diversions.pop_back();
  end_leg(board, turn, call, *call.find(event.leg), core::Cause{302, 0, "Redirected"});
  leave_early_media(board, turn, call);
  call.outside.number = board.routing->numbering().read(target, call.domain);
  call.outside.dialled = target;
  call.outside.trunks.insert(call.outside.trunks.begin(), trunk);
  if (!ring_next(board, turn, call)) fail_call(board, turn, call, core::causes::no_circuit());
}

void on(Switchboard& board, Turn& turn, const TrunkChanged& event) {
  board.trunks.apply(event, turn.wall);
}

}  // namespace pbx::call
