#include "core/call/ending.h"

#include <algorithm>

#include "core/call/commands.h"
#include "core/call/dialing.h"
#include "core/call/permission.h"
#include "core/call/tones.h"

namespace pbx::call {
namespace {

Outcome outcome_of_failure(const core::Cause& cause) {
  switch (cause.sip_status) {
    case 486:
    case 600:
      return Outcome::kBusy;
    case 487:
      return Outcome::kCancelled;
    case 408:
      return Outcome::kNoAnswer;
    case 480:
      return cause.q850 == 20 ? Outcome::kFailed : Outcome::kNoAnswer;
    case 403:
    case 603:
      return Outcome::kRefused;
    default:
      return Outcome::kFailed;
  }
}

void forget_media(Switchboard& board, Turn& turn, Call& call, Leg& leg) {
  leg.has_media = false;
  --board.sessions_of_worker[call.worker.value - 1u];
  board.ports.give_back(leg.local.port, turn.now);
  leg.local.port = 0;
}

void forget_call(Switchboard& board, Turn& turn, Call& call) {
  for (Leg& leg : call.legs) {
    board.call_of_leg.erase(leg.id);
    if (leg.local.port != 0) board.ports.give_back(leg.local.port, turn.now);
  }
  stop_timer(board, call);
  board.calls.erase(call.id);
  answer_drains(board, turn);
}

void finish_call(Switchboard& board, Turn& turn, Call& call) {
  const Cdr& cdr = call.cdr;
  notice(
      turn, Notice::Level::kInfo,
      fmt::format(
          "call={} ended outcome={} cause={} status={} by={} duration_ms={}", call.id,
          text(cdr.outcome), cdr.cause.q850, cdr.cause.sip_status, text(cdr.ended_by),
          std::chrono::duration_cast<std::chrono::milliseconds>(cdr.ended - cdr.started).count()));
  turn.out.push_back(StoreCommand{StoreCdr{record_of(call)}});
  end_usage(board, turn, call);
  forget_call(board, turn, call);
}

bool has_open_media(const Call& call) {
  return std::any_of(call.legs.begin(), call.legs.end(),
                     [](const Leg& leg) { return leg.has_media; });
}

void finish_if_reported(Switchboard& board, Turn& turn, Call& call) {
  if (call.stage == Call::Stage::kEnding && !has_open_media(call)) finish_call(board, turn, call);
}

void close_record(Turn& turn, Call& call, const core::Cause& cause, EndedBy by) {
  Cdr& cdr = call.cdr;
  cdr.ended = turn.wall;
  cdr.cause = cause;
  cdr.ended_by = by;
  cdr.outcome = cdr.answered ? Outcome::kAnswered : outcome_of_failure(cause);
  if (!cdr.segments.empty()) cdr.segments.back().until = turn.wall;
}

// What the other legs are told: the cause of the leg that ended, as BYE or as a final response.
core::Cause cause_for_others(const Call& call, const core::Cause& cause) {
  if (call.cdr.answered && cause.q850 == 0) return core::causes::normal_clearing();
  return cause;
}

void free_line(Switchboard& board, Turn& turn, const Leg& leg) {
  if (leg.is_caller()) return board.trunks.end_in(leg.record.trunk);
  const auto talked = leg.record.answered ? turn.wall - *leg.record.answered : core::Duration(0);
  const DayTotal& today = board.trunks.end_out(
      leg.record.trunk, turn.wall, std::chrono::duration_cast<std::chrono::milliseconds>(talked));
  if (leg.record.answered) store_fact(turn, Fact::Kind::kTrunk, leg.record.trunk, today.text());
}

void on_caller_ended(Switchboard& board, Turn& turn, Call& call, const core::Cause& cause) {
  if (!call.cdr.answered && cause.sip_status == 487)
    return release_call(board, turn, call, core::causes::cancelled(), EndedBy::kCaller);
  release_call(board, turn, call, cause_for_others(call, cause), EndedBy::kCaller);
}

}  // namespace

Cdr record_of(const Call& call) {
  Cdr cdr = call.cdr;
  for (const Leg& leg : call.legs) cdr.legs.push_back(leg.record);
  return cdr;
}

void end_leg(Switchboard& board, Turn& turn, Call& call, Leg& leg, const core::Cause& cause) {
  if (leg.is_over()) return;
  leg.state = Leg::State::kEnded;
  leg.record.ended = turn.wall;
  leg.record.cause = cause;
  if (!leg.record.trunk.empty()) free_line(board, turn, leg);
  const auto live = board.calls_of_extension.find(leg.record.extension);
  if (live != board.calls_of_extension.end() && --live->second == 0)
    board.calls_of_extension.erase(live);
  if (leg.has_media) to_media(turn, call, MediaClose{leg.id});
}

void release_leg(Switchboard& board, Turn& turn, Call& call, Leg& leg, const core::Cause& cause) {
  if (leg.is_over()) return;
  to_sip(turn, leg, SipEnd{leg.id, cause, retry_after_of(board, cause)});
  end_leg(board, turn, call, leg, cause);
}

void release_call(Switchboard& board, Turn& turn, Call& call, const core::Cause& cause,
                  EndedBy by) {
  if (call.stage == Call::Stage::kEnding) return;
  // In kFailing the record is closed: nothing that happens during the tone changes why it failed.
  if (call.stage != Call::Stage::kFailing) close_record(turn, call, cause, by);
  call.stage = Call::Stage::kEnding;
  if (call.recording) to_media(turn, call, MediaStopRecord{call.recording});
  for (Leg& leg : call.legs) release_leg(board, turn, call, leg, call.cdr.cause);
  restart_timer(board, call, turn.now + kReportsWait);
  finish_if_reported(board, turn, call);
}

void fail_call(Switchboard& board, Turn& turn, Call& call, const core::Cause& cause) {
  const bool by_called = cause.sip_status == 486 || cause.sip_status == 603;
  const EndedBy by = by_called ? EndedBy::kCalled : EndedBy::kExchange;
  if (!start_failure_tone(board, turn, call, cause))
    return release_call(board, turn, call, cause, by);
  call.stage = Call::Stage::kFailing;
  for (Leg& leg : call.legs)
    if (!leg.is_caller()) release_leg(board, turn, call, leg, cause);
  close_record(turn, call, cause, by);
}

void refuse_call(Switchboard& board, Turn& turn, Call& call, const core::Cause& cause,
                 std::string_view prompt) {
  if (!start_prompt(board, turn, call, prompt)) return fail_call(board, turn, call, cause);
  call.stage = Call::Stage::kFailing;
  close_record(turn, call, cause, EndedBy::kExchange);
}

void on_failure_tone_over(Switchboard& board, Turn& turn, Call& call) {
  release_call(board, turn, call, call.cdr.cause, call.cdr.ended_by);
}

void on(Switchboard& board, Turn& turn, const LegEnded& event) {
  Call* call = board.find_by_leg(event.leg);
  if (call == nullptr) return;
  Leg& leg = *call->find(event.leg);
  if (leg.is_over()) return;
  end_leg(board, turn, *call, leg, event.cause);
  if (call->stage == Call::Stage::kEnding) return;
  if (leg.is_caller()) return on_caller_ended(board, turn, *call, event.cause);
  if (call->stage == Call::Stage::kTalking)
    return release_call(board, turn, *call, cause_for_others(*call, event.cause), EndedBy::kCalled);
  on_contact_failed(board, turn, *call, event.cause);
}

void on(Switchboard& board, Turn& turn, const MediaFailed& event) {
  Call* call = board.find_by_leg(event.leg);
  if (call == nullptr) return;
  Leg& leg = *call->find(event.leg);
  notice(turn, Notice::Level::kError,
         fmt::format("call={} leg={} no media session at {}: {}", call->id, event.leg,
                     leg.local.text(), event.detail));
  if (leg.has_media) forget_media(board, turn, *call, leg);
  if (call->stage == Call::Stage::kEnding) return finish_if_reported(board, turn, *call);
  if (leg.is_over()) return;
  if (leg.is_caller() || call->stage == Call::Stage::kTalking)
    return release_call(board, turn, *call, core::causes::no_media_port(), EndedBy::kExchange);
  release_leg(board, turn, *call, leg, core::causes::no_media_port());
  on_contact_failed(board, turn, *call, core::causes::no_media_port());
}

void on(Switchboard& board, Turn& turn, const MediaSilent& event) {
  Call* call = board.find_by_leg(event.leg);
  if (call == nullptr) return;
  // Before an answer a phone need not send anything: its silence says nothing.
  if (call->stage != Call::Stage::kTalking && call->stage != Call::Stage::kService) return;
  notice(turn, Notice::Level::kWarn,
         fmt::format("call={} leg={} no audio packets: released", call->id, event.leg));
  release_call(board, turn, *call, core::causes::rtp_timeout(), EndedBy::kExchange);
}

void on(Switchboard& board, Turn& turn, const MediaClosed& event) {
  Call* call = board.find_by_leg(event.leg);
  if (call == nullptr) return;
  Leg& leg = *call->find(event.leg);
  if (!leg.has_media) return;
  leg.record.media = event.report;
  forget_media(board, turn, *call, leg);
  finish_if_reported(board, turn, *call);
}

void on_reports_overdue(Switchboard& board, Turn& turn, Call& call) {
  notice(turn, Notice::Level::kError,
         fmt::format("call={} media worker {} gave no report in time", call.id, call.worker));
  for (Leg& leg : call.legs)
    if (leg.has_media) forget_media(board, turn, call, leg);
  finish_call(board, turn, call);
}

}  // namespace pbx::call
