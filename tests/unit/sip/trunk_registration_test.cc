#include "sip/trunk_registration.h"

#include <doctest/doctest.h>

namespace pbx::sip {
namespace {

using namespace std::chrono_literals;
using State = RegistrationState;
using Step = RegistrationStep;
using Kind = RegistrationStep::Kind;

constexpr core::Instant kStart{1h};

config::TrunkRegistration options() {
  config::TrunkRegistration it;
  it.enabled = true;
  it.expires = 600s;
  it.retry = 30s;
  it.retry_max = 600s;
  return it;
}

TrunkRegistration machine(config::TrunkRegistration with = options()) {
  return {with, core::Random(7)};
}

RegisterAnswer answer(int status, std::string phrase = "") {
  RegisterAnswer it;
  it.status = status;
  it.phrase = std::move(phrase);
  return it;
}

RegisterAnswer granted(std::chrono::seconds time) {
  auto it = answer(200, "OK");
  it.granted = time;
  return it;
}

RegisterAnswer challenged(ChallengeVerdict verdict, int status = 401) {
  auto it = answer(status, "Unauthorized");
  it.challenge = verdict;
  return it;
}

Step sent_to(std::size_t server, std::chrono::seconds expires = 600s, bool is_repetition = false) {
  return {Kind::kSend, server, expires, is_repetition};
}

// One that waits for the answer of the first of `servers`.
TrunkRegistration asking(std::size_t servers = 1) {
  auto it = machine();
  CHECK(it.start(kStart) == Step{Kind::kResolve});
  CHECK(it.on_resolved(kStart, servers, "") == sent_to(0));
  return it;
}

TrunkRegistration registered(std::size_t servers = 1) {
  auto it = asking(servers);
  CHECK(it.on_answer(kStart, granted(600s)) == Step{});
  return it;
}

core::Duration pause_after(const TrunkRegistration& it, core::Instant now) {
  REQUIRE(it.next_deadline());
  return *it.next_deadline() - now;
}

void check_between(core::Duration value, core::Duration least, core::Duration most) {
  CAPTURE(value.count());
  CHECK(value >= least);
  CHECK(value <= most);
}

}  // namespace

TEST_CASE("a trunk that is not to register stays off") {
  auto it = machine({});
  CHECK(it.start(kStart) == Step{});
  CHECK(it.status().state == State::kOff);
  CHECK_FALSE(it.next_deadline());
}

TEST_CASE("registering goes by the names, the first server and its yes") {
  auto it = machine();
  CHECK(it.start(kStart) == Step{Kind::kResolve});
  CHECK(it.status().state == State::kTrying);
  CHECK(it.on_resolved(kStart + 1s, 2, "") == sent_to(0));
  CHECK(it.on_answer(kStart + 2s, answer(100)) == Step{});
  CHECK(it.status().state == State::kTrying);
  CHECK(it.on_answer(kStart + 2s, granted(300s)) == Step{});
  CHECK(it.status() == RegistrationStatus{State::kRegistered, kStart + 2s, 200, "", 0, 300s});
}

TEST_CASE("a refresh comes well before the binding ends, whatever was granted") {
  struct Row {
    std::optional<std::chrono::seconds> granted;
    core::Duration least, most;
  };
  const Row rows[] = {
      {600s, 375s, 450s},
      {3600s, 2250s, 2700s},
      {60s, 37500ms, 45s},
      {std::nullopt, 375s, 450s},  // as we asked for
      {1s, 6250ms, 7500ms},        // never more often than this
      {1'000'000s, 54'000s, 64'800s},
  };
  for (const auto& row : rows) {
    auto it = asking();
    auto yes = answer(200);
    yes.granted = row.granted;
    CHECK(it.on_answer(kStart, yes) == Step{});
    const auto pause = pause_after(it, kStart);
    check_between(pause, row.least, row.most);
    CHECK(it.run(kStart + pause - 1ns) == Step{});
    CHECK(it.run(kStart + pause) == sent_to(0));
    CHECK(it.status().state == State::kRegistered);
  }
}

TEST_CASE("refreshes of many trunks spread") {
  core::Duration first{}, last{};
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    TrunkRegistration it(options(), core::Random(seed));
    static_cast<void>(it.start(kStart));
    static_cast<void>(it.on_resolved(kStart, 1, ""));
    static_cast<void>(it.on_answer(kStart, granted(600s)));
    const auto pause = pause_after(it, kStart);
    first = seed == 0 ? pause : std::min(first, pause);
    last = std::max(last, pause);
  }
  CHECK(last - first > 50s);
}

TEST_CASE("challenges are answered at the same server, a bounded number of times") {
  auto it = asking(2);
  const auto again = challenged(ChallengeVerdict::kRetry);
  for (unsigned i = 0; i < TrunkRegistration::kRepetitionsMax; ++i)
    CHECK(it.on_answer(kStart, again) == sent_to(0, 600s, true));
  CHECK(it.on_answer(kStart, again) == Step{});
  CHECK(it.status().state == State::kFailed);
}

TEST_CASE("what cannot be helped by asking again is asked at the slowest pace") {
  struct Row {
    RegisterAnswer answer;
    std::string_view reason;
  };
  const Row rows[] = {
      {challenged(ChallengeVerdict::kWrongPassword),
       "401 Unauthorized: username or password is wrong"},
      {challenged(ChallengeVerdict::kEndless, 407),
       "407 Unauthorized: asked for the password again and again"},
      {answer(403, "Forbidden"), "403 Forbidden: the account is barred, or the password is wrong"},
      {answer(404, "Not Found"), "404 Not Found: the server does not know the account"},
      {answer(603, "Decline"), "603 Decline"},
  };
  for (const auto& row : rows) {
    auto it = asking(3);
    CHECK(it.on_answer(kStart + 1s, row.answer) == Step{});
    CHECK(it.status() == RegistrationStatus{State::kFailed, kStart + 1s, row.answer.status,
                                            std::string(row.reason), 0, 0s});
    check_between(pause_after(it, kStart + 1s), 525s, 600s);
  }
}

TEST_CASE("other refusals are tried again after pauses that double") {
  auto it = machine();
  auto step = it.start(kStart);
  auto now = kStart;
  for (const auto pause : {30s, 60s, 120s, 240s, 480s, 600s, 600s}) {
    CHECK(step == Step{Kind::kResolve});
    CHECK(it.on_resolved(now, 1, "") == sent_to(0));
    CHECK(it.on_answer(now, answer(302, "Moved")) == Step{});
    CHECK(it.status().reason == "302 Moved: it redirects; name the new server in `servers`");
    check_between(pause_after(it, now), pause * 7 / 8, pause);
    now = *it.next_deadline();
    step = it.run(now);
    CHECK(it.status().state == State::kTrying);
  }
  static_cast<void>(it.on_resolved(now, 1, ""));
  static_cast<void>(it.on_answer(now, granted(60s)));
  CHECK(it.status().reason.empty());
  static_cast<void>(it.run(now + 45s));
  static_cast<void>(it.on_answer(now + 45s, answer(480)));
  check_between(pause_after(it, now + 45s), 26250ms, 30s);  // a success ends the doubling
}

TEST_CASE("a server that fails is followed by the next one, all of them once") {
  for (const int status : {408, 500, 503, 504}) {
    auto it = asking(3);
    CHECK(it.on_answer(kStart, answer(status)) == sent_to(1));
    CHECK(it.on_no_answer(kStart, "connection refused") == sent_to(2));
    CHECK(it.status().state == State::kTrying);
    CHECK(it.status().reason == "connection refused");
    CHECK(it.status().sip_status == 0);
    CHECK(it.on_no_answer(kStart, "no answer") == Step{});
    CHECK(it.status().state == State::kFailed);
    CHECK(it.status().reason == "no answer");
    CHECK(it.run(kStart + 30s) == Step{Kind::kResolve});
    CHECK(it.on_resolved(kStart + 30s, 3, "") == sent_to(0));
  }
}

TEST_CASE("the server that took the binding gets the refresh, and its failure goes round") {
  auto it = asking(3);
  CHECK(it.on_answer(kStart, answer(503)) == sent_to(1));
  CHECK(it.on_answer(kStart, granted(600s)) == Step{});
  const auto refresh = *it.next_deadline();
  CHECK(it.run(refresh) == sent_to(1));
  CHECK(it.on_no_answer(refresh, "no answer") == sent_to(2));
  CHECK(it.status().state == State::kTrying);
  CHECK(it.on_no_answer(refresh, "no answer") == sent_to(0));
  CHECK(it.on_answer(refresh, granted(600s)) == Step{});
  CHECK(it.status().server == 0);
}

TEST_CASE("423 raises what we ask for, now and later") {
  auto it = asking();
  auto brief = answer(423, "Interval Too Brief");
  brief.min_expires = 1800s;
  CHECK(it.on_answer(kStart, brief) == sent_to(0, 1800s, true));
  CHECK(it.on_answer(kStart, granted(1800s)) == Step{});
  CHECK(it.run(*it.next_deadline()) == sent_to(0, 1800s));
}

TEST_CASE("423 that asks for nothing longer, or for ever, is a refusal") {
  for (const auto least : {std::optional<std::chrono::seconds>{}, {600s}, {60s}, {86'401s}}) {
    auto it = asking();
    auto brief = answer(423, "Interval Too Brief");
    brief.min_expires = least;
    CHECK(it.on_answer(kStart, brief) == Step{});
    CHECK(it.status().state == State::kFailed);
  }
}

TEST_CASE("Retry-After makes the pause longer, never shorter, within reason") {
  struct Row {
    std::chrono::seconds said;
    core::Duration least, most;
  };
  const Row rows[] = {{5s, 26250ms, 30s}, {200s, 200s, 200s}, {1'000'000s, 3600s, 3600s}};
  for (const auto& row : rows) {
    auto it = asking(2);
    auto busy = answer(503);
    busy.retry_after = row.said;
    CHECK(it.on_answer(kStart, busy) == sent_to(1));  // the next server is asked at once
    CHECK(it.on_no_answer(kStart, "no answer") == Step{});
    check_between(pause_after(it, kStart), row.least, row.most);
  }
}

TEST_CASE("names that lead nowhere are a failure with their reason") {
  auto it = machine();
  static_cast<void>(it.start(kStart));
  CHECK(it.on_resolved(kStart, 0, "no such name") == Step{});
  CHECK(it.status().state == State::kFailed);
  CHECK(it.status().reason == "no such name");
  CHECK(it.run(kStart + 30s) == Step{Kind::kResolve});
}

TEST_CASE("a yes without a binding is a failure") {
  auto it = asking();
  CHECK(it.on_answer(kStart, granted(0s)) == Step{});
  CHECK(it.status().state == State::kFailed);
  CHECK_FALSE(it.status().reason.empty());
}

TEST_CASE("stopping removes the binding, with a password if asked for") {
  auto it = registered();
  CHECK(it.stop(kStart + 1s) == sent_to(0, 0s));
  CHECK(it.status().state == State::kOff);
  CHECK(it.stop(kStart + 1s) == Step{});
  CHECK(it.on_answer(kStart + 1s, challenged(ChallengeVerdict::kRetry)) == sent_to(0, 0s, true));
  CHECK(it.on_answer(kStart + 1s, granted(0s)) == Step{});
  CHECK_FALSE(it.next_deadline());
  CHECK(it.on_answer(kStart + 2s, granted(600s)) == Step{});
  CHECK(it.status().state == State::kOff);
}

TEST_CASE("stopping before there can be a binding sends nothing") {
  auto resolving = machine();
  static_cast<void>(resolving.start(kStart));
  CHECK(resolving.stop(kStart) == Step{});
  CHECK(resolving.on_resolved(kStart, 1, "") == Step{});
  auto waiting = asking();
  static_cast<void>(waiting.on_answer(kStart, answer(404)));
  CHECK(waiting.stop(kStart) == Step{});
  CHECK_FALSE(waiting.next_deadline());
  auto unanswered = asking();
  CHECK(unanswered.stop(kStart) == sent_to(0, 0s));
  CHECK(unanswered.on_no_answer(kStart, "no answer") == Step{});
  CHECK_FALSE(unanswered.next_deadline());
}

TEST_CASE("it can be started again at any time") {
  auto it = registered();
  static_cast<void>(it.stop(kStart));
  CHECK(it.start(kStart + 1s) == Step{Kind::kResolve});
  CHECK(it.on_answer(kStart + 1s, granted(0s)) == Step{});  // of the REGISTER that left
  CHECK(it.on_resolved(kStart + 2s, 1, "") == sent_to(0));
}

TEST_CASE("an owner that loses an answer does not silence the trunk") {
  auto it = machine();
  static_cast<void>(it.start(kStart));
  CHECK(it.run(kStart + TrunkRegistration::kSilenceMax) == Step{});
  CHECK(it.status().state == State::kFailed);
  auto lost = asking(2);
  CHECK(lost.run(kStart + TrunkRegistration::kSilenceMax) == sent_to(1));
  auto leaving = registered();
  static_cast<void>(leaving.stop(kStart));
  CHECK(leaving.run(kStart + TrunkRegistration::kSilenceMax) == Step{});
  CHECK_FALSE(leaving.next_deadline());
}

TEST_CASE("a lost connection hastens the refresh, but does not start a race") {
  auto it = registered();
  it.hasten(kStart + 100s);
  CHECK(it.run(kStart + 100s) == sent_to(0));
  CHECK(it.on_answer(kStart + 100s, granted(600s)) == Step{});
  it.hasten(kStart + 101s);
  CHECK(it.next_deadline() == kStart + 110s);
  auto waiting = asking();
  static_cast<void>(waiting.on_answer(kStart, answer(404)));
  waiting.hasten(kStart);
  CHECK(pause_after(waiting, kStart) > 500s);
}

TEST_CASE("the wish is kept within bounds") {
  auto tiny = options();
  tiny.expires = 1s;
  auto it = machine(tiny);
  static_cast<void>(it.start(kStart));
  CHECK(it.on_resolved(kStart, 1, "") == sent_to(0, TrunkRegistration::kGrantedMin));
}

TEST_CASE("a reason from outside stays one short line") {
  auto it = asking();
  static_cast<void>(it.on_answer(kStart, answer(480, "a\r\nb" + std::string(1000, 'x'))));
  CHECK(it.status().reason.starts_with("480 a  bx"));
  CHECK(it.status().reason.size() < 100);
}

TEST_CASE("states have names") {
  CHECK(text(State::kOff) == "off");
  CHECK(text(State::kTrying) == "trying");
  CHECK(text(State::kRegistered) == "registered");
  CHECK(text(State::kFailed) == "failed");
}

}  // namespace pbx::sip
