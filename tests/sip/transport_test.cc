// TCP, TLS and IPv6.
#include <openssl/crypto.h>

#include <atomic>
#include <thread>

#include <fmt/format.h>

#include "tests/sip/stack_fixture.h"
#include "tests/support/tls_peer.h"

using namespace pbx;
using namespace pbx::test;

TEST_CASE("a telephone on TCP is called back on its own connection") {
  Exchange exchange;
  Phone phone(exchange, "102", SipPeer::Kind::kTcp);
  CHECK(phone.register_contact().status() == 200);
  const auto binding = exchange.events.wait<call::BindingChanged>().binding;
  CHECK(binding.transport == call::Transport::kTcp);
  CHECK(binding.received == phone.peer.local());
  call::SipInvite command = invite_to(exchange, phone);
  command.next_hop = binding.received;
  command.transport = binding.transport;
  exchange.stack.post(command);
  const SipText invite = phone.peer.expect("INVITE");
  REQUIRE_FALSE(invite.text.empty());
  CHECK(invite.header("Via").find("SIP/2.0/TCP") == 0);
  CHECK(invite.header("Contact").find("transport=tcp") != std::string::npos);
  phone.answer(invite);
  CHECK_FALSE(phone.peer.expect("ACK").text.empty());
  static_cast<void>(exchange.events.wait<call::LegAnswered>());
  exchange.stack.post(call::SipEnd{command.leg, core::causes::normal_clearing(), {}});
  phone.peer.reply(phone.peer.expect("BYE"), 200);
}

TEST_CASE("a call over TCP from a telephone") {
  Exchange exchange;
  Phone phone(exchange, "101", SipPeer::Kind::kTcp);
  const core::LegId leg = answered_call(exchange, phone);
  exchange.stack.post(call::SipEnd{leg, core::causes::normal_clearing(), {}});
  CHECK_FALSE(phone.peer.expect("BYE").text.empty());
}

TEST_CASE("a keep-alive of a telephone on TCP is answered") {
  Exchange exchange;
  SipPeer peer(SipPeer::Kind::kTcp, exchange.address(call::Transport::kTcp));
  peer.send("\r\n\r\n");
  CHECK(peer.receive_raw(2000ms) == "\r\n");
}

TEST_CASE("two messages in one segment and one in two are both read") {
  Exchange exchange;
  SipPeer peer(SipPeer::Kind::kTcp, exchange.address(call::Transport::kTcp));
  const auto options = [&](int n) {
    return fmt::format(
        "OPTIONS sip:x@strowger SIP/2.0\r\nVia: {}\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:x@y>\r\n"
        "Call-ID: seg{}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
        peer.via(fmt::format("seg{}", n)), n);
  };
  peer.send(options(1) + options(2));
  CHECK(peer.expect_final().status() == 200);
  CHECK(peer.expect_final().status() == 200);
  const std::string third = options(3);
  peer.send(third.substr(0, 40));
  CHECK(peer.is_silent(100ms));
  peer.send(third.substr(40));
  CHECK(peer.expect_final().status() == 200);
}

TEST_CASE("calls over IPv6") {
  auto config = test_config();
  config->profiles["phones"].listen = {{config::Transport::kUdp, {*core::parse_ip("::1"), 0}},
                                       {config::Transport::kTcp, {*core::parse_ip("::1"), 0}}};
  Exchange exchange(config);
  Phone phone(exchange, "101", SipPeer::Kind::kUdp, "::1");
  phone.invite({.to = "102", .body = phone.offer()});
  const auto incoming = exchange.events.wait<call::LegIncoming>();
  CHECK(incoming.offer->rtp.ip == *core::parse_ip("::1"));
  CHECK(incoming.local_ip == *core::parse_ip("::1"));
  exchange.stack.post(call::SipProgress{incoming.leg, 180, {}});
  const SipText ringing = phone.peer.expect_status(180);
  CHECK(ringing.contact_uri().find("@[::1]:") != std::string::npos);
  Phone callee(exchange, "102", SipPeer::Kind::kUdp, "::1");
  static_cast<void>(answered_call_to(exchange, callee));
}

TEST_CASE("a call to a telephone on IPv6 leaves from the IPv6 address") {
  auto config = test_config();
  config->profiles["phones"].listen = {{config::Transport::kUdp, {*core::parse_ip("127.0.0.1"), 0}},
                                       {config::Transport::kUdp, {*core::parse_ip("::1"), 0}}};
  Exchange exchange(config);
  Phone phone(exchange, "102", SipPeer::Kind::kUdp, "::1");
  phone.peer.set_server(exchange.stack.addresses()[1].address);
  static_cast<void>(answered_call_to(exchange, phone));
}

TEST_CASE("one address of each family on one port") {
  auto config = test_config();
  config->profiles["phones"].listen = {{config::Transport::kUdp, {*core::parse_ip("0.0.0.0"), 0}},
                                       {config::Transport::kUdp, {*core::parse_ip("::1"), 0}}};
  Exchange exchange(config);
  REQUIRE(exchange.stack.addresses().size() == 2);
  const core::SocketAddress v4{*core::parse_ip("127.0.0.1"),
                               exchange.stack.addresses()[0].address.port};
  SipPeer peer(SipPeer::Kind::kUdp, v4);
  peer.send("OPTIONS sip:x@strowger SIP/2.0\r\nVia: " + peer.via("w") +
            "\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:x@y>\r\nCall-ID: w1\r\nCSeq: 1 OPTIONS\r\n"
            "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n");
  CHECK(peer.expect_final().status() == 200);
}

TEST_CASE("a call through a wildcard address names the address that the caller reached") {
  auto config = test_config();
  config->profiles["phones"].listen = {{config::Transport::kUdp, {*core::parse_ip("0.0.0.0"), 0}}};
  Exchange exchange(config);
  Phone phone(exchange, "102");
  phone.peer.set_server({*core::parse_ip("127.0.0.1"), exchange.address().port});
  CHECK(phone.register_contact().status() == 200);
  CHECK(exchange.events.wait<call::BindingChanged>().binding.local_ip ==
        *core::parse_ip("127.0.0.1"));
  exchange.stack.post(invite_to(exchange, phone));
  const SipText invite = phone.peer.expect("INVITE");
  CHECK(invite.header("Via").find("UDP 127.0.0.1:") != std::string::npos);
  CHECK(invite.contact_uri().find("@127.0.0.1:") != std::string::npos);
}

TEST_CASE("an address that is taken is named") {
  Exchange first;
  auto config = test_config();
  config->profiles["phones"].listen = {{config::Transport::kUdp, first.address()}};
  Events events;
  sip::StackOptions options;
  options.profile = "phones";
  options.config = config;
  sip::Stack second(options, events);
  const auto started = second.start();
  REQUIRE_FALSE(started.has_value());
  CHECK(started.error().detail.find(first.address().text()) != std::string::npos);
}

TEST_CASE("answers go where the request came from, whatever its Via says") {
  Exchange exchange;
  SipPeer peer(SipPeer::Kind::kUdp, exchange.address());
  peer.send(
      "OPTIONS sip:x@strowger SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:9;maddr=255.255.255.255;ttl=1;"
      "branch=z9hG4bKv\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:x@y>\r\nCall-ID: v1\r\n"
      "CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n");
  const SipText ok = peer.expect_final();
  CHECK(ok.status() == 200);
  CHECK(ok.header("Via").find("received=127.0.0.1") != std::string::npos);
  CHECK(ok.header("Via").find(fmt::format("rport={}", peer.local().port)) != std::string::npos);
}

TEST_CASE("TLS: a telephone registers and is called on its connection") {
  const TlsFiles files;
  const auto config = tls_config(files);
  Exchange exchange(config);
  TlsPeer peer(exchange.address(call::Transport::kTls));
  const std::string uri = "sip:strowger";
  const auto send_register = [&](unsigned cseq, const std::string& headers) {
    peer.send(fmt::format(
        "REGISTER {} SIP/2.0\r\nVia: SIP/2.0/TLS {};branch=z9hG4bKtls{}\r\n"
        "From: <sip:101@strowger>;tag=t\r\nTo: <sip:101@strowger>\r\nCall-ID: tls\r\n"
        "CSeq: {} REGISTER\r\nContact: <sip:101@{};transport=tls>\r\nMax-Forwards: 70\r\n{}"
        "Content-Length: 0\r\n\r\n",
        uri, peer.local().text(), cseq, cseq, peer.local().text(), headers));
  };
  send_register(1, "");
  const SipText challenge = peer.receive();
  REQUIRE(challenge.status() == 401);
  send_register(
      2, fmt::format("Authorization: {}\r\n", authorize(challenge.header("WWW-Authenticate"), "101",
                                                        kPassword, "REGISTER", uri)));
  CHECK(peer.receive().status() == 200);
  const auto binding = exchange.events.wait<call::BindingChanged>().binding;
  CHECK(binding.transport == call::Transport::kTls);
  call::SipInvite command;
  command.leg = core::LegId{1000};
  command.target_uri = binding.contact_uri;
  command.next_hop = binding.received;
  command.transport = binding.transport;
  command.from = {"102", ""};
  command.to = {"101", ""};
  command.offer = audio();
  exchange.stack.post(command);
  const SipText invite = peer.receive();
  CHECK(invite.method() == "INVITE");
  CHECK(invite.header("Via").find("SIP/2.0/TLS") == 0);
}

namespace {

// How many TLS connections of this process live; those of the peers count too.
std::atomic<int> tls_connections = 0;

void count_tls_connections() {
  static const int index = CRYPTO_get_ex_new_index(
      CRYPTO_EX_INDEX_SSL, 0, nullptr,
      [](void*, void*, CRYPTO_EX_DATA*, int, long, void*) { ++tls_connections; }, nullptr,
      [](void*, void*, CRYPTO_EX_DATA*, int, long, void*) { --tls_connections; });
  static_cast<void>(index);
}

}  // namespace

TEST_CASE("TLS: nothing stays of a connection that ended") {
  count_tls_connections();
  const TlsFiles files;
  const auto config = tls_config(files);
  Exchange exchange(config);
  const auto address = exchange.address(call::Transport::kTls);
  for (int i = 0; i < 3; ++i) TlsPeer(address).send("\r\n\r\n");
  TlsPeer last(address);  // the context that all share still works
  last.send("\r\n\r\n");
  for (int waited_ms = 0; tls_connections > 2 && waited_ms < 3000; waited_ms += 10)
    std::this_thread::sleep_for(10ms);
  CHECK(tls_connections == 2);  // both ends of the last
}

TEST_CASE("TLS: a stranger's failed handshake does no harm to the connection that is read next") {
  const TlsFiles files;
  const auto config = tls_config(files);
  Exchange exchange(config);
  const auto address = exchange.address(call::Transport::kTls);
  TlsPeer peer(address);
  SipPeer stranger(SipPeer::Kind::kTcp, address);
  stranger.send("OPTIONS sip:x@strowger SIP/2.0\r\n\r\n");
  CHECK(stranger.is_silent(100ms));  // but for an alert, which is no SIP
  peer.send_in_two(
      fmt::format("OPTIONS sip:x@strowger SIP/2.0\r\nVia: SIP/2.0/TLS {};branch=z9hG4bKq\r\n"
                  "From: <sip:a@b>;tag=1\r\nTo: <sip:x@y>\r\nCall-ID: q\r\n"
                  "CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
                  peer.local().text()),
      100ms);
  CHECK(peer.receive().status() == 200);
}
