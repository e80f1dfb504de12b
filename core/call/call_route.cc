#include "core/call/call_route.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/call/dialing.h"
#include "core/call/ending.h"
#include "core/call/outside.h"
#include "core/call/permission.h"
#include "core/call/plan_question.h"
#include "core/call/services.h"
#include "core/call/trunk_choice.h"
#include "core/config/domain_forms.h"
#include "core/route/rule_text.h"

namespace pbx::call {
namespace {

using route::RouteAction;

constexpr std::string_view kAlwaysEmergency = "112";

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
bool note_hairpin(Switchboard& board, Turn& turn, Call& call) {
  const std::string& trunk = call.caller().record.trunk;
  if (trunk.empty()) return true;
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
                    call.id, shown(board, own), trunk));
    return false;
  }
  call.diversions.insert(call.diversions.begin(), {own, "unconditional"});
  return true;
}

void follow_plan(Switchboard& board, Turn& turn, Call& call, const std::string& plan);

// Nobody goes from one company into another unless a passage is there.
const config::Passage* passage_to(Switchboard& board, Turn& turn, Call& call,
                                  const std::string& domain) {
  const auto name = [](const std::string& of) { return config::DomainForm{}.write(of); };
  if (++call.passages > route::kPassagesOfCallMax) {
    notice(turn, Notice::Level::kWarn,
           fmt::format("call={} route loop: {} times from one domain into another, at last into "
                       "{}; look at the plans of `passages`",
                       call.id, call.passages, name(domain)));
    fail_call(board, turn, call, core::causes::loop());
    return nullptr;
  }
  const config::Passage* passage = config::find_passage(*board.config, call.domain, domain);
  if (passage != nullptr) return passage;
  notice(turn, Notice::Level::kWarn,
         fmt::format("call={} refused: `passages` has no way from {} to {}", call.id,
                     name(call.domain), name(domain)));
  fail_call(board, turn, call, core::Cause{403, 21, "No way into this domain"});
  return nullptr;
}

// From here on the numbers are those of the domain it leads to, `called` included.
void enter_domain(Switchboard& board, Turn& turn, Call& call, const config::Passage& passage,
                  std::string called) {
  const number::Numbering& numbering = board.routing->numbering();
  call.domain = passage.to;
  Outside& outside = call.outside;
  outside.dialled = std::move(called);
  outside.number = numbering.read(outside.dialled, call.domain);
  outside.caller =
      numbering.read(numbering.rewrite(passage.rewrites.caller, outside.caller.text), call.domain);
  call.cdr.caller.number = outside.caller.text;
  call.cdr.called.number = outside.number.text;
  notice(turn, Notice::Level::kInfo,
         fmt::format("call={} into domain={} from={} to={}", call.id,
                     config::DomainForm{}.write(call.domain), shown(board, outside.caller.text),
                     shown(board, outside.number.text)));
  if (!passage.plan.empty()) return follow_plan(board, turn, call, passage.plan);
  dial_extension(board, turn, call, config::extension_id(outside.number.text, call.domain));
}

void take_passage(Switchboard& board, Turn& turn, Call& call, const std::string& domain) {
  const config::Passage* passage = passage_to(board, turn, call, domain);
  if (passage == nullptr) return;
  enter_domain(
      board, turn, call, *passage,
      board.routing->numbering().rewrite(passage->rewrites.called, call.outside.number.text));
}

void carry_out(Switchboard& board, Turn& turn, Call& call, const RouteAction& action) {
  switch (action.kind) {
    case RouteAction::Kind::kExtension:
      return dial_extension(board, turn, call,
                            action.target.empty()
                                ? config::extension_id(call.outside.number.text, call.domain)
                                : action.target);
    case RouteAction::Kind::kDomain:
      return take_passage(board, turn, call, action.target);
    case RouteAction::Kind::kTrunk:
    case RouteAction::Kind::kTrunkGroup:
      if (!note_hairpin(board, turn, call))
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

// What the rights of a calling extension say.  Another domain is internal: what may be reached
// there is asked again by its numbers.
bool may_follow(Switchboard& board, Turn& turn, Call& call,
                const std::optional<route::Route>& route) {
  if (call.outside.payer.empty()) return true;  // a trunk: its plan is all that it may
  number::Number number = call.outside.number;
  if (route && route->action().kind == RouteAction::Kind::kDomain)
    number.kind = number::NumberKind::kInternal;
  if (number.kind != number::NumberKind::kInternal && !is_trusted(board, turn, call)) return false;
  return is_permitted(board, turn, call, number, call.outside.account_code);
}

void follow_plan(Switchboard& board, Turn& turn, Call& call, const std::string& plan) {
  const auto route = ask_plan(board, turn, call, plan);
  if (!may_follow(board, turn, call, route)) return;
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
  carry_out(board, turn, call, route->action());
}

// The trunks that the plan would take go first.
void route_emergency(Switchboard& board, Turn& turn, Call& call, const std::string& plan) {
  std::vector<std::string> trunks;
  const auto route = ask_plan(board, turn, call, plan);
  if (route && (route->action().kind == RouteAction::Kind::kTrunk ||
                route->action().kind == RouteAction::Kind::kTrunkGroup))
    trunks = trunks_of(board, call, route->action());
  else if (route && route->action().kind != RouteAction::Kind::kReject)
    return carry_out(board, turn, call, route->action());  // a guard post of one's own
  dial_emergency(board, turn, call, std::move(trunks));
}

// To sip:101@host-of-another-domain: the number is written as it is there.
void call_elsewhere(Switchboard& board, Turn& turn, Call& call, const std::string& domain,
                    const DialledCode& dialled) {
  const number::Number internal{.text = dialled.number, .kind = number::NumberKind::kInternal};
  if (!is_permitted(board, turn, call, internal, dialled.code)) return;
  const config::Passage* passage = passage_to(board, turn, call, domain);
  if (passage != nullptr) enter_domain(board, turn, call, *passage, dialled.number);
}

// An extension of the caller's own domain.  False: there is none.
bool dial_neighbour(Switchboard& board, Turn& turn, Call& call, const DialledCode& dialled) {
  const std::string id = config::extension_id(dialled.number, call.domain);
  if (board.extension(id) == nullptr) return false;
  const number::Number internal{.text = dialled.number, .kind = number::NumberKind::kInternal};
  if (is_permitted(board, turn, call, internal, dialled.code))
    dial_extension(board, turn, call, id);
  return true;
}

void route_from_extension(Switchboard& board, Turn& turn, Call& call, const LegIncoming& event) {
  const bool is_112 = event.dialed == kAlwaysEmergency;
  if (!is_112 && start_service(board, turn, call)) return;
  const DialledCode dialled = split_code(event.dialed, board.config->services.account_code);
  call.outside.account_code = dialled.code;
  const bool is_elsewhere = event.domain && *event.domain != call.domain;
  if (!is_112 && !is_elsewhere && dial_neighbour(board, turn, call, dialled)) return;
  const number::Numbering& numbering = board.routing->numbering();
  call.outside.caller = numbering.read(call.cdr.caller.number, call.domain);
  if (!is_112 && is_elsewhere) return call_elsewhere(board, turn, call, *event.domain, dialled);
  call.outside.number = numbering.read(dialled.number, call.domain);
  call.outside.dialled = dialled.number;
  call.cdr.called.number = call.outside.number.text;
  const std::string& plan = board.extension(event.extension)->plan;
  if (call.outside.number.kind == number::NumberKind::kEmergency)
    return route_emergency(board, turn, call, plan);
  follow_plan(board, turn, call, plan);
}

}  // namespace

void read_numbers(const Switchboard& board, Call& call, const LegIncoming& event) {
  const config::Trunk& trunk = *board.trunk(event.trunk);
  const number::Numbering& numbering = board.routing->numbering();
  call.outside.dialled = numbering.rewrite(trunk.rewrites.called_in, event.dialed);
  call.outside.number = numbering.read(call.outside.dialled, trunk.domain);
  call.outside.caller = numbering.read(
      numbering.rewrite(trunk.rewrites.caller_in, event.caller.number), trunk.domain);
  call.cdr.caller.number = call.outside.caller.text;
  call.cdr.called.number = call.outside.number.text;
}

void route_call(Switchboard& board, Turn& turn, Call& call, const LegIncoming& event) {
  if (event.trunk.empty()) return route_from_extension(board, turn, call, event);
  follow_plan(board, turn, call, board.trunk(event.trunk)->plan);
}

}  // namespace pbx::call
