#include <algorithm>

#include <fmt/format.h>

#include "sip/procedures.h"
#include "sip/text.h"

// RFC 4028: session_timer.h decides, this reads and writes the headers.
namespace pbx::sip::session_refresh {
namespace {

using std::chrono::seconds;

constexpr unsigned long kHeaderMax = 1'000'000'000;  // seconds; more is not believed anyway

seconds to_seconds(unsigned long value) {
  return seconds(static_cast<std::int64_t>(std::min(value, kHeaderMax)));
}

std::optional<SessionExpires> read_expires(const sip_t* sip) {
  const sip_session_expires_t* header = sip->sip_session_expires;
  if (!header) return std::nullopt;
  SessionExpires expires{to_seconds(header->x_delta), Refresher::kNone};
  if (core::equals_nocase(view(header->x_refresher), "uac")) expires.refresher = Refresher::kUac;
  if (core::equals_nocase(view(header->x_refresher), "uas")) expires.refresher = Refresher::kUas;
  return expires;
}

seconds read_min_se(const sip_t* sip) {
  return sip->sip_min_se ? to_seconds(sip->sip_min_se->min_delta) : seconds(0);
}

void schedule(Context& context, Leg& leg) {
  cancel_timer(context, leg, LegTimer::kSession);
  const auto deadline = leg.timer.next_deadline();
  if (deadline && leg.state == LegState::kTalking)
    set_timer(context, leg, LegTimer::kSession, *deadline - sip_now());
}

}  // namespace

SessionTimerOptions options_of(const config::SessionTimer& wish) {
  SessionTimerOptions options;
  options.mode = wish.mode == config::SessionTimerMode::kOff ? SessionTimerOptions::Mode::kOff
                 : wish.mode == config::SessionTimerMode::kAccept
                     ? SessionTimerOptions::Mode::kAccept
                     : SessionTimerOptions::Mode::kRequest;
  options.expires = std::chrono::ceil<seconds>(wish.expires);
  options.min_se = std::chrono::ceil<seconds>(wish.min_se);
  return options;
}

bool accept_request(Context& context, Leg& leg, Incoming& transaction, const sip_t* sip) {
  TimerRequested requested{read_expires(sip), read_min_se(sip), capabilities_of(sip).timer};
  leg.timer_answer = leg.timer.answer(requested);
  if (!leg.timer_answer.too_small) return true;
  Response response{422, {}, {}, {}, {}};
  response.headers.add("Min-SE", fmt::format("{}", leg.timer_answer.min_se.count()));
  reply(context, &leg, transaction, response);
  return false;
}

void add_to_request(const Leg& leg, HeaderText& headers) {
  const auto request = leg.timer.request();
  if (!request) return;
  headers.add("Session-Expires", text(request->session_expires));
  headers.add_if(request->min_se.count() > 0, "Min-SE", fmt::format("{}", request->min_se.count()));
}

void add_to_response(const Leg& leg, HeaderText& headers) {
  if (!leg.timer_answer.session_expires) return;
  headers.add("Session-Expires", text(*leg.timer_answer.session_expires));
  headers.add_if(leg.timer_answer.require_timer, "Require", "timer");
}

void on_answered(Context& context, Leg& leg) {
  leg.timer.on_answered(sip_now(), leg.timer_answer);
  schedule(context, leg);
}

void accept_response(Context& context, Leg& leg, const sip_t* sip) {
  leg.timer.on_accepted(sip_now(), read_expires(sip));
  schedule(context, leg);
}

bool accept_too_small(Leg& leg, const sip_t* sip) {
  return sip->sip_min_se && leg.timer.on_too_small(read_min_se(sip));
}

void on_refresh_failed(Context& context, Leg& leg) {
  leg.timer.on_refresh_failed(sip_now());
  schedule(context, leg);
}

void on_refresh_refused(Context& context, Leg& leg) {
  leg.timer.on_refresh_refused(sip_now());
  schedule(context, leg);
}

void on_due(Context& context, Leg& leg) {
  switch (leg.timer.take_due(sip_now())) {
    case SessionTimer::Due::kNothing:
      return schedule(context, leg);
    case SessionTimer::Due::kRefresh:
      schedule(context, leg);
      if (!reinvite::refresh(context, leg)) on_refresh_failed(context, leg);
      return;
    case SessionTimer::Due::kExpired:
      ++context.counters.timeouts;
      return hang_up(context, leg, core::from_sip(408, 102, "session expired"));
  }
}

}  // namespace pbx::sip::session_refresh
