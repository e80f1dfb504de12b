#include "core/call/services.h"

#include <doctest/doctest.h>

#include "tests/support/control_fixture.h"

using namespace pbx;
using namespace pbx::test;

TEST_CASE("the echo service answers at once and echoes") {
  ControlFixture fixture;
  const core::LegId a = fixture.incoming("100", "*43");
  CHECK(fixture.sip<call::SipAnswer>().size() == 1);
  CHECK(fixture.media<call::MediaEcho>().at(0).leg == a);
  fixture.ended(a, 200, 16);
  CHECK(fixture.cdrs.at(0).outcome == call::Outcome::kAnswered);
  CHECK(fixture.cdrs.at(0).segments.at(1).detail == "echo");
}

TEST_CASE("the number announcement says the caller's own number and hangs up") {
  ControlFixture fixture;
  const core::LegId a = fixture.incoming("104", "*65");
  const auto play = fixture.media<call::MediaPlay>().at(0);
  CHECK(std::get<call::PlayDigits>(play.source).digits == "104");
  fixture.apply(call::PlaybackDone{a, {play.playback.value + 1}});
  CHECK_FALSE(fixture.end_of(a));
  fixture.apply(call::PlaybackDone{a, play.playback});
  CHECK(fixture.end_of(a));
  CHECK(fixture.cdrs.at(0).ended_by == call::EndedBy::kExchange);
}

TEST_CASE("a service works for an INVITE without an offer") {
  ControlFixture fixture;
  call::LegIncoming event = fixture.invite("100", "*43");
  event.offer.reset();
  fixture.apply(event);
  CHECK(fixture.sip<call::SipAnswer>().size() == 1);
  fixture.apply(call::LegOfferAnswered{event.leg, audio("192.0.2.40:4000", {pcmu()})});
  CHECK(fixture.media<call::MediaUpdate>().at(0).params.send->codec == call::Codec::kPcmu);
}
