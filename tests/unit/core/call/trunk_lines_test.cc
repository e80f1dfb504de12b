#include "core/call/trunk_lines.h"

#include <doctest/doctest.h>

namespace pbx::call {
namespace {

using namespace std::chrono_literals;
using State = TrunkChanged::State;

const core::WallTime kNoon = *core::parse_iso8601("2026-11-22T12:00:00Z");
const core::WallTime kTomorrow = *core::parse_iso8601("2026-11-23T00:00:01Z");

config::Trunk trunk(std::uint32_t calls_out = 0, std::uint32_t minutes = 0) {
  config::Trunk made;
  made.name = "mts";
  made.limits.calls_out = calls_out;
  made.limits.minutes_per_day = minutes;
  return made;
}

TrunkLines told(State state, std::string_view ip = "192.0.2.1") {
  TrunkLines lines;
  TrunkChanged change;
  change.trunk = "mts";
  change.state = state;
  change.reason = "reason";
  if (!ip.empty()) change.local_ip = *core::parse_ip(ip);
  lines.apply(change, kNoon);
  return lines;
}

}  // namespace

TEST_CASE("a trunk is called if it lives, or nobody knows better") {
  CHECK(!told(State::kUp).why_not(trunk(), kNoon, false));
  CHECK(!told(State::kUnknown).why_not(trunk(), kNoon, false));
  CHECK(told(State::kDown).why_not(trunk(), kNoon, false)->text == "is down: reason");
  CHECK(!told(State::kDown).why_not(trunk(), kNoon, true));  // better than no try at all
  CHECK(told(State::kOff).why_not(trunk(), kNoon, false)->text == "is off");
  CHECK(TrunkLines().why_not(trunk(), kNoon, false)->text == "is off");
  CHECK(told(State::kUp, "").why_not(trunk(), kNoon, false)->text == "has no address: reason");
  config::Trunk disabled = trunk();
  disabled.enabled = false;
  CHECK(told(State::kUp).why_not(disabled, kNoon, false)->text == "is off");
}

TEST_CASE("a full trunk takes no more calls but urgent ones") {
  TrunkLines lines = told(State::kUp);
  lines.begin_out("mts");
  CHECK(!lines.why_not(trunk(2), kNoon, false));
  lines.begin_out("mts");
  CHECK(lines.why_not(trunk(2), kNoon, false)->text == "is full: 2 calls, limits.calls_out");
  CHECK(!lines.why_not(trunk(2), kNoon, true));
  lines.end_out("mts", kNoon, 0ms);
  CHECK(!lines.why_not(trunk(2), kNoon, false));
}

TEST_CASE("the minutes of a day begin anew at midnight") {
  TrunkLines lines = told(State::kUp);
  lines.begin_out("mts");
  lines.end_out("mts", kNoon, 9min + 59s);
  CHECK(!lines.why_not(trunk(0, 10), kNoon, false));
  lines.begin_out("mts");
  lines.end_out("mts", kNoon, 1s);
  CHECK(lines.why_not(trunk(0, 10), kNoon, false));
  CHECK(!lines.why_not(trunk(0, 10), kTomorrow, false));
  lines.begin_out("mts");
  lines.end_out("mts", kTomorrow, 1min);
  CHECK(!lines.why_not(trunk(0, 10), kTomorrow, false));
  CHECK(lines.find("mts")->today.talked(kTomorrow) == 1min);
}

TEST_CASE("calls of a second are bounded only where the trunk says so") {
  TrunkLines lines = told(State::kUp);
  config::Trunk limited = trunk();
  const core::Instant now{1h};
  for (int i = 0; i < 100; ++i) CHECK(lines.pass_rate(limited, now));
  limited.limits.calls_per_second = 1;
  CHECK(lines.pass_rate(limited, now));
  CHECK(!lines.pass_rate(limited, now));
  CHECK(lines.pass_rate(limited, now + 1s));
}

TEST_CASE("the counts of incoming calls are apart and never go below zero") {
  TrunkLines lines = told(State::kUp);
  lines.begin_in("mts");
  CHECK(lines.find("mts")->calls_in == 1);
  CHECK(lines.find("mts")->calls_out == 0);
  lines.end_in("mts");
  lines.end_in("mts");
  lines.end_out("mts", kNoon, 0ms);
  CHECK(lines.find("mts")->calls_in == 0);
  CHECK(lines.find("mts")->calls_out == 0);
}

}  // namespace pbx::call
