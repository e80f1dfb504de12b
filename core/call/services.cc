#include "core/call/services.h"

#include "core/call/ending.h"
#include "core/call/talking.h"

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

void start_own_number(Switchboard& board, Turn& turn, Call& call) {
  if (!answer_for_service(board, turn, call, "own_number")) return;
  call.playback = board.other_ids.make<core::PlaybackId>();
  const bool russian = board.config->server.language == config::Language::kRu;
  to_media(turn, call,
           MediaPlay{call.caller().id, call.playback,
                     PlayDigits{call.caller().record.extension, russian ? "ru" : "en"}, false});
}

}  // namespace

bool start_service(Switchboard& board, Turn& turn, Call& call) {
  const config::Services& services = board.config->services;
  const std::string& dialed = call.cdr.dialed;
  if (dialed.empty()) return false;
  if (dialed == services.echo)
    start_echo(board, turn, call);
  else if (dialed == services.own_number)
    start_own_number(board, turn, call);
  else
    return false;
  return true;
}

void on(Switchboard& board, Turn& turn, const PlaybackDone& event) {
  Call* call = board.find_by_leg(event.leg);
  if (call == nullptr || call->stage != Call::Stage::kService) return;
  if (call->playback != event.playback) return;
  release_call(board, turn, *call, core::causes::normal_clearing(), EndedBy::kExchange);
}

}  // namespace pbx::call
