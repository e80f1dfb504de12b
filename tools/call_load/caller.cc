#include "tools/call_load/caller.h"

#include <utility>

#include "core/base/text.h"
#include "tools/call_load/append.h"

namespace pbx::call_load {
namespace {

Failure refusal(const SipMessage& response) {
  const bool sheds_load = !response[Header::kRetryAfter].empty();
  return {sheds_load ? Failure::Kind::kRetryAfter : Failure::Kind::kStatus, response.status};
}

}  // namespace

void Caller::begin(core::Instant now, Call& call) {
  const Options& options = context_.options;
  Leg& leg = call.caller();
  leg.phase = LegPhase::kInviting;
  Request& invite = leg.invite;
  invite.headers.clear();
  append(invite.headers, "X-Call-Load: ", call.serial, "\r\n");
  const bool has_timer = options.session_expires_s != 0;
  if (options.prack || has_timer)
    append(invite.headers, "Supported: ", options.prack ? "100rel" : "",
           options.prack && has_timer ? ", " : "", has_timer ? "timer" : "", "\r\n");
  if (has_timer)
    append(invite.headers, "Session-Expires: ", options.session_expires_s, ";refresher=uas\r\n");
  invite.body.clear();
  if (!options.delayed_offer) {
    append_sdp(invite.body, leg.audio);
    leg.offer = OfferState::kOfferSent;
  }
  context_.io.request(now, leg, Method::kInvite);
  const bool is_to_cancel = options.cancel_after != core::Duration{};
  context_.io.set_timer(leg, Timer::kPhase,
                        now + (is_to_cancel ? options.cancel_after : options.setup_timeout));
}

void Caller::on_invite_response(core::Instant now, Call& call, const SipMessage& response) {
  Leg& leg = call.caller();
  // The ACK was lost; a newer INVITE may be under way by now.
  if (response.status / 100 == 2 && response.cseq == leg.ack_cseq)
    return context_.io.repeat_ack(leg);
  if (response.cseq != leg.invite.cseq) {  // of an attempt before the login, sent again
    if (response.status >= 300) context_.io.ack_failure(leg, response);
    ++context_.counters.repeats_received;
    return;
  }
  if (response.status < 200) return on_provisional(now, call, response);
  if (response.status < 300) return on_success(now, call, response);
  context_.io.ack_failure(leg, response);
  if (!leg.invite.is_open) {
    ++context_.counters.repeats_received;
    return;
  }
  leg.invite.close();
  context_.io.clear_timer(leg, Timer::kInvite);
  on_refused(now, call, response);
}

void Caller::on_provisional(core::Instant now, Call& call, const SipMessage& response) {
  Leg& leg = call.caller();
  if (!leg.invite.is_open) return;
  leg.invite.proceed(now);
  context_.io.clear_timer(leg, Timer::kInvite);
  if (leg.phase != LegPhase::kInviting) return;
  if (response.status > 100 && !std::exchange(leg.has_rung, true) && call.is_measured)
    context_.stats.ringing.record(static_cast<std::uint64_t>((now - call.placed_at).count()));
  if (leg.is_cancelling) return cancel(now, call);
  if (has_token(response[Header::kRequire], "100rel")) acknowledge_provisional(now, call, response);
}

// PRACK (RFC 3262 4).  The dialog is early: the request goes to the tag and contact of this one.
void Caller::acknowledge_provisional(core::Instant now, Call& call, const SipMessage& response) {
  Leg& leg = call.caller();
  const auto rseq = core::parse_uint<std::uint32_t>(response[Header::kRseq]);
  if (!rseq || *rseq <= leg.rseq) return;  // a repeat; the PRACK repeats itself
  leg.rseq = *rseq;
  leg.remote = response[Header::kTo];
  LegIo::learn_route(leg, response);
  if (!response.body.empty() && leg.offer != OfferState::kAgreed) take_sdp(leg, response.body);
  Request& prack = leg.request;
  prack.headers.clear();
  append(prack.headers, "RAck: ", *rseq, ' ', response.cseq, " INVITE\r\n");
  prack.body.clear();
  if (leg.offer == OfferState::kOfferReceived) {
    prack.body = local_sdp(leg);
    leg.offer = OfferState::kAgreed;
  }
  context_.io.request(now, leg, Method::kPrack);
}

bool Caller::take_sdp(Leg& leg, std::string_view body) {
  const auto remote = parse_sdp(body);
  if (!remote || !remote->has(leg.audio.codec)) return false;
  const bool is_answer = leg.offer == OfferState::kOfferSent;
  leg.offer = is_answer ? OfferState::kAgreed : OfferState::kOfferReceived;
  if (!is_answer) leg.audio.event_type = remote->event_type;
  context_.media.connect(leg.index, remote->rtp, leg.audio.codec);
  return true;
}

void Caller::on_success(core::Instant now, Call& call, const SipMessage& response) {
  Leg& leg = call.caller();
  if (!leg.invite.is_open) return on_late_success(now, leg, response);
  leg.invite.close();
  context_.io.clear_timer(leg, Timer::kInvite);
  if (leg.phase == LegPhase::kInviting) return on_answered(now, call, response);
  context_.io.ack_success(leg, response.cseq, "");
  if (const auto remote = parse_sdp(response.body))
    context_.media.connect(leg.index, remote->rtp, leg.audio.codec);
  on_direction_changed(now, call, response.status);
}

// The call was given up already; the server must not wait for the ACK, nor talk to nobody.
void Caller::on_late_success(core::Instant now, Leg& leg, const SipMessage& response) {
  leg.remote = response[Header::kTo];
  LegIo::learn_route(leg, response);
  context_.io.ack_success(leg, response.cseq, "");
  leg.request.headers.clear();
  leg.request.body.clear();
  context_.io.request(now, leg, Method::kBye);
}

void Caller::on_answered(core::Instant now, Call& call, const SipMessage& response) {
  Leg& leg = call.caller();
  leg.remote = response[Header::kTo];
  LegIo::learn_route(leg, response);
  leg.request.close();
  context_.io.clear_timer(leg, Timer::kRequest);
  const bool is_needed = leg.offer != OfferState::kAgreed;
  const bool is_usable = !is_needed || take_sdp(leg, response.body);
  std::string body;
  if (leg.offer == OfferState::kOfferReceived) {
    body = local_sdp(leg);
    leg.offer = OfferState::kAgreed;
  }
  context_.io.ack_success(leg, response.cseq, body);
  leg.phase = LegPhase::kUp;
  call.setup = now - call.placed_at;
  if (!is_usable) call.fail(Failure::Kind::kBadSdp);
  if (!is_usable || leg.is_cancelling) {  // the answer overtook the CANCEL (RFC 3261 9.1)
    call.step = CallStep::kEnding;
    return send_bye(now, context_, leg);
  }
  context_.io.set_timer(leg, Timer::kPhase, now + kPatience);
}

void Caller::on_refused(core::Instant now, Call& call, const SipMessage& response) {
  Leg& leg = call.caller();
  const bool is_challenge = response.status == 401 || response.status == 407;
  if (is_challenge && !leg.is_cancelling && context_.io.login(now, leg, leg.invite, response))
    return;
  if (leg.phase != LegPhase::kInviting) return on_direction_changed(now, call, response.status);
  if (is_challenge) {
    call.fail(Failure::Kind::kLoginRefused, response.status);
  } else if (!call.is_cancelled) {
    const Failure failure = refusal(response);
    call.fail(failure.kind, failure.status);
  }
  close_leg(context_, leg);
}

void Caller::on_invite_timeout(core::Instant now, Call& call) {
  Leg& leg = call.caller();
  if (leg.phase == LegPhase::kInviting) {
    call.fail(Failure::Kind::kInviteTimeout);
    return close_leg(context_, leg);
  }
  call.fail(Failure::Kind::kHoldTimeout);
  call.step = CallStep::kTalk;
  call.hangup_at = now;
  context_.io.set_timer(leg, Timer::kPhase, now);
}

void Caller::cancel(core::Instant now, Call& call) {
  Leg& leg = call.caller();
  if (leg.phase != LegPhase::kInviting) return;
  leg.is_cancelling = true;
  if (leg.is_cancel_sent || !leg.invite.is_open || !leg.invite.is_proceeding) return;
  leg.is_cancel_sent = true;
  context_.io.cancel(now, leg);
  context_.io.set_timer(leg, Timer::kPhase, now + kPatience);
}

void Caller::on_patience_over(core::Instant now, Call& call) {
  Leg& leg = call.caller();
  if (leg.is_cancel_sent) {  // nothing final came even to the CANCEL
    if (!call.is_cancelled) call.fail(Failure::Kind::kSetupTimeout);
    call.fail(Failure::Kind::kInviteTimeout);
    return close_leg(context_, leg);
  }
  if (context_.options.cancel_after != core::Duration{})
    call.is_cancelled = true;
  else
    call.fail(Failure::Kind::kSetupTimeout);
  cancel(now, call);
}

void Caller::change_direction(core::Instant now, Call& call, Direction direction) {
  Leg& leg = call.caller();
  leg.audio.direction = direction;
  ++leg.audio.version;
  leg.invite.headers.clear();
  leg.invite.body = local_sdp(leg);
  context_.io.request(now, leg, Method::kInvite);
}

void Caller::on_direction_changed(core::Instant now, Call& call, int status) {
  Leg& leg = call.caller();
  const bool is_holding = call.step == CallStep::kHolding;
  if (!is_holding && call.step != CallStep::kResuming) return;
  if (status == 491) {  // glare: the owner of the Call-ID waits 2.1 to 4 s (RFC 3261 14.1)
    const auto wait = std::chrono::milliseconds(2100 + context_.random.below(1900));
    return context_.io.set_timer(leg, Timer::kPhase, now + wait);
  }
  if (status >= 300) call.fail(Failure::Kind::kHoldRefused, status);
  if (is_holding && status < 300) {
    call.step = CallStep::kHeld;
    return context_.io.set_timer(leg, Timer::kPhase, now + context_.options.hold_for);
  }
  if (status < 300) ++context_.stats.holds;
  call.step = CallStep::kTalk;
  call.next_hold_at = now + context_.options.hold_every;
  for (const Leg& side : call.legs)
    if (side.phase == LegPhase::kUp) context_.media.start(side.index);
  context_.io.set_timer(leg, Timer::kPhase, std::min(call.next_hold_at, call.hangup_at));
}

}  // namespace pbx::call_load
