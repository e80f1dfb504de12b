#include "core/call/services.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/call/ending.h"
#include "core/call/route_commands.h"
#include "core/call/talking.h"
#include "core/call/tones.h"

namespace pbx::call {
namespace {

bool answer_for_service(Switchboard& board, Turn& turn, Call& call, std::string_view name) {
  Leg& caller = call.caller();
  if (!take_port(board, turn, caller)) {
    fail_call(board, turn, call, core::causes::no_media_port());
    return false;
  }
  if (caller.offer) {
    caller.agreed = make_answer(caller.policy, caller.local, *caller.offer, {}, caller.key);
    if (!caller.agreed) {
      fail_call(board, turn, call, core::causes::not_acceptable());
      return false;
    }
    caller.offer.reset();
    set_media(board, turn, call, caller, caller.agreed->params);
  }
  send_answer(board, turn, call, {});
  call.stage = Call::Stage::kService;
  caller.state = Leg::State::kAnswered;
  caller.record.answered = turn.wall;
  call.cdr.answered = turn.wall;
  call.cdr.called.name = std::string(name);
  begin_segment(board, turn, call, Segment::Kind::kService, std::string(name));
  notice(turn, Notice::Level::kInfo, fmt::format("call={} service {}", call.id, name));
  begin_recording(board, turn, call, nullptr);
  turn.out.push_back(StoreCommand{Journal{call.cdr}});
  return true;
}

void start_echo(Switchboard& board, Turn& turn, Call& call) {
  if (!answer_for_service(board, turn, call, "echo")) return;
  to_media(turn, call, MediaEcho{call.caller().id});
}

void play_digits(Switchboard& board, Turn& turn, Call& call, const std::string& digits) {
  call.playback = board.other_ids.make<core::PlaybackId>();
  const bool russian = board.config->server.language == config::Language::kRu;
  to_media(
      turn, call,
      MediaPlay{call.caller().id, call.playback, PlayDigits{digits, russian ? "ru" : "en"}, false});
}

void start_own_number(Switchboard& board, Turn& turn, Call& call) {
  if (!answer_for_service(board, turn, call, "own_number")) return;
  play_digits(board, turn, call, board.extension(call.caller().record.extension)->number);
}

}  // namespace

namespace {

const config::Schedule* schedule_of_code(const Switchboard& board, std::string_view dialed) {
  for (const auto& [name, schedule] : board.config->schedules)
    if (!schedule.code.empty() && schedule.code == dialed) return &schedule;
  return nullptr;
}

bool may_switch(const config::Schedule& schedule, const std::string& extension) {
  const auto& allowed = schedule.switched_by;
  return allowed.empty() || std::find(allowed.begin(), allowed.end(), extension) != allowed.end();
}

// Night mode: closed by hand, or back to the hours.  The caller hears 1 or 0.
void switch_schedule(Switchboard& board, Turn& turn, Call& call, const config::Schedule& schedule) {
  const std::string& extension = call.caller().record.extension;
  if (!may_switch(schedule, extension))
    return refuse_call(board, turn, call, core::Cause{403, 21, "May not switch the schedule"},
                       "not_allowed");
  const bool closes = !board.hand_on(schedule.name).is_in_force(turn.wall);
  route::ScheduleOverride hand;
  hand.kind =
      closes ? route::ScheduleOverride::Kind::kClosed : route::ScheduleOverride::Kind::kNone;
  hand.by = fmt::format("{} by {}", extension, schedule.code);
  set_schedule(board, turn, schedule.name, std::move(hand));
  if (!answer_for_service(board, turn, call, "schedule")) return;
  play_digits(board, turn, call, closes ? "1" : "0");
}

}  // namespace

void start_announcement(Switchboard& board, Turn& turn, Call& call, const std::string& name) {
  if (!answer_for_service(board, turn, call, "announcement")) return;
  call.playback = board.other_ids.make<core::PlaybackId>();
  to_media(turn, call, MediaPlay{call.caller().id, call.playback, prompt_file(board, name), false});
}

bool start_service(Switchboard& board, Turn& turn, Call& call) {
  const config::Services& services = board.config->services;
  const std::string& dialed = call.cdr.dialed;
  if (dialed.empty()) return false;
  if (dialed == services.echo)
    start_echo(board, turn, call);
  else if (dialed == services.own_number)
    start_own_number(board, turn, call);
  else if (const config::Schedule* schedule = schedule_of_code(board, dialed))
    switch_schedule(board, turn, call, *schedule);
  else
    return false;
  return true;
}

void on(Switchboard& board, Turn& turn, const PlaybackDone& event) {
  Call* call = board.find_by_leg(event.leg);
  if (call == nullptr || call->playback != event.playback) return;
  if (call->stage == Call::Stage::kFailing) return on_failure_tone_over(board, turn, *call);
  if (call->stage != Call::Stage::kService) return;
  release_call(board, turn, *call, core::causes::normal_clearing(), EndedBy::kExchange);
}

}  // namespace pbx::call
