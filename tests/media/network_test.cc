// Calls over a bad network, and strangers who want to get into them.

#include <doctest/doctest.h>

#include "tests/support/audio_phone.h"
#include "tests/support/netem.h"

using namespace pbx;
using namespace pbx::test;
using call::Codec;

namespace {

// What B hears of A's tone when A's packets cross `network`.
struct Outcome {
  std::vector<std::int16_t> heard;
  call::MediaReport report;  // of A's leg
  std::uint32_t hz = 8000;
  std::size_t packets = 0;
};
Outcome cross(const support::NetemOptions& network, Codec from, Codec to) {
  MediaRig rig;
  AudioPhone a(rig.add_phone(1, from), 400), b(rig.add_phone(2, to), 700);
  rig.open(a.phone());
  rig.open(b.phone());
  rig.apply(call::MediaConnect{{1}, {2}});
  support::Netem<std::vector<std::uint8_t>> netem(network, 5);
  auto encoder = std::move(*media::make_encoder(*a.phone().params.send));
  const std::size_t length = encoder->sample_hz() / 50;
  for (std::size_t n = 0; n < 1000; ++n) {
    std::vector<std::uint8_t> payload(1500);
    payload.resize(encoder->encode(sine(400, encoder->sample_hz(), length, n * length), payload));
    std::vector<std::uint8_t> bytes(12 + payload.size());
    Phone& phone = a.phone();
    media::write_rtp(
        {phone.params.send->payload_type, false, phone.sequence++, phone.timestamp, phone.ssrc},
        payload, bytes);
    phone.timestamp += phone.params.send->clock_hz / 50;
    netem.send(rig.now, bytes);
    for (int ms = 0; ms < 20; ++ms) {
      while (auto arrived = netem.receive(rig.now))
        rig.deliver(phone, media::Port::kRtp, phone.address, arrived->second);
      rig.pass(1ms);
    }
  }
  Outcome out;
  out.hz = b.hz();
  out.packets = b.phone().got.size();
  out.heard = b.heard();
  rig.apply(call::MediaClose{{1}});
  out.report = rig.take<call::MediaClosed>().at(0).report;
  return out;
}

}  // namespace

TEST_CASE("transcoded sound survives what networks do") {
  struct Case {
    const char* what;
    support::NetemOptions network;
    int quiet_ms_max;  // of 16 s
    double snr_min;
  };
  std::vector<Case> cases(4);
  cases[0] = {"clean", {}, 0, 25};
  cases[1] = {"jitter of 40 ms", {}, 200, 10};
  cases[1].network.jitter = 40ms;
  cases[2] = {"2 % loss, concealed", {}, 200, 8};
  cases[2].network.loss = 0.02;
  cases[3] = {"duplicates and reordering", {}, 200, 10};
  cases[3].network.duplicate = 0.1;
  cases[3].network.reorder = 0.1;
  for (const Case& one : cases) {
    CAPTURE(std::string(one.what));
    const Outcome out = cross(one.network, Codec::kPcmu, Codec::kG722);
    REQUIRE(out.heard.size() > out.hz * 19);
    const auto steady = std::span(out.heard).subspan(out.hz * 3, out.hz * 16);
    CHECK(quiet_ms(steady, out.hz) <= one.quiet_ms_max);
    double best = -100;
    for (std::size_t s = 0; s + out.hz / 5 < steady.size(); s += out.hz / 5)
      best = std::max(best, snr_db(steady.subspan(s, out.hz / 5), 400, out.hz));
    CHECK(best > one.snr_min);
    CHECK(amplitude_at(steady.first(out.hz / 2), 400, out.hz) > 4000);
  }
}

TEST_CASE("the figures of a relayed stream are those of the network") {
  support::NetemOptions network;
  network.loss = 0.05;
  network.duplicate = 0.03;
  network.reorder = 0.03;
  network.jitter = 10ms;
  const Outcome out = cross(network, Codec::kPcmu, Codec::kPcmu);
  CHECK(out.report.received.lost > 25);
  CHECK(out.report.received.lost < 85);
  CHECK(out.report.received.duplicate > 12);
  CHECK(out.report.received.reordered > 8);
  CHECK(out.report.received.jitter > 1ms);
  CHECK(out.report.mos_received > 2);
  CHECK(out.report.mos_received < 4.2);
}

TEST_CASE("a stranger can neither speak into a call nor take it over") {
  MediaRig rig;
  AudioPhone a(rig.add_phone(1, Codec::kPcmu), 400), b(rig.add_phone(2, Codec::kPcmu), 700);
  rig.open(a.phone());
  rig.open(b.phone());
  rig.apply(call::MediaConnect{{1}, {2}});
  const auto thief = address("203.0.113.5:6000");
  for (std::uint16_t i = 0; i < 200; ++i) {
    a.say(rig);
    b.say(rig);
    for (std::uint16_t k = 0; k < 3; ++k)
      rig.send_as(a.phone(), thief,
                  {0, false, static_cast<std::uint16_t>(3 * i + k), i * 160u, 0xbad},
                  std::vector<std::uint8_t>(160, 0x10));
    rig.pass(20ms);
  }
  CHECK(b.phone().got.size() == 200);
  CHECK(a.phone().got.size() == 200);  // nothing went to the thief
  check_continuous(b.phone().got, 8000);
  const auto heard = b.heard();
  CHECK(snr_db(std::span(heard).subspan(8000, 16000), 400, 8000) > 30);
}
