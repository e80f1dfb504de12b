#include "core/call/control.h"

#include <doctest/doctest.h>

#include "tests/support/control_fixture.h"

using namespace pbx;
using namespace pbx::test;
using namespace std::chrono_literals;

TEST_CASE("calls beyond the limit are refused with 503 and Retry-After") {
  auto config = sample_config();
  config->server.limits.calls_max = 1;
  ControlFixture fixture(config);
  fixture.talk();
  const core::LegId second = fixture.incoming("102", "101");
  REQUIRE(fixture.end_of(second));
  CHECK(fixture.end_of(second)->cause.sip_status == 503);
  CHECK(fixture.end_of(second)->retry_after == 5s);
  CHECK(fixture.control.status().calls_refused == 1);
}

TEST_CASE("more calls a second than allowed are refused, later ones are taken again") {
  auto config = sample_config();
  config->server.limits.calls_per_second_max = 2;
  ControlFixture fixture(config);
  fixture.register_phone("101");
  for (const int expected : {0, 0, 1, 1}) {
    const core::LegId leg = fixture.incoming("100", "*43");
    CHECK(static_cast<int>(fixture.end_of(leg).has_value()) == expected);
  }
  fixture.advance(500ms);
  CHECK_FALSE(fixture.end_of(fixture.incoming("100", "*43")));
}

TEST_CASE("a drain refuses new calls and is answered when the last one is over") {
  ControlFixture fixture;
  const auto [a, b] = fixture.talk();
  (void)b;
  fixture.apply(call::Drain{{77}, false, true});
  CHECK(fixture.replies.empty());
  const core::LegId late = fixture.incoming("102", "101");
  REQUIRE(fixture.end_of(late));
  CHECK(fixture.end_of(late)->cause.sip_status == 503);
  fixture.ended(a, 200, 16);
  REQUIRE(fixture.replies.size() == 1);
  CHECK(fixture.replies[0].request == core::RequestId{77});
}

TEST_CASE("a drain that has waited long enough ends the calls in progress, each with its CDR") {
  ControlFixture fixture;
  const auto [a, b] = fixture.talk();
  const core::LegId ringing = fixture.incoming("102", "101");
  fixture.apply(call::Drain{{77}, true, true});
  CHECK(fixture.end_of(a));
  CHECK(fixture.end_of(b));
  CHECK(fixture.end_of(ringing)->cause.sip_status == 503);
  CHECK(fixture.cdrs.size() == 2);
  CHECK(fixture.replies.size() == 1);
}

TEST_CASE("a call that came through too many hops is refused as a loop") {
  ControlFixture fixture;
  call::LegIncoming event = fixture.invite("100", "101");
  event.hops_left = 0;
  fixture.apply(event);
  CHECK(fixture.end_of(event.leg)->cause.sip_status == 482);
}

TEST_CASE("hang-up by command ends both sides and answers the asker") {
  ControlFixture fixture;
  const auto [a, b] = fixture.talk();
  const core::CallId call = fixture.control.board().calls.begin()->first;
  fixture.apply(call::HangUp{{9}, call});
  CHECK(fixture.end_of(a));
  CHECK(fixture.end_of(b));
  CHECK(std::holds_alternative<call::Done>(fixture.replies.at(0).view));
  CHECK(fixture.cdrs.at(0).cause.q850 == 31);
  fixture.apply(call::HangUp{{10}, call});
  CHECK(std::holds_alternative<call::NotFound>(fixture.replies.at(1).view));
}

TEST_CASE("calls are listed oldest first, one call with its live media figures") {
  ControlFixture fixture;
  fixture.talk();
  fixture.incoming("102", "*43");
  fixture.apply(call::ListCalls{{1}});
  const auto list = std::get<call::CallList>(fixture.replies.at(0).view);
  REQUIRE(list.calls.size() == 2);
  CHECK(list.calls[0].state == "talking");
  CHECK(list.calls[1].state == "service");
  CHECK(list.calls[0].id < list.calls[1].id);
  fixture.apply(call::ShowCall{{2}, list.calls[0].id});
  const auto query = fixture.media<call::MediaQuery>().at(0);
  CHECK(query.legs.size() == 2);
  fixture.apply(call::MediaStatus{query.request, {{query.legs[0], {}}}});
  CHECK(std::get<call::CallDetail>(fixture.replies.at(1).view).media.size() == 1);
  fixture.apply(call::ShowCall{{3}, {424242}});
  CHECK(std::holds_alternative<call::NotFound>(fixture.replies.at(2).view));
}

TEST_CASE("a reload takes effect for the next call and leaves the present one alone") {
  ControlFixture fixture;
  const auto [a, b] = fixture.talk();
  auto changed = std::make_shared<config::Config>(*fixture.config);
  changed->extensions.erase("105");
  fixture.apply(call::ConfigChanged{changed, test::routing_of(*changed)});
  CHECK_FALSE(fixture.end_of(a));
  CHECK_FALSE(fixture.end_of(b));
  CHECK(fixture.end_of(fixture.incoming("100", "105"))->cause.sip_status == 404);
}
