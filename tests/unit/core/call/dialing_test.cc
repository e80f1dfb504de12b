#include "core/call/dialing.h"

#include <doctest/doctest.h>

#include "tests/support/control_fixture.h"

using namespace pbx;
using namespace pbx::test;
using namespace std::chrono_literals;

TEST_CASE("a call to a registered extension rings it with the caller's codecs first") {
  ControlFixture fixture;
  fixture.register_phone("101");
  call::LegIncoming event = fixture.invite("100", "101");
  event.offer = audio("192.0.2.40:4000", {pcmu(), events()});
  fixture.apply(event);
  const auto invites = fixture.sip<call::SipInvite>();
  REQUIRE(invites.size() == 1);
  CHECK(invites[0].target_uri == "sip:101@192.0.2.50:5060");
  CHECK(invites[0].from.number == "100");
  CHECK(invites[0].hops_left == 69);
  REQUIRE(invites[0].offer.formats.size() >= 3);
  CHECK(invites[0].offer.formats[0].codec == call::Codec::kPcmu);
  CHECK(invites[0].offer.formats[1].codec == call::Codec::kPcma);
}

TEST_CASE("the caller's port is open before the called telephone rings") {
  ControlFixture fixture;
  fixture.register_phone("101");
  const core::LegId a = fixture.incoming("100", "101");
  REQUIRE(fixture.sip<call::SipInvite>().size() == 1);
  const auto opened = fixture.media<call::MediaOpen>();
  REQUIRE(opened.size() == 2);
  CHECK(opened[0].leg == a);
  CHECK(!opened[0].params.receive.empty());
}

TEST_CASE("a call that cannot ring anyone is refused with the cause and leaves a CDR") {
  struct Row {
    const char* to;
    std::uint16_t status;
    std::uint8_t q850;
    call::Outcome outcome;
  };
  const Row rows[] = {
      {"999", 404, 1, call::Outcome::kFailed},   // nobody's number
      {"102", 480, 20, call::Outcome::kFailed},  // not registered
      {"103", 486, 17, call::Outcome::kBusy},    // has as many calls as it may
  };
  for (const Row& row : rows) {
    CAPTURE(row.to);
    auto config = sample_config();
    config->extensions["103"].calls_max = 1;
    ControlFixture fixture(config);
    fixture.register_phone("103");
    fixture.incoming("103", "*43");
    const core::LegId a = fixture.incoming("100", row.to);
    const auto end = fixture.end_of(a);
    REQUIRE(end);
    CHECK(end->cause.sip_status == row.status);
    REQUIRE(fixture.cdrs.size() == 1);
    CHECK(fixture.cdrs[0].cause.q850 == row.q850);
    CHECK(fixture.cdrs[0].outcome == row.outcome);
    CHECK(fixture.control.board().calls.size() == 1);
  }
}

TEST_CASE("ringing is told to the caller, and kept in the record") {
  ControlFixture fixture;
  fixture.register_phone("101");
  const core::LegId a = fixture.incoming("100", "101");
  const core::LegId b = fixture.sip<call::SipInvite>()[0].leg;
  fixture.advance(200ms);
  fixture.apply(call::LegProgress{b, 180, {}});
  const auto progress = fixture.sip<call::SipProgress>();
  REQUIRE(progress.size() == 1);
  CHECK(progress[0].leg == a);
  CHECK(progress[0].status == 180);
  CHECK_FALSE(progress[0].answer);
  fixture.ended(a, 487);
  REQUIRE(fixture.cdrs.size() == 1);
  CHECK(fixture.cdrs[0].legs[1].ringing);
  REQUIRE(fixture.cdrs[0].segments.size() == 2);
  CHECK(fixture.cdrs[0].segments[1].kind == call::Segment::Kind::kRinging);
}

TEST_CASE("all contacts of an extension ring; the first answer cancels the others") {
  ControlFixture fixture;
  fixture.register_phone("101", 1);
  fixture.register_phone("101", 2);
  fixture.register_phone("101", 3);
  const core::LegId a = fixture.incoming("100", "101");
  const auto invites = fixture.sip<call::SipInvite>();
  REQUIRE(invites.size() == 3);
  fixture.answered(invites[1].leg);
  CHECK_FALSE(fixture.end_of(invites[1].leg));
  for (const int loser : {0, 2}) {
    const auto end = fixture.end_of(invites[static_cast<std::size_t>(loser)].leg);
    REQUIRE(end);
    CHECK(end->cause.q850 == 26);
  }
  REQUIRE(fixture.sip<call::SipAnswer>().size() == 1);
  CHECK(fixture.sip<call::SipAnswer>()[0].leg == a);
}

TEST_CASE("a second answer of a fork is not connected") {
  ControlFixture fixture;
  fixture.register_phone("101", 1);
  fixture.register_phone("101", 2);
  fixture.incoming("100", "101");
  const auto invites = fixture.sip<call::SipInvite>();
  fixture.answered(invites[0].leg);
  fixture.clear();
  fixture.answered(invites[1].leg);  // crossed our CANCEL; the SIP thread releases it
  CHECK(fixture.sip<call::SipAnswer>().empty());
  CHECK(fixture.media<call::MediaConnect>().empty());
}

TEST_CASE("a caller who gives up while the answer is on its way leaves one cancelled CDR") {
  ControlFixture fixture;
  fixture.register_phone("101");
  const core::LegId a = fixture.incoming("100", "101");
  const core::LegId b = fixture.sip<call::SipInvite>()[0].leg;
  fixture.ended(a, 487);
  REQUIRE(fixture.end_of(b));
  fixture.answered(b);
  CHECK(fixture.sip<call::SipAnswer>().empty());
  REQUIRE(fixture.cdrs.size() == 1);
  CHECK(fixture.cdrs[0].outcome == call::Outcome::kCancelled);
  CHECK(fixture.cdrs[0].ended_by == call::EndedBy::kCaller);
}

TEST_CASE("nobody answers within the ring time") {
  auto config = sample_config();
  config->extensions["101"].ring_time = 20s;
  ControlFixture fixture(config);
  fixture.register_phone("101");
  const core::LegId a = fixture.incoming("100", "101");
  const core::LegId b = fixture.sip<call::SipInvite>()[0].leg;
  fixture.apply(call::LegProgress{b, 180, {}});
  fixture.advance(19s);
  CHECK_FALSE(fixture.end_of(a));
  fixture.advance(1s);
  REQUIRE(fixture.end_of(a));
  CHECK(fixture.end_of(a)->cause.sip_status == 480);
  CHECK(fixture.end_of(a)->cause.q850 == 19);
  CHECK(fixture.end_of(b));
  REQUIRE(fixture.cdrs.size() == 1);
  CHECK(fixture.cdrs[0].outcome == call::Outcome::kNoAnswer);
}

TEST_CASE("when all contacts fail the caller is told the best failure (RFC 3261 16.7)") {
  struct Row {
    std::uint16_t first, second, told;
  };
  const Row rows[] = {{486, 503, 486}, {503, 486, 486}, {480, 408, 480},
                      {408, 480, 480}, {488, 480, 488}, {500, 408, 408}};
  for (const Row& row : rows) {
    CAPTURE(row.first);
    CAPTURE(row.second);
    ControlFixture fixture;
    fixture.register_phone("101", 1);
    fixture.register_phone("101", 2);
    const core::LegId a = fixture.incoming("100", "101");
    const auto invites = fixture.sip<call::SipInvite>();
    fixture.ended(invites[0].leg, row.first);
    CHECK_FALSE(fixture.end_of(a));
    fixture.ended(invites[1].leg, row.second);
    REQUIRE(fixture.end_of(a));
    CHECK(fixture.end_of(a)->cause.sip_status == row.told);
  }
}

TEST_CASE("a decline (603) ends the call at once, though another contact still rings") {
  ControlFixture fixture;
  fixture.register_phone("101", 1);
  fixture.register_phone("101", 2);
  const core::LegId a = fixture.incoming("100", "101");
  const auto invites = fixture.sip<call::SipInvite>();
  fixture.ended(invites[0].leg, 603);
  REQUIRE(fixture.end_of(a));
  CHECK(fixture.end_of(a)->cause.sip_status == 603);
  CHECK(fixture.end_of(invites[1].leg));
  CHECK(fixture.cdrs.at(0).outcome == call::Outcome::kRefused);
}

TEST_CASE("early media of the first contact is heard; the answer keeps it") {
  ControlFixture fixture;
  fixture.register_phone("101");
  const core::LegId a = fixture.incoming("100", "101");
  const core::LegId b = fixture.sip<call::SipInvite>()[0].leg;
  fixture.apply(call::LegProgress{b, 183, audio("192.0.2.50:6000", {pcma()})});
  const auto progress = fixture.sip<call::SipProgress>();
  REQUIRE(progress.size() == 1);
  CHECK(progress[0].status == 183);
  REQUIRE(progress[0].answer);
  CHECK(fixture.media<call::MediaConnect>().size() == 1);
  fixture.answered(b);
  REQUIRE(fixture.sip<call::SipAnswer>().size() == 1);
  CHECK(fixture.sip<call::SipAnswer>()[0].leg == a);
  CHECK(fixture.sip<call::SipAnswer>()[0].description == *progress[0].answer);
}

TEST_CASE("a phone that redirects to another extension is followed, and the diversion is told") {
  ControlFixture fixture;
  fixture.register_phone("101");
  fixture.register_phone("102");
  fixture.incoming("100", "101");
  const core::LegId b = fixture.sip<call::SipInvite>()[0].leg;
  fixture.apply(call::LegRedirected{b, {"sip:102@pbx.example"}, {}});
  fixture.ended(b, 302);
  const auto invites = fixture.sip<call::SipInvite>();
  REQUIRE(invites.size() == 2);
  CHECK(invites[1].extension == "102");
  REQUIRE(invites[1].diversions.size() == 1);
  CHECK(invites[1].diversions[0].number == "101");
  fixture.answered(invites[1].leg);
  CHECK(fixture.sip<call::SipAnswer>().size() == 1);
}

TEST_CASE("a redirection to an address that is not ours is not followed") {
  ControlFixture fixture;
  fixture.register_phone("101");
  const core::LegId a = fixture.incoming("100", "101");
  const core::LegId b = fixture.sip<call::SipInvite>()[0].leg;
  fixture.apply(call::LegRedirected{b, {"sip:thief@203.0.113.9"}, {}});
  CHECK(fixture.sip<call::SipInvite>().size() == 1);
  fixture.ended(b, 302);
  CHECK(fixture.end_of(a));
}

TEST_CASE("two phones that redirect to each other are stopped") {
  auto config = sample_config();
  config->call.hops_max = 3;
  ControlFixture fixture(config);
  fixture.register_phone("101");
  fixture.register_phone("102");
  const core::LegId a = fixture.incoming("100", "101");
  for (int hop = 0; hop < 4; ++hop) {
    const auto last = fixture.sip<call::SipInvite>().back();
    const std::string to = last.extension == "101" ? "102" : "101";
    fixture.apply(call::LegRedirected{last.leg, {"sip:" + to + "@pbx.example"}, {}});
    fixture.ended(last.leg, 302);
  }
  CHECK(fixture.sip<call::SipInvite>().size() == 4);
  REQUIRE(fixture.end_of(a));
  CHECK(fixture.end_of(a)->cause.sip_status == 482);
}

TEST_CASE("a profile bounds the redirections of its phones, or follows none") {
  for (const std::uint32_t most : {0u, 1u}) {
    auto config = sample_config();
    config->profiles["phones"].redirect_max = most;
    ControlFixture fixture(config);
    for (const char* number : {"101", "102", "103"}) fixture.register_phone(number);
    const core::LegId a = fixture.incoming("100", "101");
    for (const char* to : {"102", "103"}) {
      const auto last = fixture.sip<call::SipInvite>().back();
      fixture.apply(call::LegRedirected{last.leg, {std::string("sip:") + to + "@pbx"}, {}});
      fixture.ended(last.leg, 302);
    }
    CHECK(fixture.sip<call::SipInvite>().size() == 1 + most);
    CHECK(fixture.end_of(a));
  }
}

TEST_CASE("no port left is told with 503 and every port comes back") {
  auto config = sample_config();
  config->media.rtp_ports = {20000, 20003};  // two pairs: one call
  config->media.port_quarantine = 0s;
  ControlFixture fixture(config);
  fixture.talk();
  const core::LegId second = fixture.incoming("102", "101");
  REQUIRE(fixture.end_of(second));
  CHECK(fixture.end_of(second)->cause.sip_status == 503);
  CHECK(fixture.end_of(second)->cause.q850 == 47);
  fixture.ended(core::LegId{1}, 200, 16);
  CHECK(fixture.control.status().ports_free == 2);
}
