#include "core/call/ending.h"

#include <doctest/doctest.h>

#include "tests/support/control_fixture.h"

using namespace pbx;
using namespace pbx::test;
using namespace std::chrono_literals;

TEST_CASE("either side hangs up: the other is released, one CDR says who it was") {
  for (const bool caller_ends : {true, false}) {
    ControlFixture fixture;
    const auto [a, b] = fixture.talk();
    fixture.advance(65s);
    fixture.ended(caller_ends ? a : b, 200, 16);
    const auto end = fixture.end_of(caller_ends ? b : a);
    REQUIRE(end);
    CHECK(end->cause.q850 == 16);
    CHECK_FALSE(fixture.end_of(caller_ends ? a : b));  // it has ended by itself
    REQUIRE(fixture.cdrs.size() == 1);
    const call::Cdr& cdr = fixture.cdrs[0];
    CHECK(cdr.outcome == call::Outcome::kAnswered);
    CHECK(cdr.ended_by == (caller_ends ? call::EndedBy::kCaller : call::EndedBy::kCalled));
    CHECK(cdr.ended - *cdr.answered == 65s);
    CHECK(cdr.legs.size() == 2);
    CHECK(fixture.control.board().calls.empty());
    CHECK(fixture.control.board().call_of_leg.empty());
    CHECK(fixture.control.board().calls_of_extension.empty());
    CHECK(fixture.control.status().ports_free == fixture.control.status().ports_total);
  }
}

TEST_CASE("both sides hang up at the same moment: still one CDR") {
  ControlFixture fixture;
  const auto [a, b] = fixture.talk();
  fixture.auto_reports = false;
  fixture.ended(a, 200, 16);
  fixture.ended(b, 200, 16);
  fixture.apply(call::MediaClosed{a, {}});
  fixture.apply(call::MediaClosed{b, {}});
  CHECK(fixture.cdrs.size() == 1);
}

TEST_CASE("the CDR waits for the media reports and carries them") {
  ControlFixture fixture;
  const auto [a, b] = fixture.talk();
  fixture.auto_reports = false;
  fixture.ended(a, 200, 16);
  CHECK(fixture.cdrs.empty());
  call::MediaReport report;
  report.received.packets = 42;
  fixture.apply(call::MediaClosed{a, report});
  CHECK(fixture.cdrs.empty());
  fixture.apply(call::MediaClosed{b, {}});
  REQUIRE(fixture.cdrs.size() == 1);
  REQUIRE(fixture.cdrs[0].legs[0].media);
  CHECK(fixture.cdrs[0].legs[0].media->received.packets == 42);
}

TEST_CASE("a media worker that says nothing does not keep the CDR") {
  ControlFixture fixture;
  const auto [a, b] = fixture.talk();
  (void)b;
  fixture.auto_reports = false;
  fixture.ended(a, 200, 16);
  fixture.advance(call::kReportsWait);
  REQUIRE(fixture.cdrs.size() == 1);
  CHECK_FALSE(fixture.cdrs[0].legs[0].media);
  fixture.apply(call::MediaClosed{a, {}});  // too late: nothing happens
  CHECK(fixture.cdrs.size() == 1);
  CHECK(fixture.control.status().ports_free == fixture.control.status().ports_total);
}

TEST_CASE("audio that stops without a BYE ends the call with cause 41") {
  ControlFixture fixture;
  const auto [a, b] = fixture.talk();
  fixture.apply(call::MediaSilent{b});
  CHECK(fixture.end_of(a));
  CHECK(fixture.end_of(b));
  CHECK(fixture.cdrs.at(0).cause.q850 == 41);
}

TEST_CASE("a media session that cannot be opened fails the call with 503") {
  ControlFixture fixture;
  fixture.register_phone("101");
  const core::LegId a = fixture.incoming("100", "101");
  const core::LegId b = fixture.sip<call::SipInvite>()[0].leg;
  fixture.apply(call::MediaFailed{b, "address in use"});
  REQUIRE(fixture.end_of(a));
  CHECK(fixture.end_of(a)->cause.sip_status == 503);
  CHECK(fixture.cdrs.size() == 1);
  CHECK(fixture.control.status().ports_free == fixture.control.status().ports_total);
}

TEST_CASE("the journal has the call at its start and at its answer") {
  ControlFixture fixture;
  fixture.talk();
  REQUIRE(fixture.journal.size() == 2);
  CHECK_FALSE(fixture.journal[0].answered);
  CHECK(fixture.journal[1].answered);
  CHECK(fixture.journal[0].id == fixture.journal[1].id);
}
