// Both sides of a call against each other (--direct), and the bookkeeping around them.

#include "tools/call_load/call_engine.h"

#include <doctest/doctest.h>

#include <set>

#include "tests/unit/tools_call_load/fake_network.h"

using namespace pbx;
using namespace pbx::call_load;
using namespace std::chrono_literals;

namespace {

MediaReport heard(std::uint64_t packets) {
  MediaReport report;
  report.sent = report.marked = packets;
  report.highest = static_cast<std::uint32_t>(packets - 1);
  return report;
}

}  // namespace

TEST_CASE("a call is set up, talks for its time, drains and ends") {
  World world(options_for(true));
  world.media.result = {heard(500), heard(500)};
  REQUIRE(world.calls.place(world.now, true));
  world.pass(1ms);
  CHECK(world.calls.active() == 1);
  CHECK(world.calls.talking() == 1);
  CHECK(world.media.log == std::vector<std::string>{"open 0", "open 1", "connect 1 40000 PCMU",
                                                    "connect 0 40002 PCMU", "start 0", "start 1"});
  world.media.log.clear();
  world.pass(9990ms);
  CHECK(world.media.log.empty());
  world.pass(20ms);
  CHECK(world.media.log == std::vector<std::string>{"pause 0", "pause 1"});
  CHECK(world.calls.talking() == 0);
  world.pass(CallEngine::kDrain);
  CHECK(world.calls.active() == 0);
  const CallStats& stats = world.calls.stats();
  CHECK(stats.ok == 1);
  CHECK(stats.established == 1);
  CHECK(stats.matched_by_mark == 1);
  CHECK(stats.setup.count() == 1);
  CHECK(stats.ringing.count() == 1);
  CHECK(stats.bye.count() == 1);
  CHECK(stats.caller_to_callee.received == 500);
  CHECK(stats.callee_to_caller.lost == 0);
  CHECK(world.calls.talk_seconds(world.now) == doctest::Approx(10).epsilon(0.001));
  CHECK(world.counters.repeated == 0);
  check_accounted(stats);
}

TEST_CASE("every way to make a call works against ourselves") {
  struct Row {
    const char* name;
    void (*change)(Options&);
  };
  for (const Row& row : {
           Row{"delayed offer", [](Options& o) { o.delayed_offer = true; }},
           Row{"PRACK", [](Options& o) { o.prack = true; }},
           Row{"PRACK and delayed offer", [](Options& o) { o.prack = o.delayed_offer = true; }},
           Row{"session timer", [](Options& o) { o.session_expires_s = 90; }},
           Row{"callee hangs up", [](Options& o) { o.hangup = Hangup::kCallee; }},
           Row{"anyone hangs up", [](Options& o) { o.hangup = Hangup::kRandom; }},
           Row{"slow answer",
               [](Options& o) {
                 o.answer_after = {2s, 5s};
               }},
           Row{"slow answer and PRACK",
               [](Options& o) {
                 o.answer_after = {2s, 5s};
                 o.prack = true;
               }},
           Row{"no RTP", [](Options& o) { o.rtp = false; }},
           Row{"no time to talk", [](Options& o) { o.hold = {}; }},
           Row{"PCMA", [](Options& o) { o.codec = o.callee_codec = Codec::kPcma; }},
       }) {
    CAPTURE(row.name);
    Options options = options_for(true);
    row.change(options);
    World world(options);
    for (int i = 0; i < 20; ++i) {
      world.calls.place(world.now, true);
      world.pass(10ms);
    }
    world.pass(60s);
    CHECK(world.calls.active() == 0);
    CHECK(world.calls.stats().ok == 20);
    CHECK(world.counters.repeated == 0);
    CHECK(world.counters.unexpected == 0);
    // Answers are never taken for setup time.
    CHECK(world.calls.stats().setup.max() == 0);
    check_accounted(world.calls.stats());
  }
}

TEST_CASE("every call ends well when a tenth of all datagrams is lost") {
  for (const bool is_hard : {false, true}) {
    Options options = options_for(true);
    options.prack = options.delayed_offer = is_hard;
    options.hold_every = is_hard ? core::Duration(3s) : core::Duration{};
    World world(options);
    core::Random chance(3);
    world.sip.is_lost = [&](std::string_view) { return chance.below(10) == 0; };
    for (int i = 0; i < 300; ++i) {
      world.calls.place(world.now, true);
      world.pass(20ms);
    }
    world.pass(5min);
    const CallStats& stats = world.calls.stats();
    CHECK(world.calls.active() == 0);
    CHECK(stats.attempted == 300);
    CHECK(stats.ok == 300);
    CHECK(world.counters.repeated > 100);
    check_accounted(stats);
  }
}

TEST_CASE("every call is accounted for when nearly everything is lost") {
  World world(options_for(true));
  core::Random chance(4);
  world.sip.is_lost = [&](std::string_view) { return chance.below(10) < 7; };
  for (int i = 0; i < 200; ++i) {
    world.calls.place(world.now, true);
    world.pass(20ms);
  }
  world.pass(20min);
  CHECK(world.calls.active() == 0);
  CHECK(world.calls.talking() == 0);
  CHECK(world.calls.stats().failed > 0);
  check_accounted(world.calls.stats());
}

TEST_CASE("hold pauses both sides and resumes them") {
  Options options = options_for(true);
  options.hold = 10s;
  options.hold_every = 3s;
  options.hold_for = 2s;
  World world(options);
  world.calls.place(world.now, true);
  world.pass(3010ms);
  CHECK(world.media.log.back() == "pause 1");
  world.media.log.clear();
  world.pass(CallEngine::kDrain);
  // The callee is told to listen only.
  CHECK(world.media.has("connect 1 40000 PCMU"));
  world.media.log.clear();
  world.pass(2s);
  CHECK(world.media.has("start 0"));
  CHECK(world.media.has("start 1"));
  world.pass(10s);
  CHECK(world.calls.stats().holds == 2);
  CHECK(world.calls.stats().ok == 1);
  CHECK(world.calls.active() == 0);
}

TEST_CASE("calls cancelled while ringing are counted apart") {
  Options options = options_for(true);
  options.answer_after = {5s, 5s};
  options.cancel_after = 1s;
  World world(options);
  for (int i = 0; i < 10; ++i) world.calls.place(world.now, true);
  world.pass(2s);
  CHECK(world.calls.active() == 0);
  CHECK(world.calls.stats().cancelled == 10);
  CHECK(world.calls.stats().ok == 0);
  check_accounted(world.calls.stats());
}

TEST_CASE("an answer that overtakes the CANCEL is hung up") {
  Options options = options_for(true);
  options.answer_after = {1s, 1s};
  options.cancel_after = 1s;
  World world(options);
  world.calls.place(world.now, true);
  world.pass(1min);
  CHECK(world.calls.active() == 0);
  CHECK(world.calls.stats().attempted == 1);
  CHECK(world.calls.stats().failed == 0);
  check_accounted(world.calls.stats());
}

TEST_CASE("hanging up all ends ringing and talking calls") {
  Options options = options_for(true);
  options.answer_after = {20s, 20s};
  World world(options);
  world.calls.place(world.now, true);
  world.pass(15s);
  world.calls.place(world.now, true);
  world.pass(6s);
  CHECK(world.calls.talking() == 1);
  CHECK(world.calls.active() == 2);
  world.calls.hang_up_all(world.now);
  world.calls.hang_up_all(world.now);
  world.pass(1s);
  CHECK(world.calls.active() == 0);
  CHECK(world.calls.stats().ok == 1);
  CHECK(world.calls.stats().cancelled == 1);
}

TEST_CASE("deaf calls are a failure of their own, short ones prove nothing") {
  struct Row {
    MediaReport caller, callee;
    const char* cause;
  };
  MediaReport deaf;
  deaf.sent = 100;
  MediaReport brief;
  brief.sent = 5;
  for (const Row& row :
       {Row{deaf, deaf, "rtp_none"}, Row{heard(100), deaf, "rtp_none_caller_to_callee"},
        Row{deaf, heard(100), "rtp_none_callee_to_caller"}, Row{brief, brief, ""}}) {
    World world(options_for(true));
    world.media.result = {row.caller, row.callee};
    world.calls.place(world.now, true);
    world.pass(20s);
    const CallStats& stats = world.calls.stats();
    CHECK(stats.failures.count(row.cause) == stats.failed);
    CHECK(stats.failed == (row.cause[0] != 0 ? 1 : 0));
    check_accounted(stats);
  }
}

TEST_CASE("a call without an RTP port fails and leaves no trace") {
  World world(options_for(true));
  world.media.is_full = true;
  CHECK(world.calls.place(world.now, true));
  CHECK(world.calls.stats().failures.at("no_rtp_port") == 1);
  CHECK(world.calls.active() == 0);
  CHECK(world.sip.sent.empty());
  world.media.is_full = false;
  world.calls.place(world.now, true);
  world.pass(20s);
  CHECK(world.calls.stats().ok == 1);
}

TEST_CASE("no more calls at a time than --concurrent") {
  Options options = options_for(true);
  options.concurrent_max = 3;
  World world(options);
  for (int i = 0; i < 3; ++i) CHECK(world.calls.place(world.now, true));
  CHECK_FALSE(world.calls.place(world.now, true));
  world.pass(20s);
  CHECK(world.calls.place(world.now, true));
  CHECK(world.calls.stats().attempted == 4);
  CHECK(world.calls.stats().concurrent_max == 3);
}

TEST_CASE("slots are used again only after they lingered") {
  Options options = options_for(true);
  options.hold = 1s;
  options.rate = 1;
  World world(options);
  std::uint32_t highest = 0;
  for (int i = 0; i < 50; ++i) {
    world.calls.place(world.now, true);
    world.pass(1s);
    highest = std::max(highest, world.media.legs.rbegin()->first);
  }
  // One call a second, 1.1 s long, 5 s of rest: seven slots at least, and not one for each call.
  CHECK(highest / 2 + 1 >= 7);
  CHECK(highest / 2 + 1 <= 9);
  world.pass(20s);
  CHECK(world.calls.stats().ok == 50);
}

TEST_CASE("calls before the warm-up are counted but not timed") {
  World world(options_for(true));
  world.calls.place(world.now, false);
  world.calls.place(world.now, true);
  world.pass(20s);
  CHECK(world.calls.stats().ok == 2);
  CHECK(world.calls.stats().setup.count() == 1);
}

TEST_CASE("all pairs of numbers come before one comes again") {
  Options options = options_for(false);
  options.callers = {"100", "101"};
  options.callees = {"150", "151", "152", "153"};
  World world(options);
  std::set<std::string> pairs;
  for (int i = 0; i < 8; ++i) {
    world.calls.place(world.now, true);
    const std::string invite = world.taken("INVITE ").bytes;
    pairs.insert(header_of(invite, Header::kFrom).substr(0, 8) +
                 header_of(invite, Header::kTo).substr(0, 8));
  }
  CHECK(pairs.size() == 8);
}

TEST_CASE("the same seed makes the same datagrams") {
  std::array<std::string, 2> logs;
  for (std::string& log : logs) {
    Options options = options_for(true);
    options.answer_after = {0s, 3s};
    options.hangup = Hangup::kRandom;
    options.prack = true;
    World world(options);
    world.sip.is_lost = [&](std::string_view bytes) {
      log += bytes;
      return false;
    };
    for (int i = 0; i < 20; ++i) world.calls.place(world.now, true);
    world.pass(1min);
  }
  CHECK(logs[0] == logs[1]);
}
