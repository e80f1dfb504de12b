// Requests that are refused, and by what.
#include <fmt/format.h>

#include "tests/sip/stack_fixture.h"

using namespace pbx;
using namespace pbx::test;

namespace {

struct Raw {
  std::string method = "INVITE";
  std::string uri = "sip:102@strowger";
  std::string headers;
  std::string to_tag;
  std::string body;
};

std::string write(const SipPeer& peer, const Raw& raw) {
  static unsigned count = 0;
  ++count;
  const bool has_max = raw.headers.find("Max-Forwards") != std::string::npos;
  const bool has_contact = raw.headers.find("Contact") != std::string::npos;
  return fmt::format(
      "{} {} SIP/2.0\r\nVia: {}\r\nFrom: <sip:101@strowger>;tag=f{}\r\nTo: <sip:102@strowger>{}\r\n"
      "Call-ID: raw{}\r\nCSeq: 1 {}\r\n{}{}{}Content-Length: {}\r\n\r\n{}",
      raw.method, raw.uri, peer.via(fmt::format("r{}", count)), count, raw.to_tag, count,
      raw.method, has_max ? "" : "Max-Forwards: 70\r\n",
      has_contact ? "" : fmt::format("Contact: <sip:101@{}>\r\n", peer.host_port()), raw.headers,
      raw.body.size(), raw.body);
}

SipText ask(SipPeer& peer, const Raw& raw) {
  peer.send(write(peer, raw));
  return peer.expect_final();
}

}  // namespace

TEST_CASE("each request that cannot be served gets its status") {
  Exchange exchange;
  SipPeer peer(SipPeer::Kind::kUdp, exchange.address());
  struct Row {
    const char* what;
    Raw raw;
    int status;
    const char* header;
    const char* value;
  };
  const Row rows[] = {
      {"no credentials", {}, 401, "WWW-Authenticate", "algorithm=MD5"},
      {"no hops left", {.headers = "Max-Forwards: 0\r\n"}, 483, "", ""},
      {"an extension we lack",
       {.headers = "Require: nonsense\r\n"},
       420,
       "Unsupported",
       "nonsense"},
      {"a scheme we lack", {.uri = "http://example.com"}, 416, "", ""},
      {"a body we cannot read",
       {.headers = "Content-Type: text/html\r\n", .body = "<b>"},
       415,
       "Accept",
       "application/sdp"},
      {"an encoded body",
       {.headers = "Content-Type: application/sdp\r\nContent-Encoding: gzip\r\n", .body = "zzz"},
       415,
       "Accept-Encoding",
       "identity"},
      {"an answer it could not read", {.headers = "Accept: text/plain\r\n"}, 406, "", ""},
      {"a method we do not know", {.method = "DANCE"}, 501, "Allow", "INVITE"},
      {"a method we do not serve", {.method = "REFER"}, 405, "Allow", "INVITE"},
      {"a subscription", {.method = "SUBSCRIBE", .headers = "Event: presence\r\n"}, 489, "", ""},
      {"a dialog that is not there", {.method = "BYE", .to_tag = ";tag=nobody"}, 481, "", ""},
      {"a BYE without a dialog", {.method = "BYE"}, 481, "", ""},
      {"a CANCEL of nothing", {.method = "CANCEL"}, 481, "", ""},
      {"a MESSAGE without credentials",
       {.method = "MESSAGE", .headers = "Content-Type: text/plain\r\n", .body = "hi"},
       401,
       "",
       ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const SipText response = ask(peer, row.raw);
    CHECK(response.status() == row.status);
    if (*row.header) {
      bool found = false;
      for (const std::string& value : response.headers(row.header))
        found = found || value.find(row.value) != std::string::npos;
      CHECK(found);
    }
  }
}

TEST_CASE("a request with our own Via is a loop") {
  Exchange exchange;
  SipPeer peer(SipPeer::Kind::kUdp, exchange.address());
  const std::string via =
      fmt::format("Via: SIP/2.0/UDP {};branch=z9hG4bKours\r\n", exchange.address().text());
  CHECK(ask(peer, {.headers = via}).status() == 482);
}

TEST_CASE("a request merged on two ways is refused once it has a transaction") {
  Exchange exchange;
  Phone phone(exchange, "101");
  phone.invite({.to = "102", .body = phone.offer()});
  static_cast<void>(exchange.events.wait<call::LegIncoming>());
  // The same Call-ID, From tag and CSeq by another branch.
  phone.peer.send(
      fmt::format("INVITE {} SIP/2.0\r\nVia: {}\r\nFrom: {};tag={}\r\nTo: {}\r\nCall-ID: "
                  "{}\r\nCSeq: {} INVITE\r\n"
                  "Contact: <{}>\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
                  phone.invite_uri, phone.peer.via("other"), phone.from, phone.local_tag, phone.to,
                  phone.call_id, phone.invite_cseq, phone.contact()));
  CHECK(phone.peer.expect_final().status() == 482);
}

TEST_CASE("a session that expires too soon gets 422 with Min-SE") {
  Exchange exchange;
  Phone phone(exchange, "101");
  phone.invite({.to = "102",
                .headers = "Supported: timer\r\nSession-Expires: 60\r\n",
                .body = phone.offer()});
  const SipText refused = phone.peer.expect_final();
  CHECK(refused.status() == 422);
  CHECK(refused.header("Min-SE") == "90");
  CHECK(exchange.events.none<call::LegIncoming>(50ms));
}

TEST_CASE("where 100rel is required a caller without it gets 421") {
  auto config = test_config();
  config->profiles["phones"].reliable_provisional = config::ReliableProvisional::kRequired;
  Exchange exchange(config);
  SipPeer peer(SipPeer::Kind::kUdp, exchange.address());
  const SipText refused = ask(peer, {});
  CHECK(refused.status() == 421);
  CHECK(refused.header("Require") == "100rel");
}

TEST_CASE("of a trunk its own word counts for 100rel and session timers, not the profile's") {
  auto config = test_config();
  config::Profile& profile = config->profiles["phones"];
  profile.reliable_provisional = config::ReliableProvisional::kRequired;
  profile.session_timer.mode = config::SessionTimerMode::kOff;
  config::Trunk trunk;
  trunk.name = "mts";
  trunk.profile = "phones";
  trunk.addresses = {*core::parse_ip_prefix("127.0.0.66")};
  config->trunks["mts"] = trunk;
  Exchange exchange(config);
  SipPeer telephone(SipPeer::Kind::kUdp, exchange.address());
  CHECK(ask(telephone, {}).status() == 421);
  CHECK(ask(telephone, {.headers = "Require: timer\r\n"}).status() == 420);
  SipPeer provider(SipPeer::Kind::kUdp, exchange.address(), "127.0.0.66");
  for (const char* headers : {"", "Require: timer\r\nSupported: timer\r\n"}) {
    ask(provider, {.headers = headers});
    CHECK(exchange.events.wait<call::LegIncoming>().trunk == "mts");
  }
}

TEST_CASE("a domain that is not ours is not found") {
  auto config = test_config();
  config->profiles["phones"].sip_domains = {"strowger"};
  Exchange exchange(config);
  SipPeer peer(SipPeer::Kind::kUdp, exchange.address());
  for (const char* method : {"INVITE", "REGISTER", "MESSAGE"}) {
    CAPTURE(method);
    CHECK(ask(peer, {.method = method, .uri = "sip:elsewhere.example"}).status() == 404);
    CHECK(ask(peer, {.method = method, .uri = "sip:STROWGER"}).status() == 401);
    CHECK(ask(peer, {.method = method, .uri = "sip:127.0.0.1"}).status() == 401);
  }
}

TEST_CASE("a busy control and a draining stack refuse new calls with Retry-After") {
  Exchange exchange;
  SipPeer peer(SipPeer::Kind::kUdp, exchange.address());
  exchange.events.busy = true;
  const SipText refused = ask(peer, {});
  CHECK(refused.status() == 503);
  CHECK(refused.header("Retry-After") == "5");
  exchange.events.busy = false;
  CHECK(ask(peer, {}).status() == 401);
  exchange.stack.drain();
  exchange.settle();
  CHECK(ask(peer, {}).status() == 503);
}

TEST_CASE("a call in progress goes on while new ones are refused") {
  Exchange exchange;
  Phone phone(exchange, "101");
  static_cast<void>(answered_call(exchange, phone));
  exchange.events.busy = true;
  phone.send_in_dialog("UPDATE");
  CHECK(phone.peer.expect_final().status() == 200);
}

TEST_CASE("an unknown account is answered like a wrong password") {
  Exchange exchange;
  Phone phone(exchange, "999");
  phone.invite({.to = "102", .body = phone.offer()});
  CHECK(phone.peer.expect_final().status() == 401);
  CHECK(exchange.events.none<call::LegIncoming>(50ms));
}

TEST_CASE("a source that guesses passwords is heard late, then not at all") {
  auto config = test_config();
  config->profiles["phones"].guard.failures_max = 3;
  config->profiles["phones"].guard.answer_delay = 1000ms;
  Exchange exchange(config);
  Phone phone(exchange, "101");
  const auto guess = [&] {
    const SipText challenge = ask(phone.peer, {});
    if (challenge.text.empty()) return;
    phone.peer.send(write(
        phone.peer, {.headers = fmt::format("Authorization: {}\r\n",
                                            authorize(challenge.header("WWW-Authenticate"), "101",
                                                      "wrong", "INVITE", "sip:102@strowger"))}));
  };
  guess();
  CHECK(phone.peer.expect_final(200ms).text.empty());
  exchange.advance(1100ms);
  CHECK(phone.peer.expect_final().status() == 401);
  guess();
  guess();
  exchange.advance(10s);
  while (phone.peer.receive(200ms)) {
  }
  phone.peer.send(write(phone.peer, {}));
  CHECK(phone.peer.is_silent(200ms));
  CHECK(exchange.counters().bans == 1);
  exchange.advance(301s);
  CHECK(ask(phone.peer, {}).status() == 401);
}
