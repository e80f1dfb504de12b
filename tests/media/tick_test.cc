// The tick path: transcoding, playbacks, digits that change their form.

#include <doctest/doctest.h>

#include <string>

#include "media/dtmf.h"
#include "media/tone.h"
#include "tests/support/audio_phone.h"

using namespace pbx;
using namespace pbx::test;
using call::Codec;

namespace {

struct Talk {
  explicit Talk(Codec codec_a, Codec codec_b)
      : a(rig.add_phone(1, codec_a), 400), b(rig.add_phone(2, codec_b), 700) {}
  void connect() {
    rig.open(a.phone());
    rig.open(b.phone());
    rig.apply(call::MediaConnect{a.phone().leg, b.phone().leg});
  }
  void talk(int packets) {
    for (int i = 0; i < packets; ++i) {
      a.say(rig);
      b.say(rig);
      rig.pass(20ms);
    }
  }
  void press(Phone& phone, std::uint8_t event, int packets = 8) {
    const std::uint32_t start = phone.timestamp;
    for (int i = 0; i < packets + 2; ++i) {
      const bool end = i >= packets - 1;
      const int duration = 160 * std::min(i + 1, packets);
      rig.send_as(phone, phone.address, {101, i == 0, phone.sequence++, start, phone.ssrc},
                  {event, static_cast<std::uint8_t>(end ? 0x8a : 0x0a),
                   static_cast<std::uint8_t>(duration >> 8), static_cast<std::uint8_t>(duration)});
      phone.timestamp += 160;
      rig.pass(20ms);
    }
  }
  MediaRig rig;
  AudioPhone a, b;
};

std::string name(Codec codec) { return std::string(call::info(codec).name); }

// Digits among what a phone got as packets.
std::string digits_got(const Phone& phone) {
  media::DtmfReceiver receiver;
  std::string out;
  for (const Got& got : phone.got)
    if (got.header.payload_type == 101)
      for (const media::Digit& digit : receiver.on_packet(got.header, got.payload, got.at))
        out += digit.digit;
  return out;
}

}  // namespace

TEST_CASE("every codec is understood by every other") {
  const Codec codecs[] = {Codec::kPcmu, Codec::kPcma, Codec::kG722,
                          Codec::kOpus, Codec::kGsm,  Codec::kL16};
  for (const Codec from : codecs) {
    for (const Codec to : codecs) {
      CAPTURE(name(from) + " to " + name(to));
      Talk call(from, to);
      call.connect();
      call.talk(100);
      CHECK(call.rig.engine.path_of(call.b.phone().leg) ==
            (from == to ? media::PathKind::kRelay : media::PathKind::kTick));
      check_continuous(call.b.phone().got, call.b.phone().params.send->clock_hz);
      const auto heard = call.b.heard();
      REQUIRE(heard.size() > call.b.hz());
      const auto steady = std::span(heard).subspan(heard.size() / 2, call.b.hz() / 2);
      CHECK(amplitude_at(steady, 400, call.b.hz()) > 4000);
      CHECK(snr_db(steady, 400, call.b.hz()) > 12);
      CHECK(amplitude_at(steady, 700, call.b.hz()) < 800);
      CHECK(quiet_ms(steady, call.b.hz()) == 0);
    }
  }
}

TEST_CASE("a change between relay and tick never jumps") {
  Talk call(Codec::kPcmu, Codec::kPcmu);
  call.connect();
  call.talk(50);
  CHECK(call.rig.engine.path_of({2}) == media::PathKind::kRelay);
  // A sends the other codec it may send: B's ear changes path without a command.
  call.a.phone().params.receive.push_back(format_of(Codec::kPcma));
  call.rig.update(call.a.phone());
  const std::vector<std::uint8_t> voice(160, 0xd5);
  for (int i = 0; i < 50; ++i) {
    Phone& a = call.a.phone();
    call.rig.send_as(a, a.address, {8, false, a.sequence++, a.timestamp, a.ssrc}, voice);
    a.timestamp += 160;
    call.rig.pass(20ms);
  }
  CHECK(call.rig.engine.path_of({2}) == media::PathKind::kTick);
  call.talk(50);
  CHECK(call.rig.engine.path_of({2}) == media::PathKind::kRelay);
  call.rig.apply(call::MediaPlay{{2}, {5}, call::PlayMusic{}, true});
  call.talk(50);
  call.rig.apply(call::MediaStopPlay{{2}});
  call.talk(50);
  CHECK(call.rig.engine.path_of({2}) == media::PathKind::kRelay);
  const auto& got = call.b.phone().got;
  CHECK(got.size() > 240);
  check_continuous(got, 8000, 45ms);
  call.rig.apply(call::MediaClose{{2}});
  const auto closed = call.rig.take<call::MediaClosed>();
  REQUIRE(closed.size() == 1);
  CHECK(closed[0].report.relayed);
  CHECK(closed[0].report.transcoded);
}

TEST_CASE("the held side hears music, the same for all, encoded once per codec") {
  MediaRig rig;
  std::vector<Phone*> phones;
  for (std::uint64_t leg = 1; leg <= 6; ++leg)
    phones.push_back(&rig.add_phone(leg, leg % 2 == 0 ? Codec::kPcmu : Codec::kG722));
  for (Phone* phone : phones) {
    rig.open(*phone);
    rig.apply(call::MediaPlay{phone->leg, {1}, call::PlayMusic{}, true});
  }
  rig.pass(2s);
  for (Phone* phone : phones) {
    REQUIRE(phone->got.size() >= 99);
    check_continuous(phone->got, 8000);
    CHECK(phone->got[50].payload.size() == 160);
  }
  // Equal payloads in equal ticks.
  for (std::size_t i = 2; i < phones.size(); ++i) {
    const auto& mine = phones[i]->got[60].payload;
    const auto& other = phones[i - 2]->got;
    CHECK(std::any_of(other.begin() + 58, other.begin() + 63,
                      [&](const Got& got) { return got.payload == mine; }));
  }
  CHECK(rig.take<call::PlaybackDone>().empty());
}

TEST_CASE("a tone is heard with its frequency; spoken digits end with a word of it") {
  Talk call(Codec::kPcma, Codec::kPcma);
  call.rig.open(call.a.phone());
  call.rig.apply(
      call::MediaPlay{{1}, {3}, call::PlayTone{call::Tone::kDial, config::Country::kUs}, true});
  call.rig.pass(1s);
  const auto dial = call.a.heard();
  REQUIRE(dial.size() > 7000);
  const auto steady = std::span(dial).subspan(1600, 4800);
  CHECK(amplitude_at(steady, 350, 8000) > 500);  // North America: 350 and 440 Hz
  CHECK(amplitude_at(steady, 440, 8000) > 500);
  CHECK(call.rig.take<call::PlaybackDone>().empty());

  call.rig.apply(call::MediaPlay{{1}, {4}, call::PlayDigits{"104", "en"}, false});
  call.rig.pass(2s);
  const auto done = call.rig.take<call::PlaybackDone>();
  REQUIRE(done.size() == 1);
  CHECK(done[0].playback == core::PlaybackId{4});
  const auto digits = call.a.heard();
  CHECK(amplitude_at(std::span(digits).first(800), 697, 8000) > 500);  // "1": 697 and 1209 Hz
  const std::size_t after = call.a.phone().got.size();
  call.rig.pass(1s);
  CHECK(call.a.phone().got.size() == after);  // nothing to hear, nothing is sent
}

TEST_CASE("a file that is not there ends at once") {
  Talk call(Codec::kPcma, Codec::kPcma);
  call.rig.open(call.a.phone());
  call.rig.apply(call::MediaPlay{{1}, {9}, call::PlayFile{"/nowhere/x.wav"}, true});
  CHECK(call.rig.take<call::PlaybackDone>().size() == 1);
}

TEST_CASE("echo of another codec than the leg is sent") {
  Talk call(Codec::kPcmu, Codec::kPcmu);
  Phone& phone = call.a.phone();
  phone.params.receive.insert(phone.params.receive.begin(), format_of(Codec::kPcmu));
  phone.params.send = format_of(Codec::kPcma);
  call.rig.open(phone);
  call.rig.apply(call::MediaEcho{phone.leg});
  for (int i = 0; i < 50; ++i) {
    call.a.say(call.rig);
    call.rig.pass(20ms);
  }
  CHECK(call.rig.engine.path_of(phone.leg) == media::PathKind::kTick);
  CHECK(phone.got.size() >= 48);
  CHECK(phone.got.back().header.payload_type == 8);
}

TEST_CASE("packets of another length than ours are split and joined") {
  for (const std::uint16_t ptime : {std::uint16_t{10}, std::uint16_t{40}, std::uint16_t{60}}) {
    CAPTURE(ptime);
    Talk call(Codec::kPcmu, Codec::kPcma);
    call.b.phone().params.ptime_ms = ptime;
    call.connect();
    call.talk(120);
    const auto& got = call.b.phone().got;
    REQUIRE(got.size() >= 2300u / ptime - 5);
    CHECK(got.back().payload.size() == ptime * 8u);
    const auto heard = call.b.heard();
    CHECK(snr_db(std::span(heard).subspan(heard.size() / 2, 4000), 400, 8000) > 20);
  }
}

TEST_CASE("digits between legs, by how each carries them") {
  struct Case {
    const char* what;
    call::DtmfMode b;
    Codec codec_b;
    bool forwarded;
  };
  const Case cases[] = {
      {"packets relayed", call::DtmfMode::kRfc4733, Codec::kPcmu, true},
      {"packets made anew", call::DtmfMode::kRfc4733, Codec::kG722, true},
      {"left to INFO", call::DtmfMode::kInfo, Codec::kPcmu, false},
      {"left to INFO, transcoded", call::DtmfMode::kInfo, Codec::kPcma, false},
      {"as tones", call::DtmfMode::kInband, Codec::kPcmu, true},
      {"as tones, transcoded", call::DtmfMode::kInband, Codec::kPcma, true},
  };
  for (const Case& one : cases) {
    CAPTURE(std::string(one.what));
    Talk call(Codec::kPcmu, one.codec_b);
    call.b.phone().params.dtmf = one.b;
    call.connect();
    call.talk(20);
    (void)call.b.heard();
    call.press(call.a.phone(), 5);
    call.rig.pass(600ms);
    const auto digits = call.rig.take<call::MediaDigit>();
    REQUIRE(digits.size() == 1);
    CHECK(digits[0].digit == '5');
    CHECK(digits[0].leg == core::LegId{1});
    CHECK(digits[0].duration == 160ms);
    CHECK(digits[0].forwarded == one.forwarded);
    CHECK(digits_got(call.b.phone()) == (one.b == call::DtmfMode::kRfc4733 ? "5" : ""));
    if (one.b == call::DtmfMode::kInband) {
      const auto heard = call.b.heard();
      double loudest = 0;
      for (std::size_t at = 0; at + 400 < heard.size(); at += 200)
        loudest = std::max(loudest,
                           std::min(amplitude_at(std::span(heard).subspan(at, 400), 770, 8000),
                                    amplitude_at(std::span(heard).subspan(at, 400), 1336, 8000)));
      CHECK(loudest > 1000);
    }
    call.talk(20);
    CHECK(call.rig.engine.path_of({2}) != media::PathKind::kNone);
  }
}

TEST_CASE("tones of a leg become what the other side takes") {
  struct Case {
    const char* what;
    call::DtmfMode b;
    bool forwarded;
  };
  const Case cases[] = {{"packets", call::DtmfMode::kRfc4733, true},
                        {"INFO", call::DtmfMode::kInfo, false},
                        {"tones", call::DtmfMode::kInband, true}};
  for (const Case& one : cases) {
    CAPTURE(std::string(one.what));
    Talk call(Codec::kPcmu, Codec::kPcmu);
    call.a.phone().params.dtmf = call::DtmfMode::kInband;
    call.b.phone().params.dtmf = one.b;
    call.connect();
    call.talk(20);
    (void)call.b.heard();
    media::ToneGenerator tone(*media::dtmf_tone('8', 200ms, 200ms), 8000);
    const auto encoder = std::move(*media::make_encoder(format_of(Codec::kPcmu)));
    for (int i = 0; i < 40; ++i) {
      std::vector<std::int16_t> frame(160);
      tone.fill(frame);
      std::vector<std::uint8_t> payload(160);
      (void)encoder->encode(frame, payload);
      call.rig.say(call.a.phone(), payload);
      call.rig.pass(20ms);
    }
    const auto digits = call.rig.take<call::MediaDigit>();
    REQUIRE(digits.size() == 1);
    CHECK(digits[0].digit == '8');
    CHECK(digits[0].source == call::DigitSource::kInband);
    CHECK(digits[0].forwarded == one.forwarded);
    CHECK(digits_got(call.b.phone()) == (one.b == call::DtmfMode::kRfc4733 ? "8" : ""));
    const auto heard = call.b.heard();
    double tone_ms = 0;
    for (std::size_t at = 0; at + 160 <= heard.size(); at += 160)
      if (amplitude_at(std::span(heard).subspan(at, 160), 1336, 8000) > 1500) tone_ms += 20;
    if (one.b == call::DtmfMode::kInband)
      CHECK(tone_ms >= 160);
    else
      CHECK(tone_ms <= 40);
  }
}

TEST_CASE("pauses are described where that was agreed, and descriptions are heard as noise") {
  media::EngineOptions options;
  options.comfort_noise = true;
  MediaRig rig(options);
  AudioPhone a(rig.add_phone(1, Codec::kPcmu), 400), b(rig.add_phone(2, Codec::kPcma), 700);
  b.phone().params.send_noise = format_of(Codec::kComfortNoise);
  a.phone().params.receive.push_back(format_of(Codec::kComfortNoise));
  rig.open(a.phone());
  rig.open(b.phone());
  rig.apply(call::MediaConnect{{1}, {2}});
  for (int i = 0; i < 50; ++i) {
    a.say(rig);
    rig.pass(20ms);
  }
  rig.pass(1s);
  const auto noise = [&] {
    return std::count_if(b.phone().got.begin(), b.phone().got.end(),
                         [](const Got& got) { return got.header.payload_type == 13; });
  };
  CHECK(noise() >= 1);
  const std::size_t before = b.phone().got.size();
  rig.pass(4s);
  CHECK(b.phone().got.size() - before < 30);
  check_continuous(b.phone().got, 8000, 45ms);
  (void)b.heard();
  // A describes its silence as loud: B hears noise though no audio comes.
  Phone& phone = a.phone();
  rig.send_as(phone, phone.address, {13, false, phone.sequence++, phone.timestamp, phone.ssrc},
              {30});
  rig.pass(1s);
  const auto heard = b.heard();
  REQUIRE(heard.size() > 4000);
  CHECK(rms(std::span(heard).last(2000)) > 100);
}

TEST_CASE("control sends a digit into a relayed call, which then goes on") {
  Talk call(Codec::kPcmu, Codec::kPcmu);
  call.connect();
  call.talk(20);
  call.rig.apply(call::MediaSendDigit{{2}, '7', 120ms});
  call.rig.apply(call::MediaSendDigit{{2}, '#', 120ms});
  call.talk(60);
  CHECK(digits_got(call.b.phone()) == "7#");
  const auto& got = call.b.phone().got;
  CHECK(got.back().header.payload_type == 0);
  for (std::size_t i = 1; i < got.size(); ++i)
    CHECK(got[i].header.sequence == static_cast<std::uint16_t>(got[i - 1].header.sequence + 1));
  CHECK(call.rig.engine.path_of({2}) == media::PathKind::kRelay);
  CHECK(call.rig.engine.census().tick_paths == 0);
}

TEST_CASE("ticks that were missed in a stall are made up for within bounds") {
  Talk call(Codec::kPcmu, Codec::kPcma);
  call.connect();
  call.talk(50);
  const std::size_t before = call.b.phone().got.size();
  call.rig.now += 2s;  // the process did not run
  call.rig.engine.on_time(call.rig.now);
  call.rig.pass(0ms);
  call.rig.apply(call::MediaQuery{{1}, {}});
  CHECK(call.b.phone().got.size() - before <= media::Engine::kCatchUpMax + 2);
}
