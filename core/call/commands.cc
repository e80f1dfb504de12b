#include "core/call/commands.h"

#include <algorithm>

#include "core/call/ending.h"

namespace pbx::call {
namespace {

void reply(Turn& turn, core::RequestId request, View view) {
  turn.out.push_back(Reply{request, std::move(view)});
}

bool is_held(const Call& call) {
  return std::any_of(call.legs.begin(), call.legs.end(), [](const Leg& leg) { return leg.holds; });
}

CallView view_of(const Call& call) {
  const bool held = call.stage == Call::Stage::kTalking && is_held(call);
  return {call.id, std::string(held ? "held" : text(call.stage)), record_of(call)};
}

std::vector<core::LegId> legs_with_media(const Call& call) {
  std::vector<core::LegId> legs;
  for (const Leg& leg : call.legs)
    if (leg.has_media) legs.push_back(leg.id);
  return legs;
}

std::vector<core::CallId> calls_by_age(const Switchboard& board) {
  std::vector<core::CallId> ids;
  ids.reserve(board.calls.size());
  for (const auto& [id, call] : board.calls) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

void release_all(Switchboard& board, Turn& turn) {
  for (const core::CallId id : calls_by_age(board)) {
    Call& call = *board.find(id);
    const bool answered = call.cdr.answered.has_value();
    release_call(board, turn, call,
                 answered ? core::causes::cleared_by_operator() : core::causes::out_of_order(),
                 EndedBy::kExchange);
  }
}

// Calls that are over but for a tone hold nobody up.
void end_failure_tones(Switchboard& board, Turn& turn) {
  for (const core::CallId id : calls_by_age(board))
    if (Call& call = *board.find(id); call.stage == Call::Stage::kFailing)
      on_failure_tone_over(board, turn, call);
}

}  // namespace

void on(Switchboard& board, Turn& turn, const ListCalls& event) {
  std::vector<core::CallId> ids = calls_by_age(board);
  CallList list;
  list.total = ids.size();
  if (ids.size() > kCallsListedMax) ids.resize(kCallsListedMax);
  for (const core::CallId id : ids) list.calls.push_back(view_of(*board.find(id)));
  reply(turn, event.request, std::move(list));
}

void on(Switchboard& board, Turn& turn, const ShowCall& event) {
  const Call* call = board.find(event.call);
  if (call == nullptr) return reply(turn, event.request, NotFound{"call " + event.call.text()});
  const auto legs = legs_with_media(*call);
  if (legs.empty()) return reply(turn, event.request, CallDetail{view_of(*call), {}});
  board.details.emplace(event.request, view_of(*call));
  to_media(turn, *call, MediaQuery{event.request, legs});
}

void on(Switchboard& board, Turn& turn, const MediaStatus& event) {
  const auto found = board.details.find(event.request);
  if (found == board.details.end()) return;
  reply(turn, event.request, CallDetail{std::move(found->second), event.legs});
  board.details.erase(found);
}

void on(Switchboard& board, Turn& turn, const ShowStatus& event) {
  reply(turn, event.request, status_of(board));
}

void on(Switchboard& board, Turn& turn, const HangUp& event) {
  Call* call = board.find(event.call);
  if (call == nullptr || call->stage == Call::Stage::kEnding)
    return reply(turn, event.request, NotFound{"call " + event.call.text()});
  reply(turn, event.request, Done{});
  core::Cause cause = core::causes::cleared_by_operator();
  if (!call->cdr.answered) cause.sip_status = 480;
  release_call(board, turn, *call, cause, EndedBy::kExchange);
}

void on(Switchboard& board, Turn& turn, const Drain& event) {
  if (!board.draining)
    notice(turn, Notice::Level::kInfo,
           fmt::format("drain calls={}: new calls are refused", board.calls.size()));
  board.draining = true;
  end_failure_tones(board, turn);
  if (event.when_empty)
    board.drains.push_back(event.request);
  else
    reply(turn, event.request, Done{});
  if (event.release) release_all(board, turn);
  answer_drains(board, turn);
}

void on(Switchboard& board, Turn& turn, const ConfigChanged& event) {
  board.config = event.config;
  board.routing = event.routing;
  board.call_rate.set_rate(event.config->server.limits.calls_per_second_max);
  notice(turn, Notice::Level::kInfo,
         fmt::format("configuration in force extensions={} calls={}",
                     event.config->extensions.size(), board.calls.size()));
}

void answer_drains(Switchboard& board, Turn& turn) {
  if (!board.calls.empty()) return;
  for (const core::RequestId request : board.drains) reply(turn, request, Done{});
  board.drains.clear();
}

ControlStatus status_of(const Switchboard& board) {
  ControlStatus status;
  status.calls = board.calls.size();
  status.legs = board.call_of_leg.size();
  status.calls_total = board.calls_total;
  status.calls_refused = board.calls_refused;
  status.bindings = board.locations.size();
  status.ports_free = board.ports.free();
  status.ports_total = board.ports.size();
  status.recordings = board.recordings.size();
  status.rights_refused = board.rights_refused;
  status.fraud_blocks = board.fraud_blocks;
  status.draining = board.draining;
  return status;
}

}  // namespace pbx::call
