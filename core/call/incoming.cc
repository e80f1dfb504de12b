#include "core/call/incoming.h"

#include <algorithm>

#include "core/call/call_route.h"
#include "core/call/ending.h"
#include "core/call/permission.h"

namespace pbx::call {
namespace {

core::WorkerId least_loaded(const Switchboard& board) {
  const auto& loads = board.sessions_of_worker;
  const auto least = std::min_element(loads.begin(), loads.end());
  return {static_cast<std::uint16_t>(least - loads.begin() + 1)};
}

// Why the exchange takes no call now, or nullopt.
std::optional<core::Cause> gate(Switchboard& board, Turn& turn, const LegIncoming& event) {
  if (board.draining) return core::causes::out_of_order();
  const config::Limits& limits = board.config->server.limits;
  if (board.calls.size() >= limits.calls_max || !board.call_rate.pass(turn.now))
    return core::causes::congestion();
  if (event.hops_left == 0) return core::causes::loop();
  return std::nullopt;
}

// A leg that gets no call of its own has no CDR: the gate refuses floods as cheaply as it can.
// Its refusal is counted and answered with Retry-After.
void refuse_at_gate(Switchboard& board, Turn& turn, const LegIncoming& event,
                    const core::Cause& cause) {
  ++board.calls_refused;
  turn.out.push_back(ToSip{event.profile, SipEnd{event.leg, cause, retry_after_of(board, cause)}});
}

// Who calls: one of the two.
struct Account {
  const config::Extension* extension = nullptr;
  const config::Trunk* trunk = nullptr;
};

Account account_of(const Switchboard& board, const LegIncoming& event) {
  if (event.trunk.empty()) return {board.extension(event.extension), nullptr};
  return {nullptr, board.trunk(event.trunk)};
}

Leg caller_leg(Switchboard& board, const Turn& turn, const LegIncoming& event,
               const Account& account) {
  Leg leg;
  leg.id = event.leg;
  leg.profile = event.profile;
  leg.policy = account.trunk ? policy_for(*account.trunk, board.config->media)
                             : policy_for(*account.extension, board.config->media);
  leg.key = board.make_key();
  leg.local.ip = event.local_ip;
  leg.offer = event.offer;
  CdrLeg& record = leg.record;
  record.leg = event.leg;
  record.caller = true;
  record.extension = event.extension;
  record.trunk = event.trunk;
  record.party = event.caller;
  record.contact = event.contact;
  record.peer = event.peer.text();
  record.user_agent = event.user_agent;
  record.sip_call_id = event.sip_call_id;
  if (!event.diversions.empty()) record.diversion = event.diversions.front().number;
  record.started = turn.wall;
  return leg;
}

Call& begin_call(Switchboard& board, Turn& turn, const LegIncoming& event, const Account& account) {
  Call call;
  call.id = board.lasting_ids.make<core::CallId>();
  call.worker = least_loaded(board);
  call.hops_left = static_cast<std::uint8_t>(event.hops_left - 1);
  call.anonymous = event.anonymous;
  call.diversions = event.diversions;
  call.cdr.id = call.cdr.chain = call.id;
  call.cdr.started = turn.wall;
  call.cdr.caller = event.caller;
  call.cdr.dialed = without_code(event.dialed, board.config->services.account_code);
  call.cdr.called.number = call.cdr.dialed;
  call.outside.payer = event.extension;
  call.outside.headers = event.headers;
  call.domain = account.trunk ? account.trunk->domain : account.extension->domain;
  if (account.trunk) read_numbers(board, call, event);
  call.legs.push_back(caller_leg(board, turn, event, account));
  call.caller().record.party = call.cdr.caller;
  ++board.calls_total;
  if (account.trunk)
    board.trunks.begin_in(event.trunk);
  else
    ++board.calls_of_extension[event.extension];
  board.call_of_leg.emplace(event.leg, call.id);
  return board.calls.emplace(call.id, std::move(call)).first->second;
}

// Why this account may not have one more call, or nullopt.
std::optional<core::Cause> account_limit(const Switchboard& board, const LegIncoming& event,
                                         const Account& account) {
  if (account.extension) {
    const auto live = board.calls_of_extension.find(event.extension);
    if (live->second <= account.extension->calls_max) return std::nullopt;
    return core::Cause{486, 17, "Too many calls of this extension"};
  }
  const std::uint32_t most = account.trunk->limits.calls_in;
  if (most == 0 || board.trunks.find(event.trunk)->calls_in <= most) return std::nullopt;
  if (account.trunk->limits.incoming_full == config::WhenFull::kCongestion)
    return core::Cause{503, 34, "Too many calls of this trunk"};
  return core::Cause{486, 17, "Too many calls of this trunk"};
}

}  // namespace

void on(Switchboard& board, Turn& turn, const LegIncoming& event) {
  const Account account = account_of(board, event);
  // Taken out of the configuration between the digest and now.
  if (!account.extension && !account.trunk)
    return refuse_at_gate(board, turn, event, core::Cause{403, 21, "Unknown caller"});
  if (const auto refusal = gate(board, turn, event))
    return refuse_at_gate(board, turn, event, *refusal);

  Call& call = begin_call(board, turn, event, account);
  begin_segment(board, turn, call, Segment::Kind::kDialing);
  notice(turn, Notice::Level::kInfo,
         fmt::format("call={} leg={} incoming from={} to={} peer={}{}{}", call.id, event.leg,
                     shown(board, call.cdr.caller.number), shown(board, call.cdr.dialed),
                     event.peer.text(), event.trunk.empty() ? "" : " trunk=", event.trunk));
  turn.out.push_back(StoreCommand{Journal{call.cdr}});

  if (const auto refusal = account_limit(board, event, account))
    return fail_call(board, turn, call, *refusal);
  if (event.offer && (voice_formats(*event.offer, call.caller().policy).empty()))
    return fail_call(board, turn, call, core::causes::not_acceptable());
  route_call(board, turn, call, event);
}

}  // namespace pbx::call
