#include "sip/session_timer.h"

#include <doctest/doctest.h>

namespace pbx::sip {
namespace {

using namespace std::chrono_literals;
using Due = SessionTimer::Due;
using Mode = SessionTimerOptions::Mode;

constexpr core::Instant kStart{1h};

SessionTimer timer(Mode mode = Mode::kRequest) { return SessionTimer({mode, 1800s, 90s}); }

TimerRequested requested(std::chrono::seconds interval, Refresher refresher = Refresher::kNone,
                         bool supported = true) {
  return {SessionExpires{interval, refresher}, 0s, supported};
}

}  // namespace

TEST_CASE("a call is asked to be timed only in mode request") {
  const auto it = timer().request();
  REQUIRE(it);
  CHECK(it->session_expires == SessionExpires{1800s, Refresher::kNone});
  CHECK(it->min_se == 90s);
  CHECK_FALSE(timer(Mode::kAccept).request());
  CHECK_FALSE(timer(Mode::kOff).request());
  CHECK(text(SessionExpires{1800s, Refresher::kNone}) == "1800");
  CHECK(text(SessionExpires{90s, Refresher::kUac}) == "90;refresher=uac");
  CHECK(text(SessionExpires{90s, Refresher::kUas}) == "90;refresher=uas");
}

TEST_CASE("intervals below those of the RFC are raised") {
  const auto it = SessionTimer({Mode::kRequest, 10s, 5s}).request();
  CHECK(it->session_expires.interval == 90s);
  CHECK(it->min_se == 90s);
}

TEST_CASE("the refresher refreshes at half of the interval, again and again") {
  auto it = timer();
  it.on_accepted(kStart, SessionExpires{100s, Refresher::kUac});
  CHECK(it.next_deadline() == kStart + 50s);
  CHECK(it.take_due(kStart + 49s) == Due::kNothing);
  CHECK(it.take_due(kStart + 50s) == Due::kRefresh);
  CHECK(it.take_due(kStart + 50s) == Due::kNothing);
  CHECK(it.request()->session_expires == SessionExpires{100s, Refresher::kUac});
  it.on_accepted(kStart + 51s, SessionExpires{100s, Refresher::kUac});
  CHECK(it.next_deadline() == kStart + 101s);
}

TEST_CASE("a call whose other side stays silent ends before the interval does") {
  struct Row {
    std::chrono::seconds interval, end;
  };
  const Row rows[] = {{90s, 60s}, {1800s, 1768s}, {96s, 64s}, {99s, 67s}};
  for (const auto& row : rows) {
    auto it = timer();
    it.on_accepted(kStart, SessionExpires{row.interval, Refresher::kUas});
    CHECK(it.next_deadline() == kStart + row.end);
    CHECK(it.take_due(kStart + row.end - 1ms) == Due::kNothing);
    CHECK(it.take_due(kStart + row.end) == Due::kExpired);
    CHECK_FALSE(it.next_deadline());
    CHECK(it.take_due(kStart + row.interval) == Due::kNothing);
  }
}

TEST_CASE("a failed refresh is tried again at half of the time left, until the end") {
  auto it = timer();
  it.on_accepted(kStart, SessionExpires{1800s, Refresher::kUac});
  CHECK(it.take_due(kStart + 900s) == Due::kRefresh);
  it.on_refresh_failed(kStart + 900s);
  CHECK(it.next_deadline() == kStart + 1334s);
  int tries = 0;
  auto now = kStart + 900s;
  for (auto due = Due::kNothing; due != Due::kExpired; ++tries) {
    REQUIRE(it.next_deadline());
    now = *it.next_deadline();
    due = it.take_due(now);
    it.on_refresh_failed(now);
  }
  CHECK(now == kStart + 1768s);
  CHECK(tries < 15);
}

TEST_CASE("a refresh without an answer ends the call too") {
  auto it = timer();
  it.on_accepted(kStart, SessionExpires{90s, Refresher::kUac});
  CHECK(it.take_due(kStart + 45s) == Due::kRefresh);
  CHECK(it.next_deadline() == kStart + 60s);
  CHECK(it.take_due(kStart + 60s) == Due::kExpired);
}

TEST_CASE("422 raises what we ask for, a bounded number of times") {
  auto it = timer();
  CHECK_FALSE(it.on_too_small(1800s));  // we asked for that much
  CHECK(it.on_too_small(3600s));
  CHECK(it.request()->session_expires.interval == 3600s);
  CHECK(it.request()->min_se == 3600s);
  CHECK(it.on_too_small(3700s));
  CHECK(it.on_too_small(3800s));
  CHECK_FALSE(it.on_too_small(3900s));
  CHECK_FALSE(timer().on_too_small(100'000s));
}

TEST_CASE("a side without session timers is refreshed by us, if we want timers") {
  auto it = timer();
  it.on_accepted(kStart, std::nullopt);
  CHECK(it.next_deadline() == kStart + 900s);
  CHECK(it.take_due(kStart + 900s) == Due::kRefresh);
  auto accepting = timer(Mode::kAccept);
  accepting.on_accepted(kStart, std::nullopt);
  CHECK_FALSE(accepting.next_deadline());
  auto off = timer(Mode::kOff);
  off.on_accepted(kStart, SessionExpires{90s, Refresher::kUac});
  CHECK_FALSE(off.next_deadline());
}

TEST_CASE("a side without session timers that refuses a refresh lives: the call goes on") {
  auto it = timer();
  it.on_accepted(kStart, std::nullopt);
  for (int i = 1; i < 10; ++i) {
    REQUIRE(it.take_due(kStart + i * 900s) == Due::kRefresh);
    it.on_refresh_refused(kStart + i * 900s);
  }
  REQUIRE(it.take_due(kStart + 9000s) == Due::kRefresh);
  CHECK(it.take_due(kStart + 8100s + 1768s) == Due::kExpired);  // no answer at all
}

TEST_CASE("a side with session timers that refuses a refresh is asked again until the end") {
  auto it = timer();
  it.on_accepted(kStart, SessionExpires{1800s, Refresher::kUac});
  CHECK(it.take_due(kStart + 900s) == Due::kRefresh);
  it.on_refresh_refused(kStart + 900s);
  CHECK(it.next_deadline() == kStart + 1334s);
  CHECK(it.take_due(kStart + 1768s) == Due::kExpired);
}

TEST_CASE("the answer to a request follows table 2 of the RFC") {
  struct Row {
    bool supported;
    Refresher asked, answered;
    bool require;
  };
  const Row rows[] = {
      {false, Refresher::kNone, Refresher::kUas, false},
      {false, Refresher::kUac, Refresher::kUas, false},
      {true, Refresher::kNone, Refresher::kUas, false},
      {true, Refresher::kUac, Refresher::kUac, true},
      {true, Refresher::kUas, Refresher::kUas, false},
  };
  for (const auto& row : rows) {
    auto it = timer(Mode::kAccept);
    const auto answer = it.answer(requested(600s, row.asked, row.supported));
    REQUIRE(answer.session_expires);
    CHECK(*answer.session_expires == SessionExpires{600s, row.answered});
    CHECK(answer.require_timer == row.require);
    it.on_answered(kStart, answer);
    CHECK(it.next_deadline() == kStart + (row.answered == Refresher::kUas ? 300s : 568s));
  }
}

TEST_CASE("an interval below our least is refused with 422") {
  const auto it = timer(Mode::kAccept).answer(requested(89s));
  CHECK(it.too_small);
  CHECK(it.min_se == 90s);
  CHECK_FALSE(timer(Mode::kAccept).answer(requested(90s)).too_small);
  auto unchanged = timer();
  unchanged.on_answered(kStart, it);
  CHECK_FALSE(unchanged.next_deadline());
}

TEST_CASE("a long interval is shortened, but not below their least") {
  CHECK(timer().answer(requested(7200s)).session_expires->interval == 1800s);
  auto asked = requested(7200s);
  asked.min_se = 3600s;
  CHECK(timer().answer(asked).session_expires->interval == 3600s);
}

TEST_CASE("a request without Session-Expires is timed only if we want it") {
  const TimerRequested nothing{std::nullopt, 0s, true};
  CHECK(timer().answer(nothing).session_expires == SessionExpires{1800s, Refresher::kUas});
  CHECK_FALSE(timer(Mode::kAccept).answer(nothing).session_expires);
  CHECK_FALSE(timer(Mode::kOff).answer(requested(600s)).session_expires);
}

TEST_CASE("a later request keeps the roles and the interval") {
  auto it = timer(Mode::kAccept);
  it.on_accepted(kStart, SessionExpires{600s, Refresher::kUas});  // they refresh
  const auto answer = it.answer({std::nullopt, 0s, true});        // hold, without the header
  CHECK(answer.session_expires == SessionExpires{600s, Refresher::kUac});
  it.on_answered(kStart + 100s, answer);
  CHECK(it.next_deadline() == kStart + 668s);
  CHECK(it.request()->session_expires == SessionExpires{600s, Refresher::kUas});
}

TEST_CASE("absurd intervals are not believed") {
  auto it = timer();
  it.on_accepted(kStart, SessionExpires{1s, Refresher::kUac});
  CHECK(it.next_deadline() == kStart + 15s);
  it.on_accepted(kStart, SessionExpires{std::chrono::seconds(UINT32_MAX), Refresher::kUac});
  CHECK(it.next_deadline() == kStart + SessionTimer::kIntervalCeiling / 2);
}

TEST_CASE("the state can be carried to another object") {
  auto it = timer();
  it.on_accepted(kStart, SessionExpires{100s, Refresher::kUac});
  SessionTimer copy({Mode::kRequest, 1800s, 90s}, it.state());
  CHECK(copy.take_due(kStart + 50s) == Due::kRefresh);
}

}  // namespace pbx::sip
