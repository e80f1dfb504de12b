// Who gets in: denied and banned addresses, scanners, floods, and that telephones and calls do not
// suffer from what is done against them.
#include <cstdlib>
#include <future>
#include <map>

#include <fmt/format.h>

#include "tests/sip/stack_fixture.h"
#include "tests/support/tls_peer.h"

using namespace pbx;
using namespace pbx::test;

namespace {

constexpr const char* kStranger = "127.0.0.66";

config::Guard& guard_of(config::Config& config) { return config.profiles["phones"].guard; }

core::IpPrefix prefix(std::string_view text) { return *core::parse_ip_prefix(text); }

std::string request(const SipPeer& peer, std::string_view method, std::string_view headers = {}) {
  static unsigned count = 0;
  ++count;
  return fmt::format(
      "{} sip:x@strowger SIP/2.0\r\nVia: {}\r\nFrom: <sip:a@b>;tag=g{}\r\nTo: "
      "<sip:101@strowger>\r\n"
      "Call-ID: guard{}\r\nCSeq: 1 {}\r\nContact: <sip:a@{}>\r\nMax-Forwards: 70\r\n{}"
      "Content-Length: 0\r\n\r\n",
      method, peer.via(fmt::format("g{}", count)), count, count, method, peer.host_port(), headers);
}

// 0: no answer.
int ask(SipPeer& peer, std::string_view method = "OPTIONS", std::string_view headers = {}) {
  peer.send(request(peer, method, headers));
  return peer.expect_final(500ms).status();
}

std::vector<sip::Suspect> suspects(Exchange& exchange) {
  std::promise<std::vector<sip::Suspect>> told;
  exchange.stack.list_guard([&told](std::vector<sip::Suspect> list, core::WallAnchor) {
    told.set_value(std::move(list));
  });
  return told.get_future().get();
}

void trust_trunk(config::Config& config, const char* address) {
  config::Trunk trunk;
  trunk.name = "mts";
  trunk.profile = "phones";
  trunk.servers = {{config::Transport::kUdp, address, 5060}};
  trunk.health.interval = 0ms;
  config.trunks["mts"] = trunk;
}

// The challenge of a REGISTER without credentials.
std::string nonce_for(SipPeer& peer) {
  peer.send(request(peer, "REGISTER"));
  return peer.expect_final().header("WWW-Authenticate");
}

std::string credentials(const std::string& challenge, unsigned count = 1) {
  return fmt::format("Authorization: {}\r\n",
                     authorize(challenge, "101", kPassword, "REGISTER", "sip:x@strowger", count));
}

// How many of `times` requests are answered with each status.
std::map<int, int> flood(SipPeer& peer, int times, std::string_view method = "OPTIONS") {
  for (int i = 0; i < times; ++i) peer.send(request(peer, method));
  std::map<int, int> answers;
  while (const auto answer = peer.receive(300ms)) ++answers[answer->status()];
  return answers;
}

}  // namespace

TEST_CASE("a denied address gets nothing over UDP, not even for rubbish, and is counted") {
  auto config = test_config();
  guard_of(*config).deny = {prefix("127.0.0.64/28")};
  Exchange exchange(config);
  SipPeer stranger(SipPeer::Kind::kUdp, exchange.address(), kStranger);
  stranger.send(request(stranger, "OPTIONS"));
  stranger.send("OPTIONS sip:x SIP/2.0\r\nVia: " + stranger.via("bad") + "\r\n\r\n");
  CHECK(stranger.is_silent(200ms));
  CHECK(exchange.counters().denied_dropped == 2);
  CHECK(exchange.counters().requests_received == 0);
  SipPeer other(SipPeer::Kind::kUdp, exchange.address(), "127.0.0.80");
  CHECK(ask(other) == 200);
}

TEST_CASE("the connection of a denied address is closed at its first word") {
  auto config = test_config();
  guard_of(*config).deny = {prefix("127.0.0.64/28")};
  Exchange exchange(config);
  SipPeer stranger(SipPeer::Kind::kTcp, exchange.address(call::Transport::kTcp), kStranger);
  stranger.send(request(stranger, "OPTIONS"));
  CHECK(stranger.is_silent(200ms));
  CHECK(comes_true([&] { return exchange.counters().denied_dropped >= 1; }));
  SipPeer other(SipPeer::Kind::kTcp, exchange.address(call::Transport::kTcp));
  CHECK(ask(other) == 200);
}

TEST_CASE("TLS is not even begun with a denied address") {
  const TlsFiles files;
  const auto config = tls_config(files);
  guard_of(*config).allow = {prefix("192.0.2.0/24")};
  Exchange exchange(config);
  CHECK_THROWS(TlsPeer(exchange.address(call::Transport::kTls)));
  // The peer sees the end of the connection before the exchange has written it down.
  CHECK(comes_true([&] { return exchange.counters().denied_dropped == 1; }));
}

TEST_CASE("the lists change at once, and a trunk gets in whatever they say") {
  auto config = test_config();
  Exchange exchange(config);
  SipPeer stranger(SipPeer::Kind::kUdp, exchange.address(), kStranger);
  CHECK(ask(stranger) == 200);
  auto denying = std::make_shared<config::Config>(*config);
  guard_of(*denying).allow = {prefix("127.0.0.1")};
  exchange.stack.apply(denying);
  exchange.settle();
  CHECK(ask(stranger) == 0);
  auto trusting = std::make_shared<config::Config>(*denying);
  trust_trunk(*trusting, kStranger);
  exchange.stack.apply(trusting);
  exchange.settle();
  CHECK(ask(stranger) == 200);
}

TEST_CASE("a scanner is banned at its first word, listed by its name, and lifted") {
  Exchange exchange;
  SipPeer scanner(SipPeer::Kind::kUdp, exchange.address(), kStranger);
  CHECK(ask(scanner, "OPTIONS", "User-Agent: Friendly-Scanner\r\n") == 0);
  CHECK(ask(scanner) == 0);
  const auto list = suspects(exchange);
  REQUIRE(list.size() == 1);
  CHECK(list[0].address == *core::parse_ip(kStranger));
  CHECK(list[0].banned_until.has_value());
  CHECK(sip::reason_of(list[0]) == "scanner Friendly-Scanner");
  CHECK(exchange.counters().bans == 1);
  CHECK(exchange.counters().banned_dropped == 1);
  SipPeer other(SipPeer::Kind::kUdp, exchange.address());
  CHECK(ask(other, "OPTIONS", "User-Agent: Yealink SIP-T46S\r\n") == 200);
  exchange.stack.lift_ban(list[0].address, [](bool) {});
  exchange.settle();
  CHECK(ask(scanner) == 200);
}

TEST_CASE("a ban does not cost the calls in progress at its address") {
  Exchange exchange;
  Phone phone(exchange, "101");
  static_cast<void>(answered_call(exchange, phone));
  SipPeer scanner(SipPeer::Kind::kUdp, exchange.address());  // behind the same NAT
  CHECK(ask(scanner, "OPTIONS", "User-Agent: sipvicious\r\n") == 0);
  CHECK(ask(phone.peer) == 0);
  phone.send_in_dialog("UPDATE");
  CHECK(phone.peer.expect_final().status() == 200);
  phone.send_in_dialog("BYE");
  CHECK(phone.peer.expect_final().status() == 200);
  static_cast<void>(exchange.events.wait<call::LegEnded>());
}

TEST_CASE("names of scanners are configured, and a trunk may bear one") {
  auto config = test_config();
  guard_of(*config).banned_agents = {"odd one"};
  trust_trunk(*config, "127.0.0.5");
  Exchange exchange(config);
  SipPeer trunk(SipPeer::Kind::kUdp, exchange.address(), "127.0.0.5");
  CHECK(ask(trunk, "OPTIONS", "User-Agent: odd one\r\n") == 200);
  SipPeer stranger(SipPeer::Kind::kUdp, exchange.address(), kStranger);
  CHECK(ask(stranger, "OPTIONS", "User-Agent: sipvicious\r\n") == 200);
  CHECK(ask(stranger, "OPTIONS", "User-Agent: The Odd One 3\r\n") == 0);
}

TEST_CASE("names that do not exist count like wrong passwords") {
  auto config = test_config();
  guard_of(*config).failures_max = 3;
  Exchange exchange(config);
  Phone stranger(exchange, "999", SipPeer::Kind::kUdp, kStranger);
  for (int i = 0; i < 3; ++i) CHECK(stranger.register_contact().status() == 401);
  CHECK(ask(stranger.peer) == 0);
  const auto list = suspects(exchange);
  REQUIRE(list.size() == 1);
  CHECK(sip::reason_of(list[0]) == "wrong passwords");
}

TEST_CASE("who asks on and on without a password is banned") {
  auto config = test_config();
  guard_of(*config).requests_per_second = 0;
  Exchange exchange(config);
  SipPeer stranger(SipPeer::Kind::kUdp, exchange.address(), kStranger);
  for (int i = 0; i < 300; ++i) REQUIRE(ask(stranger, "REGISTER") == 401);
  exchange.advance(11s);
  CHECK(ask(stranger, "INVITE") == 401);
  CHECK(ask(stranger, "INVITE") == 0);
  CHECK(sip::reason_of(suspects(exchange).at(0)) == "no password given");
}

TEST_CASE("a telephone that registers, even with old nonces, is never banned") {
  auto config = test_config();
  guard_of(*config).failures_max = 1;
  guard_of(*config).requests_per_second = 0;
  config->profiles["phones"].digest.nonce_life = 10s;
  Exchange exchange(config);
  Phone phone(exchange, "101");
  for (int i = 0; i < 20; ++i) CHECK(phone.register_contact().status() == 200);
  const std::string nonce = nonce_for(phone.peer);
  exchange.advance(11s);
  for (unsigned i = 1; i <= 310; ++i) {
    phone.peer.send(request(phone.peer, "REGISTER", credentials(nonce, i)));
    const SipText answer = phone.peer.expect_final();
    REQUIRE(answer.header("WWW-Authenticate").find("stale=true") != std::string::npos);
  }
  exchange.advance(11s);
  CHECK(ask(phone.peer, "REGISTER", credentials(nonce, 311)) == 401);
  CHECK(phone.register_contact().status() == 200);
  CHECK(exchange.counters().bans == 0);
  CHECK(suspects(exchange).empty());
}

TEST_CASE("one source that sends too fast is dropped, others and right passwords are not") {
  auto config = test_config();
  guard_of(*config).requests_per_second = 5;
  Exchange exchange(config);
  Phone phone(exchange, "101", SipPeer::Kind::kUdp, kStranger);
  static_cast<void>(answered_call(exchange, phone));
  const std::string nonce = nonce_for(phone.peer);
  SipPeer stranger(SipPeer::Kind::kUdp, exchange.address(), kStranger);  // behind the same NAT
  CHECK(flood(stranger, 30)[200] <= 4);
  CHECK(exchange.counters().rate_dropped >= 26);
  phone.send_in_dialog("UPDATE");
  CHECK(phone.peer.expect_final().status() == 200);
  CHECK(ask(phone.peer, "REGISTER", credentials(nonce)) == 200);
  SipPeer other(SipPeer::Kind::kUdp, exchange.address());
  CHECK(ask(other) == 200);
  phone.send_in_dialog("BYE");
  CHECK(phone.peer.expect_final().status() == 200);
}

TEST_CASE("too many requests of all together get 503, calls and right passwords do not") {
  auto config = test_config();
  guard_of(*config).unauthenticated_per_second = 5;
  Exchange exchange(config);
  Phone phone(exchange, "101");
  static_cast<void>(answered_call(exchange, phone));
  const std::string nonce = nonce_for(phone.peer);
  SipPeer stranger(SipPeer::Kind::kUdp, exchange.address(), kStranger);
  for (int i = 0; i < 30; ++i) stranger.send(request(stranger, "OPTIONS"));
  int served = 0, refused = 0;
  while (const auto answer = stranger.receive(300ms)) {
    served += answer->status() == 200;
    if (answer->status() != 503) continue;
    ++refused;
    const int after = std::atoi(answer->header("Retry-After").c_str());
    CHECK((after >= 1 && after <= 10));
  }
  CHECK(served <= 4);
  CHECK(served + refused == 30);
  CHECK(exchange.counters().rate_refused >= 26);
  CHECK(ask(phone.peer, "REGISTER", credentials(nonce)) == 200);
  phone.send_in_dialog("BYE");
  CHECK(phone.peer.expect_final().status() == 200);
}

TEST_CASE("trunks and trusted hosts are not limited") {
  auto config = test_config();
  auto& guard = guard_of(*config);
  guard.requests_per_second = 2;
  guard.unauthenticated_per_second = 2;
  guard.trusted = {prefix("127.0.0.6")};
  trust_trunk(*config, "127.0.0.5");
  Exchange exchange(config);
  for (const char* ip : {"127.0.0.5", "127.0.0.6"}) {
    CAPTURE(ip);
    SipPeer peer(SipPeer::Kind::kUdp, exchange.address(), ip);
    CHECK(flood(peer, 30)[200] == 30);
  }
}

TEST_CASE("a call can be made and cancelled while its source is at its limit") {
  auto config = test_config();
  guard_of(*config).requests_per_second = 5;
  Exchange exchange(config);
  Phone phone(exchange, "101");
  phone.invite({.to = "102", .body = phone.offer()});
  static_cast<void>(exchange.events.wait<call::LegIncoming>());
  SipPeer stranger(SipPeer::Kind::kUdp, exchange.address());
  static_cast<void>(flood(stranger, 30));
  phone.cancel();
  CHECK(phone.peer.expect_status(200).status() == 200);
  static_cast<void>(exchange.events.wait<call::LegEnded>());
}
