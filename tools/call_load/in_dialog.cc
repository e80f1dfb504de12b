#include "tools/call_load/in_dialog.h"

namespace pbx::call_load {

void InDialog::on_request(core::Instant now, Call& call, Leg& leg, const SipMessage& request,
                          const Incoming& from) {
  if (request.method == Method::kInvite) return on_reinvite(now, call, leg, request, from);
  if (request.cseq == leg.response_cseq) return context_.io.repeat_response(leg, from);
  if (request.cseq < leg.remote_cseq)
    return context_.io.respond(leg, request, from, {500, "CSeq Out Of Order", "", ""});
  leg.remote_cseq = request.cseq;
  switch (request.method) {
    case Method::kBye:
      return on_bye(now, call, leg, request, from);
    case Method::kUpdate:
      return on_update(call, leg, request, from);
    case Method::kOptions:
    case Method::kInfo:
    case Method::kNotify:
      return context_.io.respond(leg, request, from, {});
    default:
      return context_.io.respond(leg, request, from, {405, "Method Not Allowed", kAllow, ""});
  }
}

void InDialog::on_bye(core::Instant now, Call& call, Leg& leg, const SipMessage& bye,
                      const Incoming& from) {
  context_.io.respond(leg, bye, from, {});
  if (leg.phase == LegPhase::kClosed) return;
  leg.answer.close();
  context_.io.clear_timer(leg, Timer::kAnswer);
  close_leg(context_, leg);
  if (call.step == CallStep::kEnding) return;
  if (!call.is_cancelled) call.fail(Failure::Kind::kEndedByServer);
  call.step = CallStep::kEnding;
  const Leg& other = call.other(leg);
  if (other.phase == LegPhase::kUp || other.phase == LegPhase::kAnswered)
    context_.io.set_timer(other, Timer::kPhase, now + kPatience);
}

void InDialog::on_reinvite(core::Instant now, Call& call, Leg& leg, const SipMessage& invite,
                           const Incoming& from) {
  if (invite.cseq == leg.answer.cseq) return context_.io.repeat_answer(leg);
  if (leg.phase != LegPhase::kUp || leg.invite.is_open || leg.answer.is_open)
    return context_.io.respond(leg, invite, from, {491, "Request Pending", "", ""});
  leg.reply_to = from.from;
  leg.answer_head.clear();
  context_.io.append_head(leg.answer_head, invite, &leg);
  leg.answer.cseq = leg.remote_cseq = invite.cseq;
  if (invite.body.empty()) {
    leg.offer = OfferState::kOfferSent;
  } else if (!take_offer(call, leg, invite.body)) {
    return context_.io.answer(now, leg, {488, "Not Acceptable Here", "", ""}, true);
  }
  const std::string body = local_sdp(leg);
  context_.io.answer(now, leg, {200, "OK", "", body}, true);
}

void InDialog::on_update(Call& call, Leg& leg, const SipMessage& update, const Incoming& from) {
  if (update.body.empty()) return context_.io.respond(leg, update, from, {});
  if (leg.invite.is_open || leg.answer.is_open)
    return context_.io.respond(leg, update, from, {491, "Request Pending", "", ""});
  if (!take_offer(call, leg, update.body))
    return context_.io.respond(leg, update, from, {488, "Not Acceptable Here", "", ""});
  const std::string body = local_sdp(leg);
  context_.io.respond(leg, update, from, {200, "OK", "", body});
}

bool InDialog::take_offer(Call& call, Leg& leg, std::string_view body) {
  const auto remote = parse_sdp(body);
  if (!remote || !remote->has(leg.audio.codec)) return false;
  const Direction direction = reversed(remote->direction);
  if (direction != leg.audio.direction) ++leg.audio.version;
  leg.audio.direction = direction;
  context_.media.connect(leg.index, remote->rtp, leg.audio.codec);
  const bool may_send = direction == Direction::kSendRecv || direction == Direction::kSendOnly;
  if (!may_send)
    context_.media.pause(leg.index);
  else if (call.step == CallStep::kTalk)
    context_.media.start(leg.index);
  return true;
}

void InDialog::on_response(core::Instant now, Call& call, Leg& leg, const SipMessage& response) {
  Request& request = leg.request;
  if (!request.is_open || response.cseq != request.cseq || response.method != request.method) {
    ++context_.counters.repeats_received;
    return;
  }
  if (response.status < 200) {
    if (const auto next = request.proceed(now)) context_.io.set_timer(leg, Timer::kRequest, *next);
    return;
  }
  request.close();
  context_.io.clear_timer(leg, Timer::kRequest);
  const bool is_challenge = response.status == 401 || response.status == 407;
  if (is_challenge && request.method != Method::kCancel &&
      context_.io.login(now, leg, request, response))
    return;
  if (request.method == Method::kBye) end_bye(now, call, leg);
}

void InDialog::end_bye(core::Instant now, const Call& call, Leg& leg) {
  if (call.is_measured && call.failure.kind == Failure::Kind::kNone)
    context_.stats.bye.record(static_cast<std::uint64_t>((now - leg.bye_at).count()));
  close_leg(context_, leg);
}

void InDialog::on_request_timeout(Call& call, Leg& leg) {
  if (leg.request.method != Method::kBye) return;
  call.fail(Failure::Kind::kByeTimeout);
  close_leg(context_, leg);
}

}  // namespace pbx::call_load
