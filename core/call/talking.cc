#include "core/call/talking.h"

#include <array>

#include "core/call/ending.h"
#include "core/call/fax.h"
#include "core/call/recording_rule.h"
#include "core/call/tones.h"

namespace pbx::call {
namespace {

std::string_view codec_of(const Leg& leg) {
  return leg.agreed && leg.agreed->params.send ? info(leg.agreed->params.send->codec).name : "none";
}

std::int64_t ms_between(core::WallTime from, core::WallTime until) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(until - from).count();
}

// 128 bits in base64url: the link of a recording cannot be guessed.
std::string make_token(SecretSource& secrets) {
  std::array<std::byte, 16> bytes{};
  secrets.fill(bytes);
  std::string token =
      core::base64_encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  while (!token.empty() && token.back() == '=') token.pop_back();
  for (char& c : token) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return token;
}

void mark_answered(Switchboard& board, Turn& turn, Call& call, const Leg& winner) {
  Leg& caller = call.caller();
  stop_timer(board, call);
  if (call.talk_max) restart_timer(board, call, turn.now + *call.talk_max);
  call.stage = Call::Stage::kTalking;
  call.peer = winner.id;
  caller.state = Leg::State::kAnswered;
  caller.record.answered = turn.wall;
  call.cdr.answered = turn.wall;
  call.cdr.called = winner.record.party;
  begin_segment(board, turn, call, Segment::Kind::kTalking);
  notice(turn, Notice::Level::kInfo,
         fmt::format("call={} leg={} answered setup_ms={} codecs={}/{}", call.id, winner.id,
                     ms_between(call.cdr.started, turn.wall), codec_of(caller), codec_of(winner)));
}

// Hold music for `listener` while `holder` holds; silence for it when both do.
void update_hold(Switchboard& board, Turn& turn, Call& call, Leg& holder, bool holds) {
  if (holder.holds == holds) return;
  holder.holds = holds;
  Leg* listener = call.other(holder.id);
  if (listener == nullptr) return;
  if (holds)
    to_media(turn, call,
             MediaPlay{listener->id, board.other_ids.make<core::PlaybackId>(), PlayMusic{}, true});
  else
    to_media(turn, call, MediaStopPlay{listener->id});
  const bool held = holder.holds || listener->holds;
  begin_segment(board, turn, call, held ? Segment::Kind::kHeld : Segment::Kind::kTalking,
                held ? (holder.is_caller() ? "caller" : "called") : "");
  notice(turn, Notice::Level::kInfo,
         fmt::format("call={} leg={} {}", call.id, holder.id, holds ? "holds" : "resumes"));
}

std::vector<Format> codec_in_use(const Leg* leg) {
  if (leg == nullptr || !leg->agreed || !leg->agreed->params.send) return {};
  return {*leg->agreed->params.send};
}

void answer_new_offer(Switchboard& board, Turn& turn, Call& call, Leg& leg,
                      const AudioDescription& offer) {
  const auto agreed =
      make_answer(leg.policy, leg.local, offer, codec_in_use(call.other(leg.id)), leg.key);
  if (!agreed) {
    to_sip(turn, leg, SipRefuseOffer{leg.id, 488});
    return;
  }
  leg.agreed = agreed;
  set_media(board, turn, call, leg, agreed->params);
  to_sip(turn, leg, SipAnswerOffer{leg.id, agreed->ours});
  leave_fax(board, turn, call, leg);
  if (call.stage == Call::Stage::kTalking)
    update_hold(board, turn, call, leg, !can_send(agreed->ours.direction));
}

}  // namespace

AudioDescription offer_again(const Leg& leg) {
  AudioDescription offer = make_offer(leg.policy, leg.local, codec_in_use(&leg), leg.key);
  if (leg.agreed && !leg.agreed->ours.keys.empty()) offer.keys = leg.agreed->ours.keys;
  return offer;
}

bool answer_caller(Switchboard& board, Turn& turn, Call& call, const Leg* with) {
  Leg& caller = call.caller();
  if (caller.agreed) return true;
  if (!caller.offer || caller.offer_is_ours) return false;
  caller.agreed =
      make_answer(caller.policy, caller.local, *caller.offer, codec_in_use(with), caller.key);
  if (!caller.agreed) return false;
  caller.offer.reset();
  set_media(board, turn, call, caller, caller.agreed->params);
  return true;
}

void send_answer(Switchboard& board, Turn& turn, Call& call, const std::vector<Format>& preferred) {
  Leg& caller = call.caller();
  if (caller.agreed) {
    to_sip(turn, caller, SipAnswer{caller.id, caller.agreed->ours});
    return;
  }
  caller.offer = make_offer(caller.policy, caller.local, preferred, caller.key);
  caller.offer_is_ours = true;
  MediaParams listening;
  listening.receive = caller.offer->formats;
  set_media(board, turn, call, caller, listening);
  to_sip(turn, caller, SipAnswer{caller.id, *caller.offer});
}

void begin_talk(Switchboard& board, Turn& turn, Call& call, Leg& winner) {
  Leg& caller = call.caller();
  const bool is_delayed_offer = !caller.agreed && !caller.offer;
  if (!is_delayed_offer && !answer_caller(board, turn, call, &winner))
    return fail_call(board, turn, call, core::causes::not_acceptable());
  send_answer(board, turn, call, codec_in_use(&winner));
  mark_answered(board, turn, call, winner);
  stop_ringback(turn, call);
  to_media(turn, call, MediaConnect{caller.id, winner.id});
  begin_recording(board, turn, call, &winner);
  turn.out.push_back(StoreCommand{Journal{call.cdr}});
}

void begin_recording(Switchboard& board, Turn& turn, Call& call, const Leg* right) {
  const CdrLeg* called = right != nullptr ? &right->record : nullptr;
  if (!should_record(*board.config, call.caller().record, called)) return;
  Recording row;
  row.id = board.lasting_ids.make<core::RecordingId>();
  row.call = call.id;
  row.chain = call.cdr.chain;
  row.token = make_token(board.secrets);
  row.started = turn.wall;
  row.left = call.cdr.caller.number;
  row.right = right != nullptr ? right->record.party.number : call.cdr.dialed;
  row.path = recording_path(row.started, row.call, row.id);
  call.recording = row.id;
  call.cdr.recordings.push_back(row.id);
  to_media(turn, call,
           MediaRecord{row.id, call.id, call.caller().id,
                       right != nullptr ? right->id : core::LegId{}, row.started});
  notice(turn, Notice::Level::kInfo, fmt::format("call={} recording={} started", call.id, row.id));
  turn.out.push_back(StoreCommand{StoreRecording{row}});
  board.recordings.emplace(row.id, std::move(row));
}

void on(Switchboard& board, Turn& turn, const LegOffered& event) {
  Call* call = board.find_by_leg(event.leg);
  if (call == nullptr || call->stage == Call::Stage::kEnding) return;
  Leg& leg = *call->find(event.leg);
  if (leg.is_over()) return;
  if (event.offer && event.offer->fax) return on_fax_offered(board, turn, *call, leg, *event.offer);
  if (event.offer) return answer_new_offer(board, turn, *call, leg, *event.offer);
  leg.offer = leg.fax ? *leg.fax : offer_again(leg);
  leg.offer_is_ours = true;
  to_sip(turn, leg, SipAnswerOffer{leg.id, *leg.offer});
}

void on(Switchboard& board, Turn& turn, const LegOfferAnswered& event) {
  Call* call = board.find_by_leg(event.leg);
  if (call == nullptr || call->stage == Call::Stage::kEnding) return;
  Leg& leg = *call->find(event.leg);
  if (leg.is_over() || !leg.offer || !leg.offer_is_ours) return;
  if (on_fax_answered(board, turn, *call, leg, event.answer)) return;
  const auto agreed = accept_answer(leg.policy, *leg.offer, event.answer);
  leg.offer.reset();
  leg.offer_is_ours = false;
  if (!agreed) {
    // An agreement of before goes on; without one there can be no talk.
    if (!leg.agreed)
      release_call(board, turn, *call, core::causes::not_acceptable(), EndedBy::kExchange);
    return;
  }
  leg.agreed = agreed;
  leg.fax.reset();
  set_media(board, turn, *call, leg, agreed->params);
  if (call->stage == Call::Stage::kTalking)
    update_hold(board, turn, *call, leg, !can_send(agreed->params.direction));
}

void on(Switchboard& board, Turn& turn, const LegOfferRefused& event) {
  Call* call = board.find_by_leg(event.leg);
  if (call == nullptr) return;
  Leg& leg = *call->find(event.leg);
  if (on_fax_refused(turn, *call, leg)) return;
  leg.offer.reset();
  leg.offer_is_ours = false;
  notice(turn, Notice::Level::kWarn,
         fmt::format("call={} leg={} refused our offer status={}: the talk goes on as it was",
                     call->id, event.leg, event.status));
}

void on(Switchboard& board, Turn& turn, const RecordingDone& event) {
  const auto found = board.recordings.find(event.recording);
  if (found == board.recordings.end()) return;
  Recording row = std::move(found->second);
  board.recordings.erase(found);
  row.path = event.path;
  row.duration = event.duration;
  row.size_bytes = event.size_bytes;
  row.sha256 = event.sha256;
  row.complete = !event.incomplete;
  row.problem = event.problem;
  if (event.incomplete)
    notice(turn, Notice::Level::kWarn,
           fmt::format("call={} recording={} incomplete: {}", row.call, row.id, row.problem));
  turn.out.push_back(StoreCommand{StoreRecording{std::move(row)}});
}

}  // namespace pbx::call
