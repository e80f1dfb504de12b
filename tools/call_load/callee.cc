#include "tools/call_load/callee.h"

#include "core/base/text.h"
#include "tools/call_load/append.h"

namespace pbx::call_load {

void Callee::begin(core::Instant now, Call& call, const SipMessage& invite, const Incoming& from) {
  Leg& leg = call.callee();
  leg.phase = LegPhase::kRinging;
  leg.call_id = invite[Header::kCallId];
  leg.remote = invite[Header::kFrom];
  leg.local = invite[Header::kTo];
  context_.io.append_tag(leg.local, leg);
  leg.target = uri_of(leg.remote);
  leg.peer = leg.reply_to = from.from;
  LegIo::learn_route(leg, invite);
  leg.answer.cseq = leg.remote_cseq = invite.cseq;
  leg.answer_head.clear();
  context_.io.append_head(leg.answer_head, invite, &leg);
  if (!take_offer(now, call, invite)) return;
  ring(now, leg, invite);
  const DurationRange& range = context_.options.answer_after;
  const auto spread = static_cast<std::uint64_t>((range.max - range.min).count());
  call.answer_delay =
      range.min + core::Duration(static_cast<std::int64_t>(context_.random.below(spread + 1)));
  if (call.answer_delay == core::Duration{})
    answer(now, call);
  else
    context_.io.set_timer(leg, Timer::kPhase, now + call.answer_delay);
}

bool Callee::take_offer(core::Instant now, Call& call, const SipMessage& invite) {
  Leg& leg = call.callee();
  const auto local = context_.media.open({leg.index, leg.serial});
  if (!local) {
    call.fail(Failure::Kind::kNoPort);
    refuse(now, leg, 503, "No RTP Port");
    return false;
  }
  leg.has_media = true;
  leg.audio = {};
  leg.audio.rtp = *local;
  leg.audio.codec = context_.options.callee_codec;
  leg.audio.ptime_ms = context_.options.ptime_ms;
  leg.audio.session = leg.serial;
  if (invite.body.empty()) return true;
  const auto remote = parse_sdp(invite.body);
  if (!remote || !remote->has(leg.audio.codec)) {
    call.fail(Failure::Kind::kBadSdp);
    refuse(now, leg, 488, "Not Acceptable Here");
    return false;
  }
  leg.offer = OfferState::kOfferReceived;
  leg.audio.event_type = remote->event_type;
  leg.audio.direction = reversed(remote->direction);
  context_.media.connect(leg.index, remote->rtp, leg.audio.codec);
  return true;
}

void Callee::ring(core::Instant now, Leg& leg, const SipMessage& invite) {
  Response ringing{180, "Ringing", "", ""};
  leg.is_reliable = has_token(invite[Header::kRequire], "100rel") ||
                    (context_.options.prack && has_token(invite[Header::kSupported], "100rel"));
  if (!leg.is_reliable) return context_.io.answer(now, leg, ringing, false);
  leg.rseq = 1 + static_cast<std::uint32_t>(context_.random.below(1000));
  std::string headers;
  append(headers, "Require: 100rel\r\nRSeq: ", leg.rseq, "\r\n");
  ringing.headers = headers;
  // Without an offer so far, the first reliable response has to make it (RFC 3261 13.2.1).
  const std::string body = leg.offer == OfferState::kNone ? next_sdp(leg) : "";
  ringing.body = body;
  context_.io.answer(now, leg, ringing, true);
}

std::string Callee::next_sdp(Leg& leg) {
  if (leg.offer == OfferState::kNone)
    leg.offer = OfferState::kOfferSent;
  else if (leg.offer == OfferState::kOfferReceived)
    leg.offer = OfferState::kAgreed;
  else
    return "";
  return local_sdp(leg);
}

void Callee::answer(core::Instant now, Call& call) {
  Leg& leg = call.callee();
  if (leg.is_reliable) {  // not before the PRACK (RFC 3262 3)
    leg.is_answer_due = true;
    return;
  }
  leg.phase = LegPhase::kAnswered;
  context_.io.clear_timer(leg, Timer::kPhase);
  const std::string body = next_sdp(leg);
  context_.io.answer(now, leg, {200, "OK", "", body}, true);
}

void Callee::refuse(core::Instant now, Leg& leg, int status, std::string_view reason) {
  context_.io.answer(now, leg, {status, reason, "", ""}, true);
  close_leg(context_, leg);
}

void Callee::take_answer(Leg& leg, std::string_view body) {
  if (leg.offer != OfferState::kOfferSent) return;
  leg.offer = OfferState::kAgreed;
  if (const auto remote = parse_sdp(body))
    context_.media.connect(leg.index, remote->rtp, leg.audio.codec);
}

void Callee::on_ack(Leg& leg, const SipMessage& ack) {
  if (ack.cseq != leg.answer.cseq) return;  // of a 491 that nobody repeats
  leg.answer.close();
  context_.io.clear_timer(leg, Timer::kAnswer);
  if (leg.phase == LegPhase::kAnswered) leg.phase = LegPhase::kUp;
  take_answer(leg, ack.body);
}

void Callee::on_cancel(core::Instant now, Call& call, const SipMessage& cancel,
                       const Incoming& from) {
  Leg& leg = call.callee();
  context_.io.respond(leg, cancel, from, {});
  if (leg.phase != LegPhase::kRinging) return;  // too late: 200 or a refusal is on its way
  refuse(now, leg, 487, "Request Terminated");
}

void Callee::on_prack(core::Instant now, Call& call, const SipMessage& prack,
                      const Incoming& from) {
  Leg& leg = call.callee();
  std::string_view rack = prack[Header::kRack];
  const auto rseq = core::parse_uint<std::uint32_t>(rack.substr(0, rack.find(' ')));
  if (!leg.is_reliable || rseq != leg.rseq)
    return context_.io.respond(leg, prack, from, {481, "No Such Response", "", ""});
  leg.is_reliable = false;
  leg.answer.close();
  context_.io.clear_timer(leg, Timer::kAnswer);
  context_.io.respond(leg, prack, from, {});
  take_answer(leg, prack.body);
  if (leg.is_answer_due && leg.phase == LegPhase::kRinging) answer(now, call);
}

void Callee::on_patience_over(core::Instant now, Call& call) {
  Leg& leg = call.callee();
  if (leg.phase != LegPhase::kRinging) return;
  if (call.step == CallStep::kSetup) return answer(now, call);
  call.fail(Failure::Kind::kByeMissing);  // the caller is gone, no CANCEL came
  refuse(now, leg, 480, "Temporarily Unavailable");
}

void Callee::on_answer_timeout(core::Instant now, Call& call, Leg& leg) {
  if (leg.phase == LegPhase::kRinging) {  // no PRACK
    call.fail(Failure::Kind::kAckTimeout);
    return refuse(now, leg, 504, "No PRACK");
  }
  if (leg.phase != LegPhase::kAnswered && leg.phase != LegPhase::kUp) return;
  call.fail(Failure::Kind::kAckTimeout);
  call.step = CallStep::kEnding;
  send_bye(now, context_, leg);
}

}  // namespace pbx::call_load
