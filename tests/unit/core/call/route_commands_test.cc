// Lists of trunks and schedules; night mode by command and by feature code.
#include "core/call/route_commands.h"

#include <doctest/doctest.h>

#include "tests/support/control_fixture.h"

namespace pbx::call {
namespace {

using test::ControlFixture;
using Kind = route::ScheduleOverride::Kind;

// Office hours that are never over; 600 rings 101 while they are open, 102 else.
std::shared_ptr<config::Config> with_office() {
  auto config = test::sample_config();
  config->numbering.country = "RU";
  config::Schedule& office = config->schedules["office"];
  office.name = "office";
  office.zone = "UTC";
  office.code = "*28";
  for (auto& day : office.week.days) day = {"00:00-24:00"};
  config::PlanRule open, closed;
  open.to = "extension 101";
  open.schedule = "office";
  closed.to = "extension 102";
  config->plans["outgoing"] = {"outgoing", {open, closed}};
  for (auto& [number, extension] : config->extensions) extension.plan = "outgoing";
  return config;
}

struct House : ControlFixture {
  explicit House(std::shared_ptr<config::Config> with = with_office())
      : ControlFixture(std::move(with)) {
    register_phone("101");
    register_phone("102");
  }
  // Who rings for a number that is nobody's.
  std::string rings() {
    incoming("100", "84957777777");
    return sip<SipInvite>().back().extension;
  }
  ScheduleView office() {
    apply(ListSchedules{{9}});
    return std::get<ScheduleList>(replies.back().view).schedules.at(0);
  }
  void set(Kind kind, std::optional<core::WallTime> until = {}) {
    route::ScheduleOverride hand;
    hand.kind = kind;
    hand.until = until;
    hand.by = "test";
    apply(SetSchedule{{1}, "office", hand});
  }
};

}  // namespace

TEST_CASE("a hand on a schedule turns the plan, and is kept") {
  House house;
  CHECK(house.rings() == "101");
  CHECK(house.office().open);
  house.set(Kind::kClosed);
  CHECK(std::holds_alternative<Done>(house.replies.back().view));
  CHECK(house.rings() == "102");
  CHECK(!house.office().open);
  CHECK(house.office().by_hand);
  house.set(Kind::kNone);
  CHECK(house.rings() == "101");
  CHECK(!house.office().by_hand);
  REQUIRE(house.facts.size() == 2);
  CHECK(key_of(house.facts[0]) == "schedule.office");
  CHECK(house.facts[0].text == "closed");
  CHECK(house.facts[1].text == "none");
}

TEST_CASE("a hand is taken off when its time has come") {
  House house;
  house.set(Kind::kClosed, core::WallTime{} + std::chrono::minutes(1));
  CHECK(house.rings() == "102");
  house.advance(std::chrono::minutes(2));
  CHECK(house.rings() == "101");
}

TEST_CASE("a schedule that does not exist is told") {
  House house;
  house.apply(SetSchedule{{1}, "nothing", {}});
  CHECK(std::get<NotFound>(house.replies.back().view).what == "schedule nothing");
}

TEST_CASE("the feature code closes and gives back, for those who may") {
  auto config = with_office();
  config->schedules["office"].switched_by = {"100"};
  House house(config);
  house.incoming("100", "*28");
  CHECK(!house.office().open);
  house.incoming("100", "*28");
  CHECK(house.office().open);
  house.incoming("103", "*28");
  CHECK(house.office().open);
  CHECK(house.facts.size() == 2);
}

TEST_CASE("trunks are listed with what they carry") {
  auto config = with_office();
  config->trunks["mts"].name = "mts";
  House house(config);
  TrunkChanged change;
  change.trunk = "mts";
  change.state = TrunkChanged::State::kDown;
  change.reason = "no answer";
  house.apply(change);
  change.trunk = "gone";
  house.apply(change);
  house.apply(ListTrunks{{5}});
  const auto& trunks = std::get<TrunkList>(house.replies.back().view).trunks;
  REQUIRE(trunks.size() == 1);
  CHECK(trunks[0].name == "mts");
  CHECK(trunks[0].state == "down");
  CHECK(trunks[0].reason == "no answer");
}

}  // namespace pbx::call
