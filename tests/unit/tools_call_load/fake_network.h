// tests/unit/tools_call_load/fake_network.h
//
// World runs a CallEngine (and PhoneRequests) under virtual time.  Datagrams between our own
// sockets are delivered at once; those for the server are kept for the test, which answers as the
// server.

#pragma once

#include <doctest/doctest.h>

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "tools/call_load/call_engine.h"
#include "tools/call_load/phone_requests.h"

namespace pbx::call_load {

inline core::IpAddress loopback() { return *core::parse_ip("127.0.0.1"); }
inline core::SocketAddress server_address() { return {loopback(), 5060}; }

inline Options options_for(bool is_direct) {
  Options options;
  if (!is_direct) options.server = server_address();
  options.domain = "pbx.test";
  options.bind = loopback();
  options.callers = {"100", "101"};
  options.callees = {"150", "151", "152"};
  options.password = "secret";
  options.register_callees = false;
  options.calls = 1;
  options.hold = std::chrono::seconds(10);
  return options;
}

class FakeSip final : public SipPort {
 public:
  struct Sent {
    unsigned socket;
    core::SocketAddress to;
    std::string bytes;
  };
  explicit FakeSip(unsigned sockets) {
    for (unsigned i = 0; i < sockets; ++i)
      texts_.push_back("127.0.0.1:" + std::to_string(kPortBase + i));
  }

  void send(unsigned socket, const core::SocketAddress& to, std::string_view bytes) override {
    if (!is_lost || !is_lost(bytes)) sent.push_back({socket, to, std::string(bytes)});
  }
  core::SocketAddress local(unsigned socket) const override {
    return {loopback(), static_cast<std::uint16_t>(kPortBase + socket)};
  }
  std::string_view local_text(unsigned socket) const override { return texts_[socket]; }

  static constexpr unsigned kPortBase = 5100;
  std::deque<Sent> sent;
  std::function<bool(std::string_view)> is_lost;

 private:
  std::vector<std::string> texts_;
};

class FakeMedia final : public MediaPort {
 public:
  core::Result<core::SocketAddress> open(const MediaLeg& leg) override {
    if (is_full) return core::fail(core::ErrorCode::kLimitReached);
    legs[leg.index] = leg;
    log.push_back("open " + std::to_string(leg.index % 2));
    return core::SocketAddress{loopback(), static_cast<std::uint16_t>(40000 + 2 * leg.index)};
  }
  void connect(std::uint32_t leg, const core::SocketAddress& remote, Codec codec) override {
    log.push_back("connect " + std::to_string(leg % 2) + " " + std::to_string(remote.port) + " " +
                  std::string(to_text(codec)));
  }
  void start(std::uint32_t leg) override { log.push_back("start " + std::to_string(leg % 2)); }
  void pause(std::uint32_t leg) override { log.push_back("pause " + std::to_string(leg % 2)); }
  void close(std::uint32_t leg) override {
    log.push_back("close " + std::to_string(leg % 2));
    MediaReport report = result[leg % 2];
    report.leg = legs[leg];
    reports.push_back(report);
  }
  [[nodiscard]] bool has(std::string_view line) const {
    return std::find(log.begin(), log.end(), line) != log.end();
  }

  bool is_full = false;
  std::array<MediaReport, 2> result;  // what close() reports, by side
  std::vector<std::string> log;
  std::map<std::uint32_t, MediaLeg> legs;
  std::deque<MediaReport> reports;
};

class World {
 public:
  static constexpr std::uint32_t kRun = 0xabc;

  explicit World(const Options& given)
      : options(given),
        phones(options),
        sip(Phonebook::sockets(options)),
        logins(options.reuse_nonce, core::Random(1)),
        calls({options, phones, sip, media, logins, counters, core::Random(2), kRun}),
        requests({options, phones, sip, logins, counters, kRun}) {}

  // Delivers what is between our sockets, and media reports, until nothing moves.
  void settle() {
    while (!sip.sent.empty() || !media.reports.empty()) {
      if (!media.reports.empty()) {
        calls.on_media_report(now, media.reports.front());
        media.reports.pop_front();
        continue;
      }
      const FakeSip::Sent sent = std::move(sip.sent.front());
      sip.sent.pop_front();
      if (sent.to == server_address())
        to_server.push_back(sent);
      else
        receive(sent.to.port - FakeSip::kPortBase, sip.local(sent.socket), sent.bytes);
    }
  }

  // A datagram arrives.
  void receive(unsigned socket, const core::SocketAddress& from, const std::string& bytes) {
    const auto message = parse_sip(bytes);
    REQUIRE_MESSAGE(message.has_value(), bytes);
    const Incoming incoming{socket, from, bytes};
    if (message->is_request()) return calls.on_request(now, *message, incoming);
    const auto token = parse_token(message->branch(), kRun);
    REQUIRE(token.has_value());
    if (token->kind == Token::Kind::kPhone)
      requests.on_response(now, *message, *token);
    else
      calls.on_response(now, *message, *token);
  }

  void pass(core::Duration time) {
    const core::Instant end = now + time;
    settle();
    while (true) {
      const core::Instant next = std::min(calls.next_deadline(), requests.next_deadline());
      if (next > end) break;
      now = std::max(now, next);
      calls.on_time(now);
      requests.on_time(now);
      settle();
    }
    now = end;
  }

  // The next message that was sent to the server, which must begin with `start`.
  FakeSip::Sent taken(std::string_view start) {
    settle();
    REQUIRE_MESSAGE(!to_server.empty(), "nothing sent, expected " << start);
    const FakeSip::Sent sent = to_server.front();
    to_server.pop_front();
    CHECK_MESSAGE(sent.bytes.starts_with(start), sent.bytes);
    return sent;
  }

  // The server responds to `request`; `lines` are whole header lines, the To tag is "srv".
  void respond(const FakeSip::Sent& request, std::string_view status, std::string_view lines = "",
               std::string_view body = "") {
    const auto message = parse_sip(request.bytes);
    REQUIRE(message.has_value());
    std::string out = "SIP/2.0 " + std::string(status) + "\r\n";
    for (const std::string_view via : message->via.values())
      out += "Via: " + std::string(via) + "\r\n";
    out += "From: " + std::string((*message)[Header::kFrom]) + "\r\n";
    out += "To: " + std::string((*message)[Header::kTo]);
    if (message->to_tag().empty()) out += ";tag=srv";
    out += "\r\nCall-ID: " + std::string((*message)[Header::kCallId]) + "\r\n";
    out += "CSeq: " + std::string((*message)[Header::kCseq]) + "\r\n" + std::string(lines);
    out += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
    receive(request.socket, server_address(), out);
    settle();
  }

  // The server sends a request on its own; the tags stand in `from` and `to`.
  struct ServerRequest {
    std::string_view method = "INVITE";
    std::string uri = "sip:150@127.0.0.1:5101";
    std::string from = "<sip:100@pbx.test>;tag=srv2";
    std::string to = "<sip:150@pbx.test>";
    std::string call_id = "b-leg";
    std::uint32_t cseq = 1;
    std::string lines = "Contact: <sip:pbx@127.0.0.1:5060>\r\n";
    std::string body;
    unsigned socket = 1;
  };
  void request(const ServerRequest& request) {
    const std::string method(request.method);
    receive(
        request.socket, server_address(),
        method + " " + request.uri + " SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK" +
            request.call_id + std::to_string(request.cseq) + method + "\r\nFrom: " + request.from +
            "\r\nTo: " + request.to + "\r\nCall-ID: " + request.call_id +
            "\r\nCSeq: " + std::to_string(request.cseq) + " " + method + "\r\n" + request.lines +
            "Content-Length: " + std::to_string(request.body.size()) + "\r\n\r\n" + request.body);
    settle();
  }

  Options options;
  Phonebook phones;
  FakeSip sip;
  FakeMedia media;
  Authenticator logins;
  SipCounters counters;
  CallEngine calls;
  PhoneRequests requests;
  core::Instant now{std::chrono::seconds(1000)};
  std::deque<FakeSip::Sent> to_server;
};

inline std::string header_of(const std::string& message, Header header) {
  const auto parsed = parse_sip(message);
  return parsed ? std::string((*parsed)[header]) : "";
}

inline std::string sdp_of(std::uint16_t port, Codec codec = Codec::kPcmu,
                          Direction direction = Direction::kSendRecv) {
  LocalAudio audio;
  audio.rtp = {loopback(), port};
  audio.codec = codec;
  audio.direction = direction;
  std::string text;
  append_sdp(text, audio);
  return text;
}

// The sum over all outcomes must be what was begun.
inline void check_accounted(const CallStats& stats) {
  CHECK(stats.ok + stats.cancelled + stats.failed == stats.attempted);
  std::uint64_t causes = 0;
  for (const auto& [cause, count] : stats.failures) causes += count;
  CHECK(causes == stats.failed);
}

}  // namespace pbx::call_load
