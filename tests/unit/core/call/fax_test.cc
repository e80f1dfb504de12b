// Fax by T.38 between two legs, control alone.
#include "core/call/fax.h"

#include <doctest/doctest.h>

#include "tests/support/control_fixture.h"

namespace pbx::call {
namespace {

using test::ControlFixture;

AudioDescription fax(std::string_view rtp, std::vector<std::string> attributes) {
  AudioDescription description;
  description.rtp = test::address(rtp);
  description.fax = FaxStream{std::move(attributes)};
  return description;
}

const AudioDescription kTheirFax =
    fax("192.0.2.40:4010", {"T38FaxVersion:0", "T38MaxBitRate:9600"});
const AudioDescription kOtherFax = fax("192.0.2.50:6010", {"T38FaxVersion:0"});

struct Talk : ControlFixture {
  explicit Talk(std::shared_ptr<config::Config> with = test::sample_config())
      : ControlFixture(std::move(with)) {
    std::tie(a, b) = talk();
    clear();
  }
  core::LegId a, b;
};

// The session of `leg` after the last command to it.
MediaParams params_of(const Talk& talk, core::LegId leg) {
  MediaParams params;
  for (const auto& update : talk.media<MediaUpdate>())
    if (update.leg == leg) params = update.params;
  return params;
}

}  // namespace

TEST_CASE("a fax that both sides take passes between them, and audio comes back") {
  Talk talk;
  talk.apply(LegOffered{talk.a, kTheirFax});
  REQUIRE(talk.sip<SipOffer>().size() == 1);
  const AudioDescription offered = talk.sip<SipOffer>().back().offer;
  CHECK(talk.sip<SipOffer>().back().leg == talk.b);
  CHECK(offered.fax == kTheirFax.fax);
  CHECK(offered.rtp.ip == test::ip("192.0.2.1"));
  CHECK(talk.sip<SipAnswerOffer>().empty());

  talk.apply(LegOfferAnswered{talk.b, kOtherFax});
  REQUIRE(talk.sip<SipAnswerOffer>().size() == 1);
  const SipAnswerOffer answer = talk.sip<SipAnswerOffer>().back();
  CHECK(answer.leg == talk.a);
  CHECK(answer.description.fax == kOtherFax.fax);
  CHECK(answer.description.rtp.ip == test::ip("192.0.2.1"));
  CHECK(params_of(talk, talk.a).fax);
  CHECK(params_of(talk, talk.a).remote_rtp == kTheirFax.rtp);
  CHECK(params_of(talk, talk.b).remote_rtp == kOtherFax.rtp);
  CHECK_FALSE(params_of(talk, talk.b).send.has_value());

  talk.clear();
  talk.apply(LegOffered{talk.b, test::audio("192.0.2.50:6000", {test::pcma()})});
  CHECK(talk.sip<SipAnswerOffer>().back().leg == talk.b);
  REQUIRE(talk.sip<SipOffer>().size() == 1);
  CHECK(talk.sip<SipOffer>().back().leg == talk.a);
  CHECK_FALSE(talk.sip<SipOffer>().back().offer.fax.has_value());
  talk.apply(LegOfferAnswered{talk.a, test::audio("192.0.2.40:4000", {test::pcma()})});
  for (const core::LegId leg : {talk.a, talk.b}) {
    CHECK_FALSE(params_of(talk, leg).fax);
    CHECK(params_of(talk, leg).send.has_value());
  }
}

TEST_CASE("a fax that the other side refuses goes on as audio") {
  for (const bool by_answer : {true, false}) {
    CAPTURE(by_answer);
    Talk talk;
    talk.apply(LegOffered{talk.b, kOtherFax});
    REQUIRE(talk.sip<SipOffer>().size() == 1);
    if (by_answer)
      talk.apply(LegOfferAnswered{talk.a, test::audio("192.0.2.40:4000", {test::pcma()})});
    else
      talk.apply(LegOfferRefused{talk.a, 488});
    REQUIRE(talk.sip<SipRefuseOffer>().size() == 1);
    CHECK(talk.sip<SipRefuseOffer>().back().leg == talk.b);
    CHECK(talk.sip<SipRefuseOffer>().back().status == 488);
    CHECK(talk.media<MediaUpdate>().empty());
    talk.apply(LegOffered{talk.b, kOtherFax});  // it may ask again
    CHECK(talk.sip<SipOffer>().size() == 2);
  }
}

TEST_CASE("a side that is not willing, or must be encrypted, refuses at once") {
  for (const bool is_forbidden : {true, false}) {
    auto config = test::sample_config();
    if (is_forbidden) config->extensions["101"].t38 = false;
    if (!is_forbidden) config->extensions["100"].t38 = false;
    Talk talk(config);
    talk.apply(LegOffered{talk.a, kTheirFax});
    CHECK(talk.sip<SipOffer>().empty());
    CHECK(talk.sip<SipRefuseOffer>().at(0).status == 488);
  }
  config::Extension encrypted;
  encrypted.srtp = config::SrtpMode::kRequired;
  CHECK_FALSE(policy_for(encrypted, config::Media{}).t38);
  CHECK(policy_for(config::Extension{}, config::Media{}).t38);
}

TEST_CASE("before the answer of a call no fax is taken") {
  ControlFixture fixture;
  fixture.register_phone("101");
  const auto a = fixture.incoming("100", "101");
  fixture.apply(LegOffered{a, kTheirFax});
  CHECK(fixture.sip<SipRefuseOffer>().at(0).status == 488);
}

TEST_CASE("a refresh within a fax hears the fax again, not audio") {
  Talk talk;
  talk.apply(LegOffered{talk.a, kTheirFax});
  talk.apply(LegOfferAnswered{talk.b, kOtherFax});
  talk.clear();
  talk.apply(LegOffered{talk.a, std::nullopt});
  REQUIRE(talk.sip<SipAnswerOffer>().size() == 1);
  CHECK(talk.sip<SipAnswerOffer>().back().description.fax == kOtherFax.fax);
  talk.apply(LegOfferAnswered{talk.a, kTheirFax});
  CHECK(params_of(talk, talk.a).fax);
  talk.apply(LegOffered{talk.b, kOtherFax});
  CHECK(talk.sip<SipAnswerOffer>().size() == 2);
  CHECK(talk.sip<SipOffer>().empty());
}

TEST_CASE("the call ends while the other side is asked") {
  Talk talk;
  talk.apply(LegOffered{talk.a, kTheirFax});
  talk.ended(talk.a, 200, 16);
  talk.apply(LegOfferAnswered{talk.b, kOtherFax});
  talk.ended(talk.b, 200, 16);
  CHECK(talk.cdrs.size() == 1);
}

}  // namespace pbx::call
