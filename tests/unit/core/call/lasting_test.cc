// What a daemon that comes back knows of before.
#include "core/call/lasting.h"

#include <doctest/doctest.h>

#include "tests/support/control_fixture.h"

namespace pbx::call {
namespace {

using namespace std::chrono_literals;
using test::ControlFixture;
using Kind = Fact::Kind;

// 100 may talk two minutes a day outside and call abroad once an hour; the trunk talks an hour.
std::shared_ptr<config::Config> with_limits() {
  auto config = test::sample_config();
  config->numbering.country = "RU";
  config::Trunk& trunk = config->trunks["a"];
  trunk.name = "a";
  trunk.servers = {{{}, "192.0.2.80", 0}};
  trunk.codecs = {config::CodecName::kPcma};
  trunk.limits.minutes_per_day = 60;
  config::PlanRule rule;
  rule.to = "trunk a";
  config->plans["outgoing"] = {"outgoing", {rule}};
  config::Rights& rights = config->rights["staff"];
  rights.name = "staff";
  rights.destinations = {"internal", "mobile", "international"};
  rights.limits.minutes_per_day = 2;
  config->fraud.international_per_hour = 1;
  for (auto& [id, extension] : config->extensions) extension.plan = "outgoing";
  config->extensions["100"].rights = "staff";
  return config;
}

struct House : ControlFixture {
  explicit House(std::vector<Fact> remembered = {})
      : ControlFixture(with_limits(), std::move(remembered)) {
    TrunkChanged change;
    change.profile = {1};
    change.trunk = "a";
    change.state = TrunkChanged::State::kUp;
    change.local_ip = test::ip("192.0.2.1");
    apply(change);
  }
  // True: it rings at the trunk.
  bool dial(const std::string& from, const std::string& number) {
    const auto rung = sip<SipInvite>().size();
    last_ = incoming(from, number);
    return sip<SipInvite>().size() > rung;
  }
  void talk(core::Duration duration) {
    answered(sip<SipInvite>().back().leg);
    advance(duration);
    apply(LegEnded{last_, {}});
  }
  [[nodiscard]] std::vector<std::string> keys() const {
    std::vector<std::string> all;
    for (const Fact& fact : facts) all.push_back(key_of(fact));
    return all;
  }

 private:
  core::LegId last_;
};

constexpr const char* kMobile = "89104032212";
constexpr const char* kAbroad = "810493012345678";

}  // namespace

TEST_CASE("minutes of an extension and of a trunk are still used up after a restart") {
  House before;
  REQUIRE(before.dial("100", kMobile));
  before.talk(100s);
  CHECK(before.keys() == std::vector<std::string>{"trunk.a", "usage.100"});
  House after(before.facts);
  REQUIRE(after.dial("100", kMobile));
  after.talk(30s);
  CHECK_FALSE(after.dial("100", kMobile));  // 120 s of the day: cut off after 20 s
  CHECK(after.dial("101", kMobile));
}

TEST_CASE("a trunk that has talked its minutes has talked them after a restart") {
  House after({{Kind::kTrunk, "a", "1970-01-01T00:00:00.000Z 3600000 0"}});
  CHECK_FALSE(after.dial("101", kMobile));
  House next_day({{Kind::kTrunk, "a", "1969-12-31T00:00:00.000Z 3600000 0"}});
  CHECK(next_day.dial("101", kMobile));
}

TEST_CASE("an extension blocked by the fraud watch stays blocked, until it is lifted") {
  House before;
  for (int i = 0; i < 2; ++i) before.dial("101", kAbroad);
  REQUIRE(before.keys() == std::vector<std::string>{"block.101"});
  House after(before.facts);
  CHECK_FALSE(after.dial("101", kMobile));
  after.apply(LiftBlock{{7}, "101"});
  CHECK(after.dial("101", kMobile));
  REQUIRE(after.facts.size() == 1);
  House at_last(after.facts);
  CHECK(at_last.dial("101", kMobile));
}

TEST_CASE("facts are looked for by the names of the configuration") {
  auto config = with_limits();
  config->schedules["office"].name = "office";
  config->extensions = {{"100", config->extensions["100"]}, {"101", config->extensions["101"]}};
  std::vector<std::string> keys;
  for (const Fact& fact : facts_of(*config)) keys.push_back(key_of(fact));
  CHECK(keys == std::vector<std::string>{"schedule.office", "trunk.a", "block.100", "usage.100",
                                         "block.101"});
}

TEST_CASE("what cannot be read is as if nothing were there") {
  House after({{Kind::kTrunk, "a", "much"},
               {Kind::kUsage, "100", ""},
               {Kind::kBlock, "100", "for ever"},
               {Kind::kSchedule, "office", "ajar"}});
  CHECK(after.dial("100", kMobile));
}

}  // namespace pbx::call
