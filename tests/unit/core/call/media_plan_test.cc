#include "core/call/media_plan.h"

#include <doctest/doctest.h>

#include "tests/support/control_fixture.h"

using namespace pbx;
using namespace pbx::call;
using namespace pbx::test;

namespace {

const core::SocketAddress kLocal = address("192.0.2.1:20000");

MediaPolicy policy(std::vector<Codec> codecs = {Codec::kPcma, Codec::kPcmu, Codec::kOpus}) {
  MediaPolicy policy;
  policy.codecs = std::move(codecs);
  return policy;
}
Format opus(std::string fmtp = "") { return {Codec::kOpus, 111, 48000, std::move(fmtp)}; }
SrtpKey key(char fill, unsigned tag = 1, SrtpSuite suite = SrtpSuite::kAesCm128HmacSha1_80) {
  return {tag, suite, std::string(30, fill)};
}

}  // namespace

TEST_CASE("an answer keeps the offerer's payload types and order unless a codec is preferred") {
  const auto remote = audio("192.0.2.9:4000", {pcmu(), opus(), pcma(), events()});
  const auto plain = make_answer(policy(), kLocal, remote, {}, key('k'));
  REQUIRE(plain);
  CHECK(plain->params.send->codec == Codec::kPcmu);
  const auto preferred = make_answer(policy(), kLocal, remote, {opus()}, key('k'));
  CHECK(preferred->ours.formats[0].payload_type == 111);
  CHECK(preferred->params.send->clock_hz == 48000);
}

TEST_CASE("an answer reverses the direction") {
  auto remote = audio("192.0.2.9:4000", {pcmu()});
  remote.direction = Direction::kSendOnly;
  CHECK(make_answer(policy(), kLocal, remote, {}, key('k'))->ours.direction ==
        Direction::kRecvOnly);
}

TEST_CASE("events of the voice's clock are taken before others") {
  const Format wide{Codec::kTelephoneEvent, 110, 48000, "0-15"};
  const auto remote = audio("192.0.2.9:4000", {opus(), events(), wide});
  const auto agreed = make_answer(policy(), kLocal, remote, {}, key('k'));
  CHECK(agreed->params.send_dtmf->payload_type == 110);
}

TEST_CASE("how digits travel follows from the policy and the offer") {
  struct Row {
    config::DtmfMode wish;
    bool detection, offered;
    DtmfMode expected;
  };
  const Row rows[] = {
      {config::DtmfMode::kAuto, false, true, DtmfMode::kRfc4733},
      {config::DtmfMode::kAuto, false, false, DtmfMode::kInfo},
      {config::DtmfMode::kAuto, true, false, DtmfMode::kInband},
      {config::DtmfMode::kInfo, false, true, DtmfMode::kInfo},
      {config::DtmfMode::kInband, false, true, DtmfMode::kInband},
  };
  for (const Row& row : rows) {
    MediaPolicy wish = policy();
    wish.dtmf = row.wish;
    wish.inband_detection = row.detection;
    auto remote = audio("192.0.2.9:4000", {pcmu()});
    if (row.offered) remote.formats.push_back(events());
    CHECK(make_answer(wish, kLocal, remote, {}, key('k'))->params.dtmf == row.expected);
  }
}

TEST_CASE("SRTP is required, taken when offered, or refused") {
  struct Row {
    config::SrtpMode mode;
    bool offered, agrees;
  };
  const Row rows[] = {
      {config::SrtpMode::kOff, false, true},       {config::SrtpMode::kOff, true, false},
      {config::SrtpMode::kOptional, false, true},  {config::SrtpMode::kOptional, true, true},
      {config::SrtpMode::kRequired, false, false}, {config::SrtpMode::kRequired, true, true},
  };
  for (const Row& row : rows) {
    MediaPolicy wish = policy();
    wish.srtp = row.mode;
    auto remote = audio("192.0.2.9:4000", {pcmu()});
    if (row.offered) remote.keys = {key('r', 3, SrtpSuite::kAesCm128HmacSha1_32)};
    const auto agreed = make_answer(wish, kLocal, remote, {}, key('k'));
    CHECK(agreed.has_value() == row.agrees);
    if (!agreed || !row.offered) continue;
    CHECK(agreed->ours.keys.at(0).tag == 3);
    CHECK(agreed->ours.keys.at(0).suite == SrtpSuite::kAesCm128HmacSha1_32);
    CHECK(agreed->ours.keys.at(0).key_salt == std::string(30, 'k'));
    CHECK(agreed->params.srtp_receive->key_salt == std::string(30, 'r'));
  }
}

TEST_CASE("an offer names what the other leg wants first, with its Opus settings") {
  const auto offer = make_offer(policy(), kLocal, {opus("maxplaybackrate=16000"), gsm()}, key('k'));
  CHECK(offer.formats[0].codec == Codec::kOpus);
  CHECK(offer.formats[0].fmtp == "maxplaybackrate=16000");
  CHECK(offer.formats[1].codec == Codec::kPcma);
  int event_formats = 0;
  for (const Format& format : offer.formats)
    event_formats += format.codec == Codec::kTelephoneEvent ? 1 : 0;
  CHECK(event_formats == 2);  // one for 8000, one for 48000
  CHECK(offer.rtcp.port == 20001);
  CHECK(offer.keys.empty());
}

TEST_CASE("an answer to our offer is taken with its payload types for sending") {
  const auto offer = make_offer(policy(), kLocal, {}, key('k'));
  auto remote = audio("192.0.2.9:4000", {opus(), events()});
  remote.direction = Direction::kSendOnly;
  const auto agreed = accept_answer(policy(), offer, remote);
  REQUIRE(agreed);
  CHECK(agreed->params.send->payload_type == 111);
  CHECK(agreed->params.direction == Direction::kRecvOnly);
  bool takes_theirs = false, takes_ours = false;
  for (const Format& format : agreed->params.receive) {
    takes_theirs |= format.payload_type == 111;
    takes_ours |= format.codec == Codec::kOpus && format.payload_type != 111;
  }
  CHECK(takes_theirs);
  CHECK(takes_ours);
}

TEST_CASE("an answer that agrees to nothing we offered is refused") {
  const auto offer = make_offer(policy({Codec::kPcma}), kLocal, {}, key('k'));
  CHECK_FALSE(accept_answer(policy({Codec::kPcma}), offer, audio("192.0.2.9:4000", {gsm()})));
  auto secure = audio("192.0.2.9:4000", {pcma()});
  secure.keys = {key('r')};
  CHECK_FALSE(accept_answer(policy({Codec::kPcma}), offer, secure));
}
