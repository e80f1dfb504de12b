#include "sip/trunk_health.h"

#include <doctest/doctest.h>

namespace pbx::sip {
namespace {

using namespace std::chrono_literals;
using State = HealthState;

constexpr core::Instant kStart{1h};

config::TrunkHealth options(std::chrono::milliseconds interval = 30s) {
  config::TrunkHealth it;
  it.interval = interval;
  it.down_after = 3;
  it.up_after = 2;
  it.answer_time = 2s;
  return it;
}

TrunkHealth health(std::chrono::milliseconds interval = 30s) {
  return {kStart, options(interval), core::Random(7)};
}

// Sends the next OPTIONS and lets it be answered, or fail with status 0.  Returns when.
core::Instant ask(TrunkHealth& it, int status, core::Duration after = 20ms) {
  REQUIRE(it.next_deadline());
  const auto now = *it.next_deadline();
  REQUIRE(it.run(now));
  if (status != 0) it.on_options_answer(now + after, status);
  if (status == 0) it.on_options_failure(now + after, "connection refused");
  return now + after;
}

void take_down(TrunkHealth& it) {
  for (int i = 0; i < 3; ++i) it.on_call_silence(kStart + 1s);
  REQUIRE(it.status().state == State::kDown);
}

}  // namespace

TEST_CASE("OPTIONS go out at the interval, the first soon") {
  auto it = health();
  CHECK(it.status() == HealthStatus{State::kUnknown, kStart, "", std::nullopt});
  CHECK(it.is_usable());
  const auto first = *it.next_deadline();
  CHECK(first >= kStart);
  CHECK(first <= kStart + TrunkHealth::kFirstWithin);
  CHECK_FALSE(it.run(first - 1ns));
  CHECK(it.run(first));
  CHECK_FALSE(it.run(first));
  it.on_options_answer(first + 1ms, 200);
  CHECK(it.next_deadline() == first + 30s);
}

TEST_CASE("the first OPTIONS of many trunks spread") {
  core::Instant first{}, last{};
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto at = *TrunkHealth(kStart, options(), core::Random(seed)).next_deadline();
    first = seed == 0 ? at : std::min(first, at);
    last = std::max(last, at);
  }
  CHECK(last - first > 1s);
}

TEST_CASE("any final response but 408 and 503 is a sign of life") {
  struct Row {
    int status;
    State after_one;  // from unknown
  };
  const Row rows[] = {{200, State::kUp},      {302, State::kUp},      {401, State::kUp},
                      {403, State::kUp},      {404, State::kUp},      {405, State::kUp},
                      {481, State::kUp},      {500, State::kUp},      {501, State::kUp},
                      {603, State::kUp},      {408, State::kUnknown}, {503, State::kUnknown},
                      {100, State::kUnknown}, {0, State::kUnknown}};
  for (const auto& row : rows) {
    CAPTURE(row.status);
    auto it = health();
    ask(it, row.status);
    CHECK(it.status().state == row.after_one);
  }
}

TEST_CASE("it is down after failures in a row and up after answers in a row") {
  auto it = health();
  ask(it, 200);
  ask(it, 0);
  ask(it, 503);
  ask(it, 200);  // the row is broken
  ask(it, 0);
  ask(it, 503);
  CHECK(it.status().state == State::kUp);
  const auto down_at = ask(it, 408);
  CHECK(it.status().state == State::kDown);
  CHECK(it.status().since == down_at);
  CHECK(it.status().reason == "no answer to OPTIONS");
  CHECK_FALSE(it.is_usable());
  ask(it, 200);
  ask(it, 0);
  ask(it, 200);
  CHECK(it.status().state == State::kDown);
  const auto up_at = ask(it, 404);
  CHECK(it.status().state == State::kUp);
  CHECK(it.status().since == up_at);
  CHECK(it.status().reason.empty());
}

TEST_CASE("the reason names what happened last") {
  auto it = health();
  ask(it, 0);
  CHECK(it.status().reason == "connection refused");
  ask(it, 503);
  CHECK(it.status().reason == "503 to OPTIONS: out of service");
  it.on_call_silence(kStart + 1h);
  CHECK(it.status().reason == "no answer to INVITE in 2000 ms");
}

TEST_CASE("calls show it too") {
  auto it = health();
  it.on_call_answer(kStart + 1s);
  CHECK(it.status().state == State::kUp);
  take_down(it);
  it.on_call_answer(kStart + 2s);
  it.on_call_answer(kStart + 3s);
  CHECK(it.status().state == State::kUp);
}

TEST_CASE("a silent call and silent OPTIONS make one row") {
  auto it = health();
  ask(it, 0);
  it.on_call_silence(kStart + 3s);
  CHECK(it.status().state == State::kUnknown);
  ask(it, 0);
  CHECK(it.status().state == State::kDown);
}

TEST_CASE("while it is down it is asked at the same interval") {
  auto it = health();
  take_down(it);
  const auto before = *it.next_deadline();
  ask(it, 0);
  CHECK(it.next_deadline() == before + 30s);
}

TEST_CASE("OPTIONS that are still unanswered when the next are due have failed once") {
  auto it = health();
  for (int i = 0; i < 3; ++i) {
    REQUIRE(it.run(*it.next_deadline()));
    CHECK(it.status().state == State::kUnknown);
  }
  REQUIRE(it.run(*it.next_deadline()));
  CHECK(it.status().state == State::kDown);
}

TEST_CASE("an answer that nobody waits for counts for nothing") {
  auto it = health();
  it.on_options_answer(kStart, 200);
  it.on_options_failure(kStart, "x");
  CHECK(it.status() == HealthStatus{State::kUnknown, kStart, "", std::nullopt});
}

TEST_CASE("the time of an answer is kept") {
  auto it = health();
  ask(it, 200, 35ms);
  CHECK(it.status().round_trip == 35ms);
  ask(it, 0);
  CHECK(it.status().round_trip == 35ms);
}

TEST_CASE("without OPTIONS a server that calls took down gets another chance") {
  auto it = health(0s);
  CHECK_FALSE(it.next_deadline());
  CHECK_FALSE(it.run(kStart + 1h));
  take_down(it);
  const auto rested = kStart + 1s + TrunkHealth::kRest;
  CHECK(it.next_deadline() == rested);
  CHECK_FALSE(it.run(rested));
  CHECK(it.status().state == State::kUnknown);
  CHECK_FALSE(it.next_deadline());
  it.on_call_silence(rested + 1s);
  CHECK(it.status().state == State::kDown);
  CHECK_FALSE(it.run(*it.next_deadline()));
  it.on_call_answer(rested + 2min);
  CHECK(it.status().state == State::kUp);
  CHECK_FALSE(it.next_deadline());
}

TEST_CASE("a call that finds no connection counts as a failure, and says why") {
  auto it = health();
  for (int i = 0; i < 2; ++i) it.on_call_failure(kStart, "certificate of another");
  CHECK(it.status().state == State::kUnknown);
  it.on_call_failure(kStart + 1s, "certificate of another");
  CHECK(it.status() ==
        HealthStatus{State::kDown, kStart + 1s, "certificate of another", std::nullopt});
}

TEST_CASE("thresholds of zero mean one") {
  auto none = options();
  none.down_after = 0;
  none.up_after = 0;
  TrunkHealth it(kStart, none, core::Random(7));
  CHECK(it.is_usable());
  it.on_call_silence(kStart);
  CHECK(it.status().state == State::kDown);
  it.on_call_answer(kStart);
  CHECK(it.status().state == State::kUp);
}

TEST_CASE("states have names") {
  CHECK(text(State::kUnknown) == "unknown");
  CHECK(text(State::kUp) == "up");
  CHECK(text(State::kDown) == "down");
}

}  // namespace pbx::sip
