#include "core/call/talking.h"

#include <doctest/doctest.h>

#include "tests/support/control_fixture.h"

using namespace pbx;
using namespace pbx::test;
using namespace std::chrono_literals;

namespace {

call::AudioDescription offer_with(call::Direction direction,
                                  std::vector<call::Format> formats = {pcma(), events()}) {
  call::AudioDescription offer = audio("192.0.2.40:4000", std::move(formats));
  offer.direction = direction;
  return offer;
}

}  // namespace

TEST_CASE("both sides get one codec, so that audio can be relayed") {
  ControlFixture fixture;
  fixture.register_phone("101");
  fixture.incoming("100", "101");  // offers PCMA, PCMU
  const core::LegId b = fixture.sip<call::SipInvite>()[0].leg;
  fixture.answered(b, {pcmu(), events()});
  const auto answer = fixture.sip<call::SipAnswer>().at(0).description;
  REQUIRE(answer.formats.size() == 2);
  CHECK(answer.formats[0].codec == call::Codec::kPcmu);
  CHECK(answer.formats[1].codec == call::Codec::kTelephoneEvent);
}

TEST_CASE("without a codec in common each side keeps its own") {
  ControlFixture fixture;
  fixture.register_phone("101");
  fixture.incoming("100", "101");
  const core::LegId b = fixture.sip<call::SipInvite>()[0].leg;
  fixture.answered(b, {g722()});
  const auto answer = fixture.sip<call::SipAnswer>().at(0).description;
  CHECK(answer.formats[0].codec == call::Codec::kPcma);
}

TEST_CASE("an offer without any codec of ours is refused with 488 and nobody rings") {
  ControlFixture fixture;
  fixture.register_phone("101");
  call::LegIncoming event = fixture.invite("100", "101");
  event.offer = audio("192.0.2.40:4000", {gsm()});
  fixture.apply(event);
  REQUIRE(fixture.end_of(event.leg));
  CHECK(fixture.end_of(event.leg)->cause.sip_status == 488);
  CHECK(fixture.sip<call::SipInvite>().empty());
}

TEST_CASE("an INVITE without an offer is answered with ours; its ACK settles the codec") {
  ControlFixture fixture;
  fixture.register_phone("101");
  call::LegIncoming event = fixture.invite("100", "101");
  event.offer.reset();
  fixture.apply(event);
  const core::LegId b = fixture.sip<call::SipInvite>()[0].leg;
  fixture.answered(b, {pcmu(), events()});
  const auto answer = fixture.sip<call::SipAnswer>().at(0).description;
  CHECK(answer.formats[0].codec == call::Codec::kPcmu);
  CHECK(answer.formats.size() > 2);
  fixture.clear();
  fixture.apply(call::LegOfferAnswered{event.leg, audio("192.0.2.40:4000", {pcmu()})});
  const auto updates = fixture.media<call::MediaUpdate>();
  REQUIRE(updates.size() == 1);
  CHECK(updates[0].leg == event.leg);
  CHECK(updates[0].params.send->codec == call::Codec::kPcmu);
  CHECK(updates[0].params.remote_rtp == address("192.0.2.40:4000"));
}

TEST_CASE("hold: the holder is answered, the held side hears music, resume ends it") {
  for (const auto direction : {call::Direction::kSendOnly, call::Direction::kInactive}) {
    ControlFixture fixture;
    const auto [a, b] = fixture.talk();
    fixture.clear();
    fixture.apply(call::LegOffered{a, offer_with(direction)});
    REQUIRE(fixture.sip<call::SipAnswerOffer>().size() == 1);
    CHECK(fixture.sip<call::SipAnswerOffer>()[0].description.direction ==
          call::reversed(direction));
    REQUIRE(fixture.media<call::MediaPlay>().size() == 1);
    CHECK(fixture.media<call::MediaPlay>()[0].leg == b);
    CHECK(fixture.media<call::MediaPlay>()[0].loop);
    CHECK(std::holds_alternative<call::PlayMusic>(fixture.media<call::MediaPlay>()[0].source));
    fixture.advance(30min);
    fixture.apply(call::LegOffered{a, offer_with(call::Direction::kSendRecv)});
    CHECK(fixture.media<call::MediaStopPlay>().size() == 1);
    fixture.ended(b, 200, 16);
    const auto& segments = fixture.cdrs.at(0).segments;
    REQUIRE(segments.size() == 4);
    CHECK(segments[2].kind == call::Segment::Kind::kHeld);
    CHECK(segments[2].detail == "caller");
    CHECK(segments[2].until - segments[2].from == 30min);
    CHECK(segments[3].kind == call::Segment::Kind::kTalking);
  }
}

TEST_CASE("both sides hold at once; each resumes on its own") {
  ControlFixture fixture;
  const auto [a, b] = fixture.talk();
  fixture.apply(call::LegOffered{a, offer_with(call::Direction::kSendOnly)});
  fixture.apply(call::LegOffered{b, offer_with(call::Direction::kSendOnly)});
  CHECK(fixture.media<call::MediaPlay>().size() == 2);
  fixture.apply(call::LegOffered{a, offer_with(call::Direction::kSendRecv)});
  fixture.apply(call::LegOffered{b, offer_with(call::Direction::kSendRecv)});
  CHECK(fixture.media<call::MediaStopPlay>().size() == 2);
}

TEST_CASE("a change of codec is answered and reaches the media") {
  ControlFixture fixture;
  const auto [a, b] = fixture.talk();
  (void)b;
  fixture.clear();
  fixture.apply(call::LegOffered{a, offer_with(call::Direction::kSendRecv, {g722()})});
  CHECK(fixture.sip<call::SipAnswerOffer>().at(0).description.formats.at(0).codec ==
        call::Codec::kG722);
  CHECK(fixture.media<call::MediaUpdate>().at(0).params.send->codec == call::Codec::kG722);
}

TEST_CASE("a new offer with nothing in common is refused and the talk goes on") {
  ControlFixture fixture;
  const auto [a, b] = fixture.talk();
  fixture.clear();
  fixture.apply(call::LegOffered{a, offer_with(call::Direction::kSendRecv, {gsm()})});
  REQUIRE(fixture.sip<call::SipRefuseOffer>().size() == 1);
  CHECK(fixture.sip<call::SipRefuseOffer>()[0].status == 488);
  CHECK_FALSE(fixture.end_of(b));
}

TEST_CASE("a re-INVITE without an offer is given ours, with the codec in use first") {
  ControlFixture fixture;
  const auto [a, b] = fixture.talk();
  (void)b;
  fixture.clear();
  fixture.apply(call::LegOffered{a, std::nullopt});
  const auto ours = fixture.sip<call::SipAnswerOffer>().at(0).description;
  CHECK(ours.formats.at(0).codec == call::Codec::kPcma);
  CHECK(ours.direction == call::Direction::kSendRecv);
}

TEST_CASE("a recording begins with the answer, caller left, called right") {
  ControlFixture fixture;
  const auto [a, b] = fixture.talk();
  const auto records = fixture.media<call::MediaRecord>();
  REQUIRE(records.size() == 1);
  CHECK(records[0].left == a);
  CHECK(records[0].right == b);
  REQUIRE(fixture.recordings.size() == 1);
  CHECK(fixture.recordings[0].token.size() == 22);  // 128 bits in base64url
  CHECK_FALSE(fixture.recordings[0].complete);
  fixture.ended(a, 200, 16);
  CHECK(fixture.media<call::MediaStopRecord>().size() == 1);
  fixture.apply(call::RecordingDone{records[0].recording, records[0].call, "a.wav", 5s, 1000, "ab",
                                    false, ""});
  REQUIRE(fixture.recordings.size() == 2);
  CHECK(fixture.recordings[1].complete);
  CHECK(fixture.recordings[1].path == "a.wav");
  CHECK(fixture.cdrs.at(0).recordings.at(0) == records[0].recording);
}

TEST_CASE("a call is recorded only if the rule says so") {
  for (const auto rule : {config::RecordingRule::kAll, config::RecordingRule::kNone}) {
    auto config = sample_config();
    config->recording.rule = rule;
    ControlFixture fixture(config);
    fixture.talk();
    CHECK(fixture.media<call::MediaRecord>().size() ==
          (rule == config::RecordingRule::kAll ? 1 : 0));
  }
}
