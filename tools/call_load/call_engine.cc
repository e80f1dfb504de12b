#include "tools/call_load/call_engine.h"

#include <algorithm>
#include <numeric>

#include "tools/call_load/append.h"
#include "tools/call_load/outcome.h"

namespace pbx::call_load {
namespace {

bool is_over(const Leg& leg) {
  return leg.phase == LegPhase::kIdle || leg.phase == LegPhase::kClosed;
}

std::uint32_t slot_of(const Call& call) { return call.legs[0].index / 2; }

}  // namespace

CallEngine::CallEngine(const Parts& parts)
    : options_(parts.options),
      phones_(parts.phones),
      sip_(parts.sip),
      context_{parts.options,  LegIo(parts.sip, timers_, parts.logins, parts.counters, parts.run),
               parts.media,    stats_,
               parts.counters, parts.random},
      caller_(context_),
      callee_(context_),
      in_dialog_(context_),
      run_(parts.run),
      pending_(parts.phones.callees()) {
  const double linger_s = std::chrono::duration<double>(kLinger).count();
  slots_max_ = options_.concurrent_max + 1 + static_cast<std::size_t>(options_.rate * linger_s);
}

Call* CallEngine::acquire(core::Instant now) {
  if (!free_.empty() && slots_[free_.front()].freed_at + kLinger <= now) {
    Call& call = slots_[free_.front()];
    free_.pop_front();
    incoming_.erase(call.callee().call_id);
    for (const Leg& leg : call.legs) context_.io.clear_timers(leg);
    return &call;
  }
  if (slots_.size() >= slots_max_) return nullptr;
  slots_.emplace_back();
  return &slots_.back();
}

bool CallEngine::place(core::Instant now, bool is_measured) {
  Call* call = active_ < options_.concurrent_max ? acquire(now) : nullptr;
  if (call == nullptr) return false;
  const std::uint32_t slot =
      call->serial == 0 ? static_cast<std::uint32_t>(slots_.size() - 1) : slot_of(*call);
  for (Leg& leg : call->legs) leg.reset();
  call->step = CallStep::kSetup;
  call->failure = {};
  call->is_cancelled = false;
  call->is_measured = is_measured;
  call->placed_at = now;
  call->answer_delay = call->setup = {};
  call->media = {};
  call->serial = next_serial_++;
  for (const Side side : {Side::kCaller, Side::kCallee}) {
    Leg& leg = call->legs[static_cast<std::size_t>(side)];
    leg.side = side;
    leg.index = 2 * slot + static_cast<std::uint32_t>(side);
    leg.serial = call->serial;
  }
  choose_phones(*call);
  ++stats_.attempted;
  stats_.concurrent_max = std::max<std::uint64_t>(stats_.concurrent_max, ++active_);
  prepare_caller(*call);
  if (call->failure.kind == Failure::Kind::kNone) caller_.begin(now, *call);
  advance(now, *call);
  return true;
}

// Goes through all pairs before one comes again, so that a call is known by its pair.
void CallEngine::choose_phones(Call& call) {
  const std::uint64_t callers = phones_.callers();
  const std::uint64_t callees = phones_.callees();
  const std::uint64_t round = std::lcm(callers, callees);
  const bool must_register = options_.register_callees && !options_.is_direct();
  Phone* callee = nullptr;
  for (std::uint64_t tries = 0; tries < callees; ++tries) {
    const std::uint64_t n = pairs_++;
    call.caller().phone = &phones_[static_cast<std::uint32_t>(n % callers)];
    callee = &phones_.callee(static_cast<std::uint32_t>((n + n / round) % callees));
    if (!must_register || callee->is_registered) break;
  }
  call.callee().phone = callee;
}

void CallEngine::prepare_caller(Call& call) {
  Leg& leg = call.caller();
  const std::string& callee = call.callee().phone->number;
  append(leg.call_id, Hex{run_}, '-', Hex{call.serial}, '@', sip_.local_text(leg.phone->socket));
  append(leg.local, "<sip:", leg.phone->number, '@', options_.domain, '>');
  context_.io.append_tag(leg.local, leg);
  append(leg.remote, "<sip:", callee, '@', options_.domain, '>');
  leg.peer = options_.is_direct() ? sip_.local(call.callee().phone->socket) : options_.server;
  append(leg.target, "sip:", callee, '@');
  if (options_.is_direct())
    append(leg.target, sip_.local_text(call.callee().phone->socket));
  else if (options_.server.port == 5060)
    append(leg.target, options_.domain);
  else
    append(leg.target, options_.domain, ':', options_.server.port);
  pending_[call.callee().phone->index - phones_.callers()].push_back(slot_of(call));
  const auto local = context_.media.open({leg.index, leg.serial});
  if (!local) {
    call.fail(Failure::Kind::kNoPort);
    leg.phase = LegPhase::kClosed;
    return;
  }
  leg.has_media = true;
  leg.audio.rtp = *local;
  leg.audio.codec = options_.codec;
  leg.audio.ptime_ms = options_.ptime_ms;
  leg.audio.session = leg.serial;
}

Call* CallEngine::call_of(const Token& token) {
  const std::size_t slot = token.index / 2;
  if (slot >= slots_.size() || slots_[slot].serial != token.serial) return nullptr;
  return &slots_[slot];
}

void CallEngine::forget_pending(const Call& call) {
  auto& pending = pending_[call.legs[1].phone->index - phones_.callers()];
  std::erase(pending, slot_of(call));
}

// Finds the call that an INVITE of the server belongs to, by what the server let through: our own
// header, else the two numbers, else the callee alone (the oldest call first).
Call* CallEngine::match(const SipMessage& invite) {
  const Phone* callee = phones_.find_callee(user_of(invite.uri));
  if (callee == nullptr) callee = phones_.find_callee(user_of(uri_of(invite[Header::kTo])));
  if (callee == nullptr) return nullptr;
  const auto& pending = pending_[callee->index - phones_.callers()];
  const auto find = [&](auto&& is_it) -> Call* {
    const auto found = std::find_if(pending.begin(), pending.end(),
                                    [&](std::uint32_t slot) { return is_it(slots_[slot]); });
    return found == pending.end() ? nullptr : &slots_[*found];
  };
  if (!invite[Header::kCallLoad].empty()) {
    const auto serial = core::parse_uint<std::uint32_t>(invite[Header::kCallLoad]);
    Call* const call = find([&](const Call& candidate) { return candidate.serial == serial; });
    if (call != nullptr) ++stats_.matched_by_mark;
    return call;
  }
  const std::string_view number = user_of(uri_of(invite[Header::kFrom]));
  Call* call = find([&](const Call& c) { return c.legs[0].phone->number == number; });
  if (call != nullptr) {
    ++stats_.matched_by_pair;
    return call;
  }
  call = find([](const Call&) { return true; });
  if (call != nullptr) ++stats_.matched_by_callee;
  return call;
}

void CallEngine::on_request(core::Instant now, const SipMessage& request, const Incoming& from) {
  const std::string_view tag = request.to_tag();
  if (tag.empty()) return on_new_request(now, request, from);
  const auto token = parse_token(tag, run_);
  Call* const call = token && token->kind == Token::Kind::kLeg ? call_of(*token) : nullptr;
  if (call != nullptr)
    return on_leg_request(now, *call, call->legs[token->index % 2], request, from);
  if (request.method == Method::kAck) return;  // of a refusal that belongs to no leg
  ++context_.counters.unexpected;
  context_.io.respond_outside(request, from, {481, "Call/Transaction Does Not Exist", "", ""});
}

void CallEngine::on_new_request(core::Instant now, const SipMessage& request,
                                const Incoming& from) {
  const auto known = incoming_.find(request[Header::kCallId]);
  const bool is_known = known != incoming_.end();
  switch (request.method) {
    case Method::kInvite:
      if (is_known) return context_.io.repeat_answer(slots_[known->second].callee());
      return on_invite(now, request, from);
    case Method::kCancel:
      if (!is_known) break;
      callee_.on_cancel(now, slots_[known->second], request, from);
      return advance(now, slots_[known->second]);
    case Method::kOptions:
    case Method::kNotify:
      return context_.io.respond_outside(request, from, {});
    case Method::kAck:
      return;
    case Method::kBye:
    case Method::kPrack:
    case Method::kUpdate:
    case Method::kInfo:
      break;
    default:
      return context_.io.respond_outside(request, from, {405, "Method Not Allowed", "", ""});
  }
  ++context_.counters.unexpected;
  context_.io.respond_outside(request, from, {481, "Call/Transaction Does Not Exist", "", ""});
}

void CallEngine::on_invite(core::Instant now, const SipMessage& invite, const Incoming& from) {
  Call* const call = match(invite);
  if (call == nullptr) {
    ++stats_.unmatched;
    return context_.io.respond_outside(invite, from, {480, "No Such Call", "", ""});
  }
  forget_pending(*call);
  incoming_.emplace(invite[Header::kCallId], slot_of(*call));
  callee_.begin(now, *call, invite, from);
  advance(now, *call);
}

void CallEngine::on_leg_request(core::Instant now, Call& call, Leg& leg, const SipMessage& request,
                                const Incoming& from) {
  if (request.method == Method::kAck)
    callee_.on_ack(leg, request);
  else if (request.method == Method::kPrack && leg.side == Side::kCallee &&
           request.cseq != leg.response_cseq)
    callee_.on_prack(now, call, request, from);
  else
    in_dialog_.on_request(now, call, leg, request, from);
  advance(now, call);
}

void CallEngine::on_response(core::Instant now, const SipMessage& response, const Token& token) {
  Call* const call = call_of(token);
  if (call == nullptr) {
    ++context_.counters.unexpected;
    return;
  }
  Leg& leg = call->legs[token.index % 2];
  if (response.method == Method::kInvite && leg.side == Side::kCaller)
    caller_.on_invite_response(now, *call, response);
  else
    in_dialog_.on_response(now, *call, leg, response);
  advance(now, *call);
}

void CallEngine::on_media_report(core::Instant now, const MediaReport& report) {
  Call* const call = call_of({Token::Kind::kLeg, report.leg.index, report.leg.serial, 0});
  if (call == nullptr) return;
  call->media[report.leg.index % 2] = report;
  call->legs[report.leg.index % 2].has_media = false;
  advance(now, *call);
}

void CallEngine::on_time(core::Instant now) {
  while (const auto key = timers_.pop_due(now)) {
    const std::uint32_t index = *key / kTimers;
    Call& call = slots_[index / 2];
    on_timer(now, call, call.legs[index % 2], static_cast<Timer>(*key % kTimers));
    advance(now, call);
  }
}

void CallEngine::on_timer(core::Instant now, Call& call, Leg& leg, Timer timer) {
  if (timer == Timer::kPhase)
    return leg.side == Side::kCaller ? on_caller_time(now, call) : on_callee_time(now, call);
  if (context_.io.repeat(now, leg, timer)) return;
  if (timer == Timer::kInvite) return caller_.on_invite_timeout(now, call);
  if (timer == Timer::kRequest) return in_dialog_.on_request_timeout(call, leg);
  callee_.on_answer_timeout(now, call, leg);
}

void CallEngine::on_caller_time(core::Instant now, Call& call) {
  const Leg& leg = call.caller();
  if (leg.phase == LegPhase::kInviting) return caller_.on_patience_over(now, call);
  if (leg.phase != LegPhase::kUp) return;
  switch (call.step) {
    case CallStep::kSetup:
      call.fail(Failure::Kind::kCalleeMissing);
      return hang_up(now, call, Side::kCaller);
    case CallStep::kTalk:
      if (now < call.hangup_at) return pause(now, call, CallStep::kPausing);
      return options_.rtp ? pause(now, call, CallStep::kDraining) : hang_up(now, call);
    case CallStep::kPausing:
      call.step = CallStep::kHolding;
      return caller_.change_direction(now, call, Direction::kSendOnly);
    case CallStep::kHolding:  // after a 491
      return caller_.change_direction(now, call, Direction::kSendOnly);
    case CallStep::kHeld:
    case CallStep::kResuming:
      call.step = CallStep::kResuming;
      return caller_.change_direction(now, call, Direction::kSendRecv);
    case CallStep::kDraining:
      return hang_up(now, call);
    case CallStep::kEnding:
      call.fail(Failure::Kind::kByeMissing);
      return send_bye(now, context_, call.caller());
    case CallStep::kFree:
      return;
  }
}

void CallEngine::on_callee_time(core::Instant now, Call& call) {
  Leg& leg = call.callee();
  if (leg.phase == LegPhase::kRinging) return callee_.on_patience_over(now, call);
  if (call.step != CallStep::kEnding || is_over(leg) || leg.phase == LegPhase::kBye) return;
  call.fail(Failure::Kind::kByeMissing);
  send_bye(now, context_, leg);
}

void CallEngine::advance(core::Instant now, Call& call) {
  if (call.step == CallStep::kFree) return;
  if (call.is_talking && (call.step == CallStep::kDraining || call.step == CallStep::kEnding)) {
    call.is_talking = false;
    count_talking(now, -1);
  }
  if (call.step == CallStep::kSetup) {
    if (call.caller().phase == LegPhase::kUp && call.callee().phase == LegPhase::kUp)
      return begin_talk(now, call);
    if (call.caller().phase == LegPhase::kClosed) {
      call.step = CallStep::kEnding;
      if (!is_over(call.callee()))
        context_.io.set_timer(call.callee(), Timer::kPhase, now + kPatience);
    }
  }
  for (const Leg& leg : call.legs)
    if (!is_over(leg) || leg.has_media) return;
  finish(now, call);
}

void CallEngine::begin_talk(core::Instant now, Call& call) {
  call.step = CallStep::kTalk;
  ++stats_.established;
  count_talking(now, 1);
  call.is_talking = true;
  call.hangup_at = now + options_.hold;
  const bool is_to_hold = options_.hold_every != core::Duration{};
  call.next_hold_at = is_to_hold ? now + options_.hold_every : kNever;
  for (const Leg& leg : call.legs) context_.media.start(leg.index);
  context_.io.set_timer(call.caller(), Timer::kPhase, std::min(call.hangup_at, call.next_hold_at));
}

void CallEngine::pause(core::Instant now, Call& call, CallStep step) {
  call.step = step;
  for (const Leg& leg : call.legs) context_.media.pause(leg.index);
  context_.io.set_timer(call.caller(), Timer::kPhase, now + kDrain);
}

void CallEngine::hang_up(core::Instant now, Call& call) {
  const bool by_callee = options_.hangup == Hangup::kCallee ||
                         (options_.hangup == Hangup::kRandom && context_.random.below(2) == 1);
  hang_up(now, call, by_callee ? Side::kCallee : Side::kCaller);
}

void CallEngine::hang_up(core::Instant now, Call& call, Side side) {
  call.step = CallStep::kEnding;
  Leg& leg = call.legs[static_cast<std::size_t>(side)];
  const Leg& other = call.other(leg);
  send_bye(now, context_, leg);
  if (!is_over(other)) context_.io.set_timer(other, Timer::kPhase, now + kPatience);
}

void CallEngine::hang_up_all(core::Instant now) {
  for (Call& call : slots_) {
    if (call.step == CallStep::kFree || call.step == CallStep::kEnding) continue;
    if (call.step == CallStep::kSetup) {
      call.is_cancelled = true;
      caller_.cancel(now, call);
      if (call.caller().phase == LegPhase::kUp) hang_up(now, call, Side::kCaller);
    } else if (call.step == CallStep::kTalk && options_.rtp) {
      pause(now, call, CallStep::kDraining);
    } else if (call.step != CallStep::kDraining) {
      hang_up(now, call);
    }
    advance(now, call);
  }
}

void CallEngine::finish(core::Instant now, Call& call) {
  forget_pending(call);
  account(call, !options_.is_transcoded() && !options_.tone, stats_);
  call.step = CallStep::kFree;
  call.freed_at = now;
  --active_;
  free_.push_back(slot_of(call));
}

void CallEngine::count_talking(core::Instant now, int change) {
  talk_seconds_ = talk_seconds(now);
  talking_since_ = now;
  talking_ += static_cast<std::uint32_t>(change);
}

double CallEngine::talk_seconds(core::Instant now) const {
  return talk_seconds_ + talking_ * std::chrono::duration<double>(now - talking_since_).count();
}

}  // namespace pbx::call_load
