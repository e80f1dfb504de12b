#include "core/call/tones.h"

#include <doctest/doctest.h>

#include "tests/support/control_fixture.h"

using namespace pbx;
using namespace pbx::test;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<config::Config> config_with_tones() {
  auto config = sample_config();
  config->call.ringback = config::Ringback::kExchange;
  config->call.failure_tone = 5s;
  config->server.country = config::Country::kUk;
  return config;
}

// What the last MediaPlay plays; fails if there is none.
call::PlayTone last_tone(const ControlFixture& fixture) {
  const auto plays = fixture.media<call::MediaPlay>();
  REQUIRE_FALSE(plays.empty());
  return std::get<call::PlayTone>(plays.back().source);
}

void check_nothing_left(ControlFixture& fixture) {
  const call::Switchboard& board = fixture.control.board();
  CHECK(board.calls.empty());
  CHECK(board.call_of_leg.empty());
  CHECK(board.calls_of_extension.empty());
  CHECK(board.timers.size() == 0);
  CHECK(fixture.control.status().ports_free == fixture.control.status().ports_total);
  for (const std::uint32_t sessions : board.sessions_of_worker) CHECK(sessions == 0);
  CHECK(fixture.cdrs.size() == 1);
}

// A call from 100 to 101 that rings; returns the legs.
std::pair<core::LegId, core::LegId> ring(ControlFixture& fixture) {
  fixture.register_phone("101");
  const core::LegId a = fixture.incoming("100", "101");
  const core::LegId b = fixture.sip<call::SipInvite>().back().leg;
  fixture.apply(call::LegProgress{b, 180, {}});
  return {a, b};
}

}  // namespace

TEST_CASE("every cause has the tone that tells callers what to do") {
  using call::Tone;
  struct Row {
    std::uint16_t status;
    std::uint8_t reason;  // of a Reason header; 0: none
    Tone tone;
  };
  const Row rows[] = {
      {486, 0, Tone::kBusy},        {600, 0, Tone::kBusy},        {480, 17, Tone::kBusy},
      {603, 0, Tone::kBusy},        {480, 0, Tone::kBusy},        {480, 19, Tone::kBusy},
      {408, 0, Tone::kBusy},        {503, 0, Tone::kCongestion},  {503, 34, Tone::kCongestion},
      {500, 42, Tone::kCongestion}, {480, 38, Tone::kCongestion}, {503, 47, Tone::kCongestion},
      {504, 0, Tone::kCongestion},  {502, 0, Tone::kCongestion},  {404, 0, Tone::kReorder},
      {404, 1, Tone::kReorder},     {480, 20, Tone::kReorder},    {403, 0, Tone::kReorder},
      {484, 0, Tone::kReorder},     {488, 0, Tone::kReorder},     {500, 0, Tone::kReorder},
      {482, 0, Tone::kReorder},     {503, 17, Tone::kBusy},
  };
  for (const Row& row : rows) {
    CAPTURE(row.status);
    CAPTURE(row.reason);
    CHECK(call::tone_for(core::from_sip(row.status, row.reason, "")) == row.tone);
  }
}

TEST_CASE("ringback of the exchange: 183 with the country's tone, the answer takes its place") {
  ControlFixture fixture(config_with_tones());
  const auto [a, b] = ring(fixture);
  CHECK(last_tone(fixture).tone == call::Tone::kRingback);
  CHECK(last_tone(fixture).country == config::Country::kUk);
  const auto play = fixture.media<call::MediaPlay>()[0];
  CHECK(play.leg == a);
  CHECK(play.loop);
  const auto progress = fixture.sip<call::SipProgress>();
  REQUIRE(progress.size() == 1);
  CHECK(progress[0].status == 183);
  REQUIRE(progress[0].answer);
  CHECK(fixture.media<call::MediaConnect>().empty());

  fixture.answered(b, {pcmu(), events()});  // another codec than the one agreed for the tone
  CHECK(fixture.media<call::MediaStopPlay>().size() == 1);
  CHECK(fixture.media<call::MediaConnect>().size() == 1);
  REQUIRE(fixture.sip<call::SipAnswer>().size() == 1);
  CHECK(fixture.sip<call::SipAnswer>()[0].description == *progress[0].answer);
  CHECK(progress[0].answer->formats[0].codec == call::Codec::kPcma);
  fixture.ended(a, 200, 16);
  check_nothing_left(fixture);
}

TEST_CASE("ringback is the phone's affair unless configured, or if the caller cannot hear") {
  enum class Why { kNotConfigured, kDelayedOffer, kOnHold, kNoCodec };
  for (const Why why : {Why::kNotConfigured, Why::kDelayedOffer, Why::kOnHold, Why::kNoCodec}) {
    CAPTURE(static_cast<int>(why));
    auto config = config_with_tones();
    if (why == Why::kNotConfigured) config->call.ringback = config::Ringback::kPhone;
    if (why == Why::kNoCodec) config->extensions["100"].srtp = config::SrtpMode::kRequired;
    ControlFixture fixture(config);
    fixture.register_phone("101");
    call::LegIncoming event = fixture.invite("100", "101");
    if (why == Why::kDelayedOffer) event.offer.reset();
    if (why == Why::kOnHold) event.offer->direction = call::Direction::kSendOnly;
    fixture.apply(event);
    fixture.apply(call::LegProgress{fixture.sip<call::SipInvite>()[0].leg, 180, {}});
    CHECK(fixture.media<call::MediaPlay>().empty());
    REQUIRE(fixture.sip<call::SipProgress>().size() == 1);
    CHECK(fixture.sip<call::SipProgress>()[0].status == 180);
    CHECK_FALSE(fixture.sip<call::SipProgress>()[0].answer);
    fixture.ended(event.leg, 487);
    check_nothing_left(fixture);
  }
}

TEST_CASE("one ringback for all contacts; each new ringing repeats the 183") {
  ControlFixture fixture(config_with_tones());
  fixture.register_phone("101", 1);
  fixture.register_phone("101", 2);
  fixture.incoming("100", "101");
  for (const auto& invite : fixture.sip<call::SipInvite>())
    fixture.apply(call::LegProgress{invite.leg, 180, {}});
  CHECK(fixture.media<call::MediaPlay>().size() == 1);
  const auto progress = fixture.sip<call::SipProgress>();
  REQUIRE(progress.size() == 2);
  CHECK(progress[0].answer == progress[1].answer);
}

TEST_CASE("early media ends the ringback; when its phone fails the others are heard ringing") {
  ControlFixture fixture(config_with_tones());
  fixture.register_phone("101", 1);
  fixture.register_phone("101", 2);
  const core::LegId a = fixture.incoming("100", "101");
  const auto invites = fixture.sip<call::SipInvite>();
  fixture.apply(call::LegProgress{invites[0].leg, 180, {}});
  fixture.apply(call::LegProgress{invites[1].leg, 183, audio("192.0.2.50:6000", {pcmu()})});
  CHECK(fixture.media<call::MediaStopPlay>().size() == 1);
  REQUIRE(fixture.media<call::MediaConnect>().size() == 1);
  CHECK(fixture.media<call::MediaConnect>()[0].b == invites[1].leg);
  const auto progress = fixture.sip<call::SipProgress>();
  CHECK(progress.front().answer == progress.back().answer);  // RFC 3261 13.2.1

  fixture.ended(invites[1].leg, 503);
  CHECK(fixture.media<call::MediaPlay>().size() == 2);
  CHECK(last_tone(fixture).tone == call::Tone::kRingback);
  fixture.answered(invites[0].leg);
  CHECK(fixture.media<call::MediaStopPlay>().size() == 2);
  fixture.ended(a, 200, 16);
  check_nothing_left(fixture);
}

TEST_CASE("early media that ends where phones make ringback is followed by a 180") {
  ControlFixture fixture;
  fixture.register_phone("101", 1);
  fixture.register_phone("101", 2);
  fixture.incoming("100", "101");
  const auto invites = fixture.sip<call::SipInvite>();
  fixture.apply(call::LegProgress{invites[0].leg, 183, audio("192.0.2.50:6000", {pcma()})});
  fixture.apply(call::LegProgress{invites[1].leg, 180, {}});
  CHECK(fixture.sip<call::SipProgress>().size() == 1);
  fixture.ended(invites[0].leg, 486);
  REQUIRE(fixture.sip<call::SipProgress>().size() == 2);
  CHECK(fixture.sip<call::SipProgress>()[1].status == 180);
}

TEST_CASE("ringback goes on through a redirection") {
  ControlFixture fixture(config_with_tones());
  fixture.register_phone("102");
  const auto [a, b] = ring(fixture);
  fixture.apply(call::LegRedirected{b, {"sip:102@pbx.example"}, {}});
  fixture.ended(b, 302);
  const auto invite = fixture.sip<call::SipInvite>().back();
  CHECK(invite.offer.formats[0].codec == call::Codec::kPcma);  // what the caller has agreed
  fixture.apply(call::LegProgress{invite.leg, 180, {}});
  CHECK(fixture.media<call::MediaPlay>().size() == 1);
  CHECK(fixture.media<call::MediaStopPlay>().empty());
  fixture.ended(a, 487);
  check_nothing_left(fixture);
}

TEST_CASE("silence of a caller who hears ringback does not end the call") {
  ControlFixture fixture(config_with_tones());
  const auto [a, b] = ring(fixture);
  fixture.apply(call::MediaSilent{a});
  CHECK_FALSE(fixture.end_of(a));
  fixture.answered(b);
  fixture.apply(call::MediaSilent{a});
  CHECK(fixture.end_of(a));
}

TEST_CASE("a failed call: the tone, then the final response; the record is of the failure") {
  struct Row {
    const char* to;
    call::Tone tone;
    std::uint16_t status;
    call::Outcome outcome;
  };
  const Row rows[] = {{"999", call::Tone::kReorder, 404, call::Outcome::kFailed},
                      {"101", call::Tone::kBusy, 486, call::Outcome::kBusy}};
  for (const Row& row : rows) {
    CAPTURE(row.to);
    auto config = config_with_tones();
    config->call.ringback = config::Ringback::kPhone;
    ControlFixture fixture(config);
    fixture.register_phone("101");
    const core::LegId a = fixture.incoming("100", row.to);
    fixture.advance(1s);
    if (row.status == 486) fixture.ended(fixture.sip<call::SipInvite>()[0].leg, 486);
    CHECK(last_tone(fixture).tone == row.tone);
    REQUIRE(fixture.sip<call::SipProgress>().size() == 1);
    CHECK(fixture.sip<call::SipProgress>()[0].status == 183);
    CHECK(fixture.sip<call::SipProgress>()[0].answer);
    fixture.advance(3900ms);
    CHECK_FALSE(fixture.end_of(a));
    CHECK(fixture.control.status().calls == 1);
    fixture.advance(1100ms);
    REQUIRE(fixture.end_of(a));
    CHECK(fixture.end_of(a)->cause.sip_status == row.status);
    check_nothing_left(fixture);
    const call::Cdr& cdr = fixture.cdrs[0];
    CHECK(cdr.outcome == row.outcome);
    CHECK(cdr.cause.sip_status == row.status);
    CHECK(cdr.ended - cdr.started == (row.status == 486 ? 1s : 0s));
    CHECK(cdr.segments.back().until == cdr.ended);
    CHECK(cdr.legs[0].ended > cdr.ended);  // the caller's leg lived on
    CHECK(cdr.ended_by == (row.status == 486 ? call::EndedBy::kCalled : call::EndedBy::kExchange));
  }
}

TEST_CASE("nobody answers: the phone stops ringing at once, the caller hears busy") {
  ControlFixture fixture(config_with_tones());
  const auto [a, b] = ring(fixture);
  fixture.advance(fixture.config->extensions["101"].ring_time);
  REQUIRE(fixture.end_of(b));
  CHECK_FALSE(fixture.end_of(a));
  CHECK(last_tone(fixture).tone == call::Tone::kBusy);  // instead of the ringback
  fixture.advance(5s);
  REQUIRE(fixture.end_of(a));
  CHECK(fixture.end_of(a)->cause.q850 == 19);
  check_nothing_left(fixture);
  CHECK(fixture.cdrs[0].outcome == call::Outcome::kNoAnswer);
}

TEST_CASE("during the tone anything may end the call, and the record stays that of the failure") {
  enum class What { kCancel, kHangUp, kDrain, kDrainAndRelease, kMediaFails };
  for (const What what :
       {What::kCancel, What::kHangUp, What::kDrain, What::kDrainAndRelease, What::kMediaFails}) {
    CAPTURE(static_cast<int>(what));
    ControlFixture fixture(config_with_tones());
    const auto [a, b] = ring(fixture);
    fixture.ended(b, 486);
    REQUIRE_FALSE(fixture.end_of(a));
    fixture.advance(1s);
    const core::CallId id = fixture.control.board().calls.begin()->first;
    if (what == What::kCancel) fixture.ended(a, 487);
    if (what == What::kHangUp) fixture.apply(call::HangUp{{7}, id});
    if (what == What::kDrain) fixture.apply(call::Drain{{7}, false, true});
    if (what == What::kDrainAndRelease) fixture.apply(call::Drain{{7}, true, true});
    if (what == What::kMediaFails) fixture.apply(call::MediaFailed{a, "sim"});
    CHECK(fixture.end_of(a).has_value() == (what != What::kCancel));
    if (const auto end = fixture.end_of(a)) CHECK(end->cause.sip_status == 486);
    check_nothing_left(fixture);
    CHECK(fixture.cdrs[0].outcome == call::Outcome::kBusy);
    CHECK(fixture.cdrs[0].cause.sip_status == 486);
    CHECK(fixture.cdrs[0].ended_by == call::EndedBy::kCalled);
  }
}

TEST_CASE("late events of a call that plays its tone change nothing") {
  ControlFixture fixture(config_with_tones());
  fixture.register_phone("101", 1);
  fixture.register_phone("101", 2);
  const core::LegId a = fixture.incoming("100", "101");
  const auto invites = fixture.sip<call::SipInvite>();
  fixture.auto_reports = false;
  fixture.ended(invites[0].leg, 603);
  REQUIRE(fixture.end_of(invites[1].leg));
  fixture.clear();
  fixture.apply(call::LegProgress{invites[1].leg, 180, {}});
  fixture.answered(invites[1].leg);  // crossed the CANCEL
  fixture.apply(call::MediaFailed{invites[1].leg, "sim"});
  fixture.apply(call::MediaSilent{a});
  fixture.apply(call::PlaybackDone{a, {1}});
  fixture.ended(invites[1].leg, 487);
  CHECK(fixture.sip<call::SipProgress>().empty());
  CHECK(fixture.sip<call::SipEnd>().empty());
  CHECK(fixture.control.status().calls == 1);
  fixture.advance(5s);
  CHECK(fixture.end_of(a)->cause.sip_status == 603);
}

TEST_CASE("no tone: not configured, no offer, nothing in common, draining, the exchange is full") {
  enum class Why { kNotConfigured, kDelayedOffer, kNoCodec, kDraining, kManyCalls, kFewPorts };
  for (const Why why : {Why::kNotConfigured, Why::kDelayedOffer, Why::kNoCodec, Why::kDraining,
                        Why::kManyCalls, Why::kFewPorts}) {
    CAPTURE(static_cast<int>(why));
    auto config = config_with_tones();
    config->media.port_quarantine = 0s;
    if (why == Why::kNotConfigured) config->call.failure_tone = 0s;
    if (why == Why::kManyCalls) config->server.limits.calls_max = 1;
    if (why == Why::kFewPorts) config->media.rtp_ports = {20000, 20003};
    ControlFixture fixture(config);
    fixture.register_phone("101");
    call::LegIncoming event = fixture.invite("100", "101");
    if (why == Why::kDelayedOffer) event.offer.reset();
    if (why == Why::kNoCodec) event.offer->formats = {gsm()};
    fixture.apply(event);
    if (why == Why::kDraining) fixture.apply(call::Drain{{7}, false, true});
    if (why != Why::kNoCodec) fixture.ended(fixture.sip<call::SipInvite>()[0].leg, 503);
    CHECK(fixture.end_of(event.leg));
    CHECK(fixture.media<call::MediaPlay>().empty());
    check_nothing_left(fixture);
  }
}

TEST_CASE("a caller beyond its own limit cannot hold calls by their tones") {
  auto config = config_with_tones();
  config->extensions["100"].calls_max = 1;
  ControlFixture fixture(config);
  const core::LegId first = fixture.incoming("100", "999");
  CHECK_FALSE(fixture.end_of(first));
  const core::LegId second = fixture.incoming("100", "999");
  REQUIRE(fixture.end_of(second));
  CHECK(fixture.end_of(second)->cause.sip_status == 486);
  CHECK(fixture.control.status().calls == 1);
}

TEST_CASE("a new country is heard from the next tone on") {
  ControlFixture fixture(config_with_tones());
  const auto [a, b] = ring(fixture);
  CHECK(last_tone(fixture).country == config::Country::kUk);
  auto changed = std::make_shared<config::Config>(*fixture.config);
  changed->server.country = config::Country::kDe;
  fixture.apply(call::ConfigChanged{changed, test::routing_of(*changed)});
  fixture.ended(b, 486);
  CHECK_FALSE(fixture.end_of(a));
  CHECK(last_tone(fixture).country == config::Country::kDe);
}
