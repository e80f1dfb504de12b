// The relay path: two phones with one codec.

#include <doctest/doctest.h>

#include "media/rtcp.h"
#include "tests/support/media_rig.h"

using namespace pbx;
using namespace pbx::test;
using call::Codec;

namespace {

const std::vector<std::uint8_t> kVoice(160, 0xd5);

struct Call {
  explicit Call(Codec codec = Codec::kPcma, const media::EngineOptions& options = {})
      : rig(options), a(rig.add_phone(1, codec)), b(rig.add_phone(2, codec)) {
    rig.open(a);
    rig.open(b);
    rig.apply(call::MediaConnect{a.leg, b.leg});
  }
  void talk(int packets) {
    for (int i = 0; i < packets; ++i) {
      rig.say(a, kVoice);
      rig.say(b, kVoice);
      rig.pass(20ms);
    }
  }
  MediaRig rig;
  Phone& a;
  Phone& b;
};

call::MediaReport close(Call& call, const Phone& phone) {
  call.rig.apply(call::MediaClose{phone.leg});
  const auto closed = call.rig.take<call::MediaClosed>();
  REQUIRE(closed.size() == 1);
  return closed[0].report;
}

}  // namespace

TEST_CASE("each side hears the other at once, as one stream of ours") {
  Call call;
  call.talk(50);
  CHECK(call.rig.engine.path_of(call.a.leg) == media::PathKind::kRelay);
  REQUIRE(call.a.got.size() == 50);
  REQUIRE(call.b.got.size() == 50);
  check_continuous(call.a.got, 8000);
  check_continuous(call.b.got, 8000);
  CHECK(call.b.got[0].payload == kVoice);
  CHECK(call.b.got[0].header.ssrc != call.a.ssrc);
  CHECK(call.b.got[0].header.marker);
}

TEST_CASE("what is said before the bridge is there is heard when it comes") {
  MediaRig rig;
  Phone& a = rig.add_phone(1, Codec::kPcma);
  Phone& b = rig.add_phone(2, Codec::kPcma);
  rig.open(a);
  rig.open(b);
  rig.say(b, kVoice);  // long before: not meant for the one who hears it then
  rig.pass(500ms);
  rig.say(b, kVoice);
  rig.pass(20ms);
  rig.say(b, kVoice);
  rig.pass(5ms);
  rig.apply(call::MediaConnect{a.leg, b.leg});
  rig.pass(15ms);
  CHECK(a.got.size() == 2);
  rig.say(b, kVoice);
  rig.pass(20ms);
  REQUIRE(a.got.size() == 3);
  check_continuous(a.got, 8000);
}

TEST_CASE("payload types are those of the listener") {
  Call call;
  call.b.params.send = call::Format{Codec::kPcma, 99, 8000, ""};
  call.rig.update(call.b);
  call.talk(3);
  CHECK(call.b.got.back().header.payload_type == 99);
  CHECK(call.a.got.back().header.payload_type == 8);
}

TEST_CASE("losses of the network are passed on, not hidden") {
  Call call;
  for (int i = 0; i < 20; ++i) {
    if (i % 5 == 4)
      ++call.a.sequence, call.a.timestamp += 160;
    else
      call.rig.say(call.a, kVoice);
    call.rig.pass(20ms);
  }
  REQUIRE(call.b.got.size() == 16);
  CHECK(static_cast<std::uint16_t>(call.b.got.back().header.sequence -
                                   call.b.got.front().header.sequence) == 18);
  const auto report = close(call, call.a);
  CHECK(report.received.packets == 16);
  CHECK(report.received.lost == 3);  // the last loss is not known yet
  CHECK(report.relayed);
  CHECK_FALSE(report.transcoded);
}

TEST_CASE("a source that starts anew goes on in the same stream") {
  Call call;
  call.talk(10);
  call.a.ssrc = 0x777;
  call.a.sequence = 60000;
  call.a.timestamp = 99;
  call.talk(10);
  CHECK(call.b.got.size() == 20);
  check_continuous(call.b.got, 8000);
}

TEST_CASE("digits are relayed with the number of the listener and keep one timestamp") {
  Call call;
  call.b.params.send_dtmf = call::Format{Codec::kTelephoneEvent, 110, 8000, ""};
  call.rig.update(call.b);
  call.talk(3);
  const std::uint32_t start = call.a.timestamp;
  for (int i = 0; i < 5; ++i) {
    const auto duration = static_cast<std::uint8_t>(i < 3 ? 80 + 40 * i : 200);
    call.rig.send_as(call.a, call.a.address, {101, i == 0, call.a.sequence++, start, call.a.ssrc},
                     {5, static_cast<std::uint8_t>(i >= 3 ? 0x8a : 0x0a), 0, duration});
    call.rig.pass(20ms);
  }
  REQUIRE(call.b.got.size() == 8);
  for (std::size_t i = 3; i < 8; ++i) {
    CHECK(call.b.got[i].header.payload_type == 110);
    CHECK(call.b.got[i].header.timestamp == call.b.got[3].header.timestamp);
  }
}

TEST_CASE("noise is left out without a trace where it was not agreed") {
  Call call;
  call.a.params.receive.push_back(format_of(Codec::kComfortNoise));
  call.rig.update(call.a);
  call.talk(2);
  call.rig.send_as(call.a, call.a.address,
                   {13, false, call.a.sequence++, call.a.timestamp, call.a.ssrc}, {40});
  call.talk(2);
  REQUIRE(call.b.got.size() == 4);
  CHECK(static_cast<std::uint16_t>(call.b.got[3].header.sequence - call.b.got[0].header.sequence) ==
        3);
  call.b.params.send_noise = format_of(Codec::kComfortNoise);
  call.rig.update(call.b);
  call.rig.send_as(call.a, call.a.address,
                   {13, false, call.a.sequence++, call.a.timestamp, call.a.ssrc}, {40});
  REQUIRE(call.b.got.size() == 5);
  CHECK(call.b.got[4].header.payload_type == 13);
}

TEST_CASE("hold stops what is sent, and what the held side says is not heard") {
  Call call;
  call.talk(5);
  call.a.params.direction = call::Direction::kInactive;
  call.rig.update(call.a);
  call.talk(5);
  CHECK(call.a.got.size() == 5);
  CHECK(call.b.got.size() == 5);
  call.a.params.direction = call::Direction::kSendRecv;
  call.rig.update(call.a);
  call.talk(5);
  CHECK(call.b.got.size() == 10);
  check_continuous(call.b.got, 8000);
}

TEST_CASE("packets of strangers, of unknown types and of no type go nowhere") {
  Call call;
  call.talk(5);
  const auto thief = address("203.0.113.9:4000");
  call.rig.send_as(call.a, thief, {8, false, call.a.sequence, call.a.timestamp, 66}, kVoice);
  call.rig.send_as(call.a, call.a.address, {55, false, call.a.sequence, 0, call.a.ssrc}, kVoice);
  call.rig.deliver(call.a, media::Port::kRtp, call.a.address, {1, 2, 3});
  CHECK(call.b.got.size() == 5);
  const auto& dropped = call.rig.engine.counters().dropped;
  CHECK(dropped[static_cast<std::size_t>(media::Drop::kSource)] == 1);
  CHECK(dropped[static_cast<std::size_t>(media::Drop::kPayloadType)] == 1);
  CHECK(dropped[static_cast<std::size_t>(media::Drop::kMalformed)] == 1);
}

TEST_CASE("a duplicate is not passed on") {
  Call call;
  call.talk(3);
  --call.a.sequence;
  call.rig.say(call.a, kVoice);
  CHECK(call.b.got.size() == 3);
  CHECK(close(call, call.a).received.duplicate == 1);
}

TEST_CASE("a leg behind NAT is found, its reports are sent there too") {
  Call call;
  call.a.address = address("10.0.0.1:55000");  // not what SDP said
  call.talk(600);
  CHECK(call.a.got.back().header.sequence != 0);
  CHECK(close(call, call.a).remote_rtp == call.a.address);
}

TEST_CASE("echo by relay") {
  MediaRig rig;
  Phone& phone = rig.add_phone(1, Codec::kOpus);
  rig.open(phone);
  rig.apply(call::MediaEcho{phone.leg});
  for (int i = 0; i < 5; ++i) {
    rig.say(phone, {1, 2, 3}, 960);
    rig.pass(20ms);
  }
  CHECK(phone.got.size() == 5);
  check_continuous(phone.got, 48000);
}

TEST_CASE("reports go both ways and carry the losses into the figures") {
  media::EngineOptions options;
  Call call(Codec::kPcmu, options);
  for (int i = 0; i < 1000; ++i) {
    if (i % 10 == 9)
      ++call.a.sequence, call.a.timestamp += 160;
    else
      call.rig.say(call.a, kVoice);
    call.rig.say(call.b, kVoice);
    call.rig.pass(20ms);
  }
  REQUIRE(call.a.got_rtcp.size() >= 3);
  REQUIRE(call.a.got_rtcp.size() <= 8);
  const auto compound = media::parse_rtcp(call.a.got_rtcp.back());
  REQUIRE(compound);
  REQUIRE(compound->sender);
  const media::ReportBlock* block = compound->block_about(call.a.ssrc);
  REQUIRE(block != nullptr);
  CHECK(block->fraction_lost == doctest::Approx(25.6).epsilon(0.1));
  CHECK_FALSE(compound->cname.empty());

  // The phone reports 7 losses of ours and how long it kept our last report.
  media::ReportBlock about_us;
  about_us.ssrc = compound->ssrc;
  about_us.cumulative_lost = 7;
  about_us.jitter = 80;
  about_us.last_sr = compound->sender->ntp.middle();
  media::RtcpReport report;
  report.ssrc = call.a.ssrc;
  report.blocks = std::span(&about_us, 1);
  std::vector<std::uint8_t> bytes(256);
  bytes.resize(media::write_rtcp(report, bytes));
  call.rig.deliver(call.a, media::Port::kRtcp, call.a.address, bytes);
  const auto figures = close(call, call.a);
  CHECK(figures.sent.lost == 7);
  CHECK(figures.sent.jitter == 10ms);
  CHECK(figures.received.lost == 99);
  CHECK(figures.round_trip > 0us);
  CHECK(figures.mos_sent > 1);  // the test phone answers late: its delay counts
  CHECK(figures.mos_received > 1);
  CHECK(figures.mos_received < 3.5);  // 10 % of packets were lost
  REQUIRE_FALSE(call.a.got_rtcp.empty());
  const auto last = media::parse_rtcp(call.a.got_rtcp.back());
  REQUIRE(last);
  CHECK(last->bye);
}

TEST_CASE("silence is told once, later on hold, never before an answer") {
  Call call;
  call.talk(10);
  for (int i = 0; i < 70; ++i) {
    call.rig.say(call.b, kVoice);
    call.rig.pass(1s);
  }
  auto silent = call.rig.take<call::MediaSilent>();
  REQUIRE(silent.size() == 1);
  CHECK(silent[0].leg == call.a.leg);

  call.a.params.direction = call::Direction::kSendOnly;
  call.rig.update(call.a);
  for (int i = 0; i < 600; ++i) {
    call.rig.say(call.b, kVoice);
    call.rig.pass(1s);
  }
  CHECK(call.rig.take<call::MediaSilent>().empty());

  MediaRig early;
  Phone& ringing = early.add_phone(1, Codec::kPcmu);
  ringing.params.send.reset();
  early.open(ringing);
  early.pass(600s);
  CHECK(early.take<call::MediaSilent>().empty());
}

TEST_CASE("a port that is taken, a leg opened twice and too many legs are told") {
  media::EngineOptions options;
  options.sessions_max = 1;
  MediaRig rig(options);
  Phone& first = rig.add_phone(1, Codec::kPcmu);
  Phone& second = rig.add_phone(2, Codec::kPcmu);
  rig.network.taken.insert(first.exchange);
  rig.open(first);
  CHECK(rig.take<call::MediaFailed>().size() == 1);
  rig.network.taken.clear();
  rig.open(first);
  CHECK(rig.take<call::MediaFailed>().empty());
  rig.open(first);
  rig.open(second);
  CHECK(rig.take<call::MediaFailed>().size() == 2);
}

TEST_CASE("a close is always answered, and the other side goes on without it") {
  Call call;
  call.talk(5);
  CHECK(close(call, call.a).received.packets == 5);
  call.rig.apply(call::MediaClose{call.a.leg});
  CHECK(call.rig.take<call::MediaClosed>().size() == 1);
  call.rig.say(call.b, kVoice);
  CHECK(call.rig.engine.path_of(call.b.leg) == media::PathKind::kNone);
  call.rig.open(call.a);
  call.rig.apply(call::MediaConnect{call.a.leg, call.b.leg});
  call.a.got.clear();
  call.talk(5);
  CHECK(call.a.got.size() == 5);
}

TEST_CASE("a query names the legs that are there") {
  Call call;
  call.talk(5);
  call.rig.apply(call::MediaQuery{{9}, {call.a.leg, core::LegId{77}, call.b.leg}});
  const auto status = call.rig.take<call::MediaStatus>();
  REQUIRE(status.size() == 1);
  CHECK(status[0].request == core::RequestId{9});
  REQUIRE(status[0].legs.size() == 2);
  CHECK(status[0].legs[1].second.sent.packets == 5);
}

TEST_CASE("SRTP on one side and RTP on the other") {
  Call call;
  const call::SrtpKey to_a{1, {}, std::string(30, 'a')}, from_a{1, {}, std::string(30, 'b')};
  call.a.params.srtp_send = to_a;
  call.a.params.srtp_receive = from_a;
  call.rig.update(call.a);
  auto seal = *media::SrtpContext::open(from_a, media::SrtpContext::Use::kSend);
  auto open = *media::SrtpContext::open(to_a, media::SrtpContext::Use::kReceive);
  for (int i = 0; i < 5; ++i) {
    std::vector<std::uint8_t> bytes(400);
    const std::size_t plain = media::write_rtp(
        {8, false, call.a.sequence++, call.a.timestamp, call.a.ssrc}, kVoice, bytes);
    call.a.timestamp += 160;
    bytes.resize(seal.protect_rtp(bytes, plain));
    call.rig.deliver(call.a, media::Port::kRtp, call.a.address, bytes);
    call.rig.say(call.b, kVoice);
    call.rig.say(call.a, kVoice);  // plain where SRTP was agreed
    call.rig.pass(20ms);
  }
  REQUIRE(call.b.got.size() == 5);
  CHECK(call.b.got[0].payload == kVoice);
  REQUIRE(call.a.got.size() == 5);
  CHECK(call.a.got[0].payload.size() == 170);
  CHECK(call.rig.engine.counters().dropped[static_cast<std::size_t>(media::Drop::kSrtp)] == 5);
  std::vector<std::uint8_t> bytes(12 + call.a.got[0].payload.size());
  media::write_rtp(call.a.got[0].header, call.a.got[0].payload, bytes);
  CHECK(open.open_rtp(bytes) == 172);
  const auto report = close(call, call.a);
  CHECK(report.srtp);
}

TEST_CASE("a fax passes as it is between the two that have left audio, and from nobody else") {
  Call call;
  call.talk(5);
  for (Phone* phone : {&call.a, &call.b}) {
    phone->params = {};
    phone->params.fax = true;
    phone->params.remote_rtp = phone->address;
    call.rig.update(*phone);
  }
  const std::size_t reports = call.a.got_rtcp.size() + call.b.got_rtcp.size();
  using Datagrams = std::vector<std::vector<std::uint8_t>>;
  const std::vector<std::uint8_t> there{0, 1, 6, 0xd0, 0x80, 2, 0, 0}, back{0, 2, 1, 7};
  call.rig.deliver(call.a, media::Port::kRtp, call.a.address, there);
  call.rig.deliver(call.b, media::Port::kRtp, call.b.address, back);
  call.rig.deliver(call.a, media::Port::kRtp, test::address("203.0.113.66:4000"), there);
  call.rig.deliver(call.a, media::Port::kRtcp, call.a.address, there);
  CHECK(call.b.got_other == Datagrams{there});
  CHECK(call.a.got_other == Datagrams{back});
  call.rig.pass(60s);  // no reports, no complaint of silence
  CHECK(call.a.got_rtcp.size() + call.b.got_rtcp.size() == reports);
  CHECK(call.rig.take<call::MediaSilent>().empty());
}
