#include "core/call/permission.h"

#include <doctest/doctest.h>

#include "core/base/sha256.h"
#include "tests/support/control_fixture.h"

namespace pbx::call {
namespace {

using namespace std::chrono_literals;
using test::ControlFixture;

// 100 may call inside and mobiles, one call at a time, two minutes a day; 101 has no rights named.
std::shared_ptr<config::Config> with_rights() {
  auto config = test::sample_config();
  config->numbering.country = "RU";
  config::Trunk& trunk = config->trunks["a"];
  trunk.name = "a";
  trunk.servers = {{{}, "192.0.2.80", 0}};
  trunk.codecs = {config::CodecName::kPcma};
  config::PlanRule rule;
  rule.to = "trunk a";
  config->plans["outgoing"] = {"outgoing", {rule}};
  config::Rights& rights = config->rights["staff"];
  rights.name = "staff";
  rights.destinations = {"internal", "mobile"};
  rights.limits.concurrent = 1;
  rights.limits.minutes_per_day = 2;
  rights.account_codes = {{"boss", config::Secret(core::sha256_hex("staff:4711"))}};
  for (auto& [number, extension] : config->extensions) extension.plan = "outgoing";
  config->extensions["100"].rights = "staff";
  return config;
}

struct House : ControlFixture {
  explicit House(std::shared_ptr<config::Config> with = with_rights())
      : ControlFixture(std::move(with)) {
    TrunkChanged change;
    change.profile = {1};
    change.trunk = "a";
    change.state = TrunkChanged::State::kUp;
    change.local_ip = test::ip("192.0.2.1");
    apply(change);
  }
  // The status with which the call was refused; 0: it rings at the trunk.
  std::uint16_t dial(const std::string& from, const std::string& number) {
    const core::LegId leg = incoming(from, number);
    for (const auto& play : media<MediaPlay>())
      if (play.leg == leg) apply(PlaybackDone{leg, play.playback});
    const auto end = end_of(leg);
    return end ? end->cause.sip_status : 0;
  }
};

constexpr const char* kMobile = "89104032212";
constexpr const char* kAbroad = "810493012345678";

}  // namespace

TEST_CASE("rights let through what they name, and refuse the rest with 403") {
  House house;
  CHECK(house.dial("100", kMobile) == 0);
  CHECK(house.dial("101", kAbroad) == 0);  // no rights named: the plan alone decides
  House other;
  CHECK(other.dial("100", kAbroad) == 403);
  REQUIRE(other.cdrs.size() == 1);
  CHECK(other.cdrs[0].outcome == Outcome::kRefused);
  CHECK(other.control.status().rights_refused == 1);
  CHECK(other.sip<SipInvite>().empty());
}

TEST_CASE("a refusal is announced before the final response") {
  House house;
  const auto leg = house.incoming("100", kAbroad);
  const auto plays = house.media<MediaPlay>();
  REQUIRE(plays.size() == 1);
  CHECK(std::get<PlayFile>(plays[0].source).path.ends_with("prompts/en/not_allowed.wav"));
  CHECK(house.sip<SipProgress>().back().status == 183);
  CHECK(!house.end_of(leg));
  house.apply(PlaybackDone{leg, plays[0].playback});
  CHECK(house.end_of(leg)->cause.sip_status == 403);
}

TEST_CASE("a prompt that never ends does not hold the call") {
  House house;
  const auto leg = house.incoming("100", kAbroad);
  house.advance(60s);
  CHECK(house.end_of(leg)->cause.sip_status == 403);
}

TEST_CASE("an account code lifts the refusal and stays out of the record") {
  House house;
  CHECK(house.dial("100", std::string("*474711*") + kAbroad) == 0);
  CHECK(house.sip<SipInvite>().back().to.number == "+493012345678");
  House wrong;
  CHECK(wrong.dial("100", std::string("*470000*") + kAbroad) == 403);
  CHECK(wrong.cdrs.at(0).dialed == std::string("*47***") + kAbroad);
}

TEST_CASE("what is dialled with a code is taken apart") {
  struct Row {
    const char* dialled;
    const char* code;
    const char* number;
  };
  for (const Row& row :
       {Row{"101", "", "101"}, Row{"*4712*101", "12", "101"}, Row{"*47**101", "", "*101"},
        Row{"*47", "", ""}, Row{"*4712", "12", ""}, Row{"*471*2*3", "1", "2*3"}}) {
    CAPTURE(row.dialled);
    const DialledCode parts = split_code(row.dialled, "*47");
    CHECK(parts.code == row.code);
    CHECK(parts.number == row.number);
  }
  CHECK(split_code("*4712*101", "").number == "*4712*101");
}

TEST_CASE("the second call at a time is refused, and allowed when the first is over") {
  House house;
  const auto first = house.incoming("100", kMobile);
  CHECK(house.dial("100", kMobile) == 403);
  house.apply(LegEnded{first, core::causes::cancelled()});
  CHECK(house.dial("100", kMobile) == 0);
}

TEST_CASE("a talk ends with the minutes of the day, and then there are none") {
  House house;
  const auto leg = house.incoming("100", kMobile);
  house.answered(house.sip<SipInvite>().back().leg, {test::pcma()});
  house.advance(119s);
  CHECK(!house.end_of(leg));
  house.advance(2s);
  CHECK(house.end_of(leg)->cause == core::causes::limit_reached());
  CHECK(house.dial("100", kMobile) == 403);
}

TEST_CASE("an extension that calls abroad too often is blocked, but not for emergency calls") {
  auto config = with_rights();
  config->fraud.international_per_hour = 2;
  config->extensions["101"].calls_max = 20;
  House house(config);
  for (int i = 0; i < 3; ++i) CHECK(house.dial("101", kAbroad) == 0);
  CHECK(house.dial("101", kMobile) == 403);
  CHECK(house.dial("100", kMobile) == 0);
  CHECK(house.dial("101", "112") == 0);
  CHECK(house.control.status().fraud_blocks == 1);
  house.apply(ListBlocks{{1}});
  REQUIRE(std::get<BlockList>(house.replies.back().view).blocks.size() == 1);
  CHECK(std::get<BlockList>(house.replies.back().view).blocks[0].extension == "101");
  house.apply(LiftBlock{{2}, "101"});
  CHECK(house.dial("101", kMobile) == 0);
  house.apply(LiftBlock{{3}, "101"});
  CHECK(std::holds_alternative<NotFound>(house.replies.back().view));
}

TEST_CASE("short talks are counted at their end, unanswered calls are not") {
  auto config = with_rights();
  config->fraud.short_per_hour = 1;
  House house(config);
  for (int i = 0; i < 2; ++i) {
    const auto leg = house.incoming("101", kMobile);
    house.apply(LegEnded{leg, core::causes::cancelled()});
  }
  for (int i = 0; i < 2; ++i) {
    CHECK(house.dial("101", kMobile) == 0);
    const auto called = house.sip<SipInvite>().back().leg;
    house.answered(called, {test::pcma()});
    house.advance(5s);
    house.ended(called, 200, 16);
  }
  CHECK(house.dial("101", kMobile) == 403);
}

TEST_CASE("emergency calls need no rights") {
  auto config = with_rights();
  config->rights["staff"].destinations.clear();
  House house(config);
  CHECK(house.dial("100", "112") == 0);
}

}  // namespace pbx::call
