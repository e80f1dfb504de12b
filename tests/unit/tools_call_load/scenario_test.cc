#include "tools/call_load/scenario.h"

#include <doctest/doctest.h>

#include "tests/unit/tools_call_load/fake_network.h"

using namespace pbx;
using namespace pbx::call_load;
using namespace std::chrono_literals;

namespace {

// The world with a course of events, and a server that answers every REGISTER and OPTIONS.
struct Course {
  explicit Course(const Options& options)
      : world(options),
        scenario(world.options, world.phones, world.calls, world.requests, world.now) {}

  void run(core::Duration time) {
    const core::Instant end = world.now + time;
    while (world.now < end && scenario.stage() != Scenario::Stage::kOver) {
      scenario.on_time(world.now);
      world.pass(1ms);
      while (!world.to_server.empty()) {
        const auto sent = world.to_server.front();
        world.to_server.pop_front();
        const bool is_invite = sent.bytes.starts_with("INVITE");
        const bool is_answered =
            sent.bytes.starts_with("REGISTER") || sent.bytes.starts_with("OPTIONS");
        if (is_invite) ++invites;
        if (is_invite) world.respond(sent, "486 Busy Here");
        if (is_answered) world.respond(sent, answer);
      }
    }
  }

  World world;
  Scenario scenario;
  int invites = 0;
  std::string answer = "200 OK";
};

Options with_server() {
  Options options = options_for(false);
  options.register_callees = true;
  options.calls = 20;
  options.rate = 100;
  return options;
}

}  // namespace

TEST_CASE("callees register, calls are made, registrations are taken back") {
  Course course(with_server());
  CHECK(course.scenario.stage() == Scenario::Stage::kRegister);
  CHECK_FALSE(course.scenario.traffic_began().has_value());
  course.run(10s);
  CHECK(course.scenario.stage() == Scenario::Stage::kOver);
  CHECK(course.world.requests.stats().ok == 3);
  CHECK(course.invites == 20);
  for (std::uint32_t i = 0; i < 3; ++i) CHECK_FALSE(course.world.phones.callee(i).is_registered);
  REQUIRE(course.scenario.traffic_ended().has_value());
  const core::Duration placing = course.scenario.last_start() - *course.scenario.traffic_began();
  CHECK(placing >= 190ms);
  CHECK(placing <= 192ms);
  CHECK(course.scenario.held_back() == 0);
  CHECK_FALSE(course.scenario.has_nobody());
}

TEST_CASE("without a registered callee no call is made") {
  Course course(with_server());
  course.answer = "403 Forbidden";
  course.run(10s);
  CHECK(course.scenario.stage() == Scenario::Stage::kOver);
  CHECK(course.scenario.has_nobody());
  CHECK(course.invites == 0);
}

TEST_CASE("calls go only to callees that could register") {
  Options options = with_server();
  Course course(options);
  course.run(15ms);
  course.world.phones.callee(1).is_registered = false;
  course.run(10s);
  CHECK(course.invites == 20);
  CHECK(course.world.calls.stats().attempted == 20);
}

TEST_CASE("a duration ends the placing, not the calls") {
  Options options = options_for(true);
  options.calls = UINT64_MAX;
  options.duration = 2s;
  options.rate = 10;
  options.hold = 3s;
  Course course(options);
  course.run(2500ms);
  CHECK(course.world.calls.stats().attempted == 20);
  CHECK(course.world.calls.active() == 20);
  course.run(10s);
  CHECK(course.scenario.stage() == Scenario::Stage::kOver);
  CHECK(course.world.calls.stats().ok == 20);
}

TEST_CASE("calls over the limit wait and are counted as held back") {
  Options options = options_for(true);
  options.calls = 4;
  options.rate = 1000;
  options.hold = 1s;
  options.concurrent_max = 2;
  Course course(options);
  course.run(10s);
  CHECK(course.world.calls.stats().ok == 4);
  CHECK(course.world.calls.stats().concurrent_max == 2);
  // The third waits for a place; the fourth finds one at once, freed at the same time.
  CHECK(course.scenario.held_back() >= 1);
}

TEST_CASE("a register storm cycles over the phones that are not busy") {
  Options options = options_for(false);
  options.mode = Mode::kRegister;
  options.registrations = 50;
  options.register_rate = 500;
  options.register_callers = true;
  Course course(options);
  CHECK(course.scenario.stage() == Scenario::Stage::kTraffic);
  course.run(5s);
  CHECK(course.scenario.stage() == Scenario::Stage::kOver);
  CHECK(course.world.requests.stats().ok == 50);
  CHECK(course.world.requests.stats().attempted == 50);
}

TEST_CASE("pings are sent by the callers without registering") {
  Options options = with_server();
  options.mode = Mode::kOptions;
  Course course(options);
  course.run(5s);
  CHECK(course.world.requests.stats().ok == 20);
  CHECK(course.invites == 0);
}

TEST_CASE("a stop during the traffic hangs up, unregisters and ends") {
  Options options = with_server();
  options.calls = UINT64_MAX;
  options.duration = 1h;
  Course course(options);
  course.run(1s);
  CHECK(course.scenario.stage() == Scenario::Stage::kTraffic);
  course.scenario.stop(course.world.now);
  course.scenario.stop(course.world.now);
  course.run(2s);
  CHECK(course.scenario.stage() == Scenario::Stage::kOver);
  CHECK_FALSE(course.world.phones.callee(0).is_registered);
}

TEST_CASE("a stop during registration ends without a call") {
  Options options = with_server();
  options.register_rate = 1;
  Course course(options);
  course.run(500ms);
  course.scenario.stop(course.world.now);
  course.run(5s);
  CHECK(course.scenario.stage() == Scenario::Stage::kOver);
  CHECK(course.invites == 0);
}
