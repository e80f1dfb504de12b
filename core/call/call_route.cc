#include "core/call/call_route.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/call/dialing.h"
#include "core/call/ending.h"
#include "core/call/outside.h"
#include "core/call/permission.h"
#include "core/call/services.h"
#include "core/call/trunk_choice.h"
#include "core/route/rule_text.h"

namespace pbx::call {
namespace {

using route::RouteAction;

constexpr std::string_view kAlwaysEmergency = "112";

// What rules may ask about load, in the order in which the plans have numbered it.
std::vector<std::optional<std::uint32_t>> loads_of(const Switchboard& board) {
  std::vector<std::optional<std::uint32_t>> loads;
  for (const route::LoadSubject& subject : board.routing->plans().loads()) {
    const TrunkLine* line = subject.kind == route::LoadSubject::Kind::kTrunkCalls
                                ? board.trunks.find(subject.target)
                                : nullptr;
    loads.push_back(line ? std::optional(line->calls_in + line->calls_out) : std::nullopt);
  }
  return loads;
}

// The hands on schedules, in the order in which the plans have numbered them.
std::vector<route::ScheduleOverride> overrides_of(const Switchboard& board) {
  if (board.overrides.empty()) return {};
  std::vector<route::ScheduleOverride> overrides;
  for (const auto& schedule : board.routing->plans().schedules())
    overrides.push_back(board.hand_on(schedule->name()));
  return overrides;
}

std::optional<route::Route> decide(const Switchboard& board, const Turn& turn, const Call& call,
                                   const LegIncoming& event, const std::string& plan) {
  const auto loads = loads_of(board);
  const auto overrides = overrides_of(board);
  const auto lists = board.routing->lists_of(call.outside.caller.text);
  std::vector<route::HeaderField> headers;
  for (const auto& [name, value] : event.headers) headers.push_back({name, value});
  const number::Number& far = event.trunk.empty() ? call.outside.number : call.outside.caller;
  const std::string region = board.routing->region_of(far);
  route::RouteFacts facts;
  facts.called = call.outside.number.text;
  facts.caller = call.outside.caller.text;
  facts.trunk = event.trunk;
  facts.region = region;
  facts.call_id = event.sip_call_id;
  facts.now = turn.wall;
  facts.caller_lists = lists;
  facts.headers = headers;
  facts.loads = loads;
  facts.overrides = overrides;
  return board.routing->plans().decide(plan, facts);
}

std::vector<std::string> trunks_of(Switchboard& board, const Call& call,
                                   const RouteAction& action) {
  if (action.kind == RouteAction::Kind::kTrunk) return {action.target};
  const auto group = board.config->trunk_groups.find(action.target);
  if (group == board.config->trunk_groups.end()) return {};
  TrunkQuestion question{call.outside.number.text, call.id.value};
  if (group->second.order == config::TrunkOrder::kRoundRobin)
    question.draw = board.round_robin[action.target]++;
  return order_trunks(group->second, board.trunks, *board.routing, question);
}

// A call that came by a trunk and leaves by one: the number it was for is told to the next
// exchange, and a number that is passed a second time is a loop.
bool note_hairpin(Switchboard& board, Turn& turn, Call& call, const LegIncoming& event) {
  if (event.trunk.empty()) return true;
  const std::string& own = call.outside.number.text;
  const bool is_loop =
      call.diversions.size() >= kDiversionsMax ||
      std::any_of(call.diversions.begin(), call.diversions.end(),
                  [&](const Diversion& diversion) { return diversion.number == own; });
  if (is_loop) {
    notice(
        turn, Notice::Level::kWarn,
        fmt::format("call={} route loop: {} was passed before; look at the plans of trunk={} and "
                    "of the exchange behind it",
                    call.id, shown(board, own), event.trunk));
    return false;
  }
  call.diversions.insert(call.diversions.begin(), {own, "unconditional"});
  return true;
}

void carry_out(Switchboard& board, Turn& turn, Call& call, const LegIncoming& event,
               const RouteAction& action) {
  switch (action.kind) {
    case RouteAction::Kind::kExtension:
      return dial_extension(board, turn, call,
                            action.target.empty() ? call.outside.number.text : action.target);
    case RouteAction::Kind::kTrunk:
    case RouteAction::Kind::kTrunkGroup:
      if (!note_hairpin(board, turn, call, event))
        return fail_call(board, turn, call, core::causes::loop());
      begin_usage(board, turn, call);
      return dial_trunks(board, turn, call, trunks_of(board, call, action));
    case RouteAction::Kind::kAnnouncement:
      return start_announcement(board, turn, call, action.target);
    case RouteAction::Kind::kReject:
      return fail_call(board, turn, call, action.cause);
    case RouteAction::Kind::kPlan:   // a decision never ends with it
    case RouteAction::Kind::kGroup:  // a configuration that has these is refused
    case RouteAction::Kind::kQueue:
    case RouteAction::Kind::kFlow:
    case RouteAction::Kind::kVoicemail:
      return fail_call(board, turn, call, core::causes::unallocated());
  }
}

void follow_plan(Switchboard& board, Turn& turn, Call& call, const LegIncoming& event,
                 const std::string& plan) {
  const auto route = plan.empty() ? std::nullopt : decide(board, turn, call, event, plan);
  if (!route) {
    notice(
        turn, Notice::Level::kInfo,
        fmt::format("call={} no route for {}: {}", call.id, shown(board, call.outside.number.text),
                    plan.empty() ? "its caller has no plan"
                                 : fmt::format("no rule of plan {} matches; see `strowger route "
                                               "explain`",
                                               plan)));
    return fail_call(board, turn, call, core::causes::unallocated());
  }
  notice(turn, Notice::Level::kInfo,
         fmt::format("call={} route plan={} rule=\"{}\" to=\"{}\"", call.id, route->plan->name,
                     route->rule->name, route::to_text(route->action())));
  carry_out(board, turn, call, event, route->action());
}

// The trunks that the plan would take go first.
void route_emergency(Switchboard& board, Turn& turn, Call& call, const LegIncoming& event,
                     const std::string& plan) {
  std::vector<std::string> trunks;
  const auto route = plan.empty() ? std::nullopt : decide(board, turn, call, event, plan);
  if (route && (route->action().kind == RouteAction::Kind::kTrunk ||
                route->action().kind == RouteAction::Kind::kTrunkGroup))
    trunks = trunks_of(board, call, route->action());
  else if (route && route->action().kind != RouteAction::Kind::kReject)
    return carry_out(board, turn, call, event, route->action());  // a guard post of one's own
  dial_emergency(board, turn, call, std::move(trunks));
}

void route_from_extension(Switchboard& board, Turn& turn, Call& call, const LegIncoming& event) {
  const bool is_112 = event.dialed == kAlwaysEmergency;
  if (!is_112 && start_service(board, turn, call)) return;
  const DialledCode dialled = split_code(event.dialed, board.config->services.account_code);
  if (!is_112 && board.extension(dialled.number) != nullptr) {
    const number::Number internal{.text = dialled.number, .kind = number::NumberKind::kInternal};
    if (!is_permitted(board, turn, call, internal, dialled.code)) return;
    return dial_extension(board, turn, call, dialled.number);
  }
  call.outside.number = board.routing->numbering().read(dialled.number);
  call.outside.caller = board.routing->numbering().read(call.cdr.caller.number);
  call.outside.dialled = dialled.number;
  call.cdr.called.number = call.outside.number.text;
  const std::string& plan = board.extension(event.extension)->plan;
  if (call.outside.number.kind == number::NumberKind::kEmergency)
    return route_emergency(board, turn, call, event, plan);
  if (!is_trusted(board, turn, call)) return;
  if (!is_permitted(board, turn, call, call.outside.number, dialled.code)) return;
  follow_plan(board, turn, call, event, plan);
}

}  // namespace

void read_numbers(const Switchboard& board, Call& call, const LegIncoming& event) {
  const config::Trunk& trunk = *board.trunk(event.trunk);
  const number::Numbering& numbering = board.routing->numbering();
  call.outside.dialled = numbering.rewrite(trunk.rewrites.called_in, event.dialed);
  call.outside.number = numbering.read(call.outside.dialled);
  call.outside.caller =
      numbering.read(numbering.rewrite(trunk.rewrites.caller_in, event.caller.number));
  call.cdr.caller.number = call.outside.caller.text;
  call.cdr.called.number = call.outside.number.text;
}

void route_call(Switchboard& board, Turn& turn, Call& call, const LegIncoming& event) {
  if (event.trunk.empty()) return route_from_extension(board, turn, call, event);
  follow_plan(board, turn, call, event, board.trunk(event.trunk)->plan);
}

}  // namespace pbx::call
