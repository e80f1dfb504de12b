// tests/support/media_rig.h — an engine under virtual time with telephones made of plain bytes.
//
// Pure.  A Phone has an address, a codec and the numbers of its stream; the rig carries datagrams
// between phones and the engine without delay.

#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/call/media_command.h"
#include "media/engine.h"
#include "media/rtp_packet.h"
#include "tests/support/fake_network.h"

namespace pbx::test {

using namespace std::chrono_literals;

inline core::SocketAddress address(const std::string& text) {
  return *core::parse_socket_address(text);
}
inline call::Format format_of(call::Codec codec, int payload_type = -1) {
  const call::CodecInfo& info = call::info(codec);
  const int pt = payload_type >= 0               ? payload_type
                 : info.static_payload_type >= 0 ? info.static_payload_type
                                                 : 96;
  return {codec, static_cast<std::uint8_t>(pt), info.clock_hz, ""};
}

// A packet that a phone got.
struct Got {
  core::Instant at;
  media::RtpHeader header;
  std::vector<std::uint8_t> payload;
};

struct Phone {
  core::LegId leg;
  core::SocketAddress address;   // where it sends from and listens
  core::SocketAddress exchange;  // where it sends to
  call::MediaParams params;      // of its leg
  std::uint16_t sequence = 100;
  std::uint32_t timestamp = 4000;
  std::uint32_t ssrc = 0x1111;
  std::vector<Got> got;
  std::vector<std::vector<std::uint8_t>> got_rtcp;
  std::vector<std::vector<std::uint8_t>> got_other;  // on the RTP port, but no RTP
};

class MediaRig {
 public:
  explicit MediaRig(const media::EngineOptions& options = {}, media::RecorderTap* tap = nullptr)
      : engine(options, network, sounds, tap) {}

  Phone& add_phone(std::uint64_t leg, call::Codec codec) {
    auto phone = std::make_unique<Phone>();
    phone->leg = {leg};
    phone->address = test::address("10.0.0." + std::to_string(leg) + ":4000");
    phone->exchange = test::address("10.1.0.1:" + std::to_string(20000 + 2 * leg));
    phone->ssrc = static_cast<std::uint32_t>(0x1111 * leg);
    phone->params.remote_rtp = phone->address;
    phone->params.remote_rtcp = phone->address;
    ++phone->params.remote_rtcp.port;
    phone->params.send = format_of(codec);
    phone->params.receive = {format_of(codec), {call::Codec::kTelephoneEvent, 101, 8000, "0-16"}};
    phone->params.send_dtmf = phone->params.receive.back();
    phones.push_back(std::move(phone));
    return *phones.back();
  }
  void open(const Phone& phone) {
    apply(call::MediaOpen{phone.leg, core::CallId{1}, phone.exchange, phone.params});
  }
  void update(const Phone& phone) { apply(call::MediaUpdate{phone.leg, phone.params}); }
  void apply(const call::MediaCommand& command) {
    engine.apply(now, command);
    carry();
  }

  // The phone sends a payload; its timestamp advances by `ticks` afterwards.
  void say(Phone& phone, const std::vector<std::uint8_t>& payload, std::uint32_t ticks = 160) {
    send_as(phone, phone.address,
            {phone.params.receive.front().payload_type, false, phone.sequence++, phone.timestamp,
             phone.ssrc},
            payload);
    phone.timestamp += ticks;
  }
  void send_as(const Phone& phone, const core::SocketAddress& from, const media::RtpHeader& header,
               const std::vector<std::uint8_t>& payload) {
    std::vector<std::uint8_t> bytes(media::kRtpHeaderBytes + payload.size());
    media::write_rtp(header, payload, bytes);
    deliver(phone, media::Port::kRtp, from, bytes);
  }
  void deliver(const Phone& phone, media::Port port, const core::SocketAddress& from,
               const std::vector<std::uint8_t>& bytes) {
    const auto slot = engine.slot_of(phone.leg);
    if (!slot) return;
    media::RtpPacket packet = engine.pool().copy(bytes);
    if (packet) engine.on_datagram(now, *slot, port, from, std::move(packet));
    carry();
  }

  // Lets time pass; the engine's deadlines are kept on the way.
  void pass(core::Duration time) {
    const core::Instant until = now + time;
    while (true) {
      const auto next = engine.next_deadline();
      if (!next || *next > until) break;
      now = std::max(now, *next);
      engine.on_time(now);
      carry();
    }
    now = until;
  }

  std::vector<call::MediaEvent> take_events() { return engine.take_events(); }
  // The events of one kind; the others are dropped.
  template <typename Event>
  std::vector<Event> take() {
    std::vector<Event> out;
    for (auto& event : engine.take_events())
      if (auto* one = std::get_if<Event>(&event)) out.push_back(std::move(*one));
    return out;
  }

  FakeNetwork network;
  media::SoundLibrary sounds{{}};
  media::Engine engine;
  core::Instant now{1000s};
  std::vector<std::unique_ptr<Phone>> phones;

 private:
  void carry() {
    for (Sent& sent : std::exchange(network.sent, {})) {
      for (const auto& phone : phones) {
        if (sent.to.ip != phone->address.ip) continue;
        if (sent.port == media::Port::kRtcp) {
          phone->got_rtcp.push_back(std::move(sent.bytes));
        } else if (const auto view = media::parse_rtp(sent.bytes); view) {
          phone->got.push_back({now, view->header, {view->payload.begin(), view->payload.end()}});
        } else {
          phone->got_other.push_back(std::move(sent.bytes));
        }
        break;
      }
    }
  }
};

// Checks that what a phone got is one stream: one SSRC, sequence numbers without a gap, timestamps
// that follow the clock within `slack`.
inline void check_continuous(const std::vector<Got>& got, std::uint32_t clock_hz,
                             core::Duration slack = 25ms) {
  for (std::size_t i = 1; i < got.size(); ++i) {
    CAPTURE(i);
    CHECK(got[i].header.ssrc == got[0].header.ssrc);
    CHECK(got[i].header.sequence == static_cast<std::uint16_t>(got[i - 1].header.sequence + 1));
    const auto ticks =
        static_cast<std::int32_t>(got[i].header.timestamp - got[i - 1].header.timestamp);
    const auto passed = std::chrono::duration<double>(got[i].at - got[i - 1].at).count() * clock_hz;
    CHECK(ticks >= 0);
    CHECK(std::abs(ticks - passed) <= std::chrono::duration<double>(slack).count() * clock_hz);
  }
}

}  // namespace pbx::test
