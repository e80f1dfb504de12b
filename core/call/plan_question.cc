#include "core/call/plan_question.h"

#include <vector>

namespace pbx::call {
namespace {

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

}  // namespace

std::optional<route::Route> ask_plan(const Switchboard& board, const Turn& turn, const Call& call,
                                     const std::string& plan) {
  if (plan.empty()) return std::nullopt;
  const CdrLeg& caller = call.caller().record;
  const auto loads = loads_of(board);
  const auto overrides = overrides_of(board);
  const auto lists = board.routing->lists_of(call.outside.caller.text);
  std::vector<route::HeaderField> headers;
  for (const auto& [name, value] : call.outside.headers) headers.push_back({name, value});
  const number::Number& far = caller.trunk.empty() ? call.outside.number : call.outside.caller;
  const std::string region = board.routing->plans().asks_region()
                                 ? board.routing->region_of(far, call.domain)
                                 : std::string();
  route::RouteFacts facts;
  facts.called = call.outside.number.text;
  facts.caller = call.outside.caller.text;
  facts.trunk = caller.trunk;
  facts.region = region;
  facts.call_id = caller.sip_call_id;
  facts.now = turn.wall;
  facts.caller_lists = lists;
  facts.headers = headers;
  facts.loads = loads;
  facts.overrides = overrides;
  return board.routing->plans().decide(plan, facts);
}

}  // namespace pbx::call
