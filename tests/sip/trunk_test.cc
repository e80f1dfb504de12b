// Trunks in a live stack: who calls, where calls go, what they carry.
#include <thread>

#include <fmt/format.h>

#include "tests/sip/stack_fixture.h"

using namespace pbx;
using namespace pbx::test;

namespace {

// The server of a provider, as text.
struct Provider {
  explicit Provider(std::string ip) : peer(SipPeer::Kind::kUdp, {}, std::move(ip)) {}

  [[nodiscard]] config::ServerAddress address() const {
    return {config::Transport::kUdp, peer.local().ip.text(), peer.local().port};
  }
  void invite(const Exchange& exchange, std::string_view uri, std::string_view to,
              std::string_view headers) {
    peer.set_server(exchange.address());
    ++calls;
    peer.send(fmt::format(
        "INVITE {} SIP/2.0\r\nVia: {}\r\nTo: {}\r\nCall-ID: call{}\r\n"
        "CSeq: 1 INVITE\r\nMax-Forwards: 70\r\nContact: <sip:p@{}>\r\n{}"
        "Content-Length: 0\r\n\r\n",
        uri, peer.via(fmt::format("b{}", calls)), to, calls, peer.host_port(), headers));
  }

  SipPeer peer;
  unsigned calls = 0;
};

config::Trunk trunk_to(const Provider& provider, std::string name = "mts") {
  config::Trunk trunk;
  trunk.name = std::move(name);
  trunk.profile = "phones";
  trunk.servers = {provider.address()};
  trunk.health.interval = 0ms;
  return trunk;
}

std::shared_ptr<config::Config> config_with(const config::Trunk& trunk) {
  auto config = test_config();
  config->trunks[trunk.name] = trunk;
  return config;
}

call::SipInvite invite_by(std::string trunk) {
  call::SipInvite command;
  command.leg = core::LegId{900};
  command.trunk = std::move(trunk);
  command.from = {"+74950000000", "Office"};
  command.to = {"+79104032212", ""};
  command.offer = audio();
  return command;
}

}  // namespace

TEST_CASE("a trunk tells where audio towards it comes from") {
  Provider provider("127.0.0.2");
  Exchange exchange(config_with(trunk_to(provider)));
  const auto change = exchange.events.wait<call::TrunkChanged>();
  CHECK(change.trunk == "mts");
  CHECK(change.local_ip.text() == "127.0.0.1");
}

TEST_CASE("who calls by a trunk stands in From, or where a trusted trunk asserts it") {
  struct Row {
    bool trusted;
    const char* headers;
    const char* number;
    const char* name;
    bool anonymous;
  };
  const std::string_view from = "From: \"Anna\" <sip:+74951111111@p>;tag=f\r\n";
  const std::string_view hidden = "From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=f\r\n";
  for (const Row& row : {
           Row{false, "", "+74951111111", "Anna", false},
           Row{false, "P-Asserted-Identity: <sip:+74952222222@p>\r\n", "+74951111111", "Anna",
               false},
           Row{true, "P-Asserted-Identity: \"Boris\" <sip:+74952222222@p>\r\n", "+74952222222",
               "Boris", false},
           Row{true, "P-Asserted-Identity: <sip:+74952222222@p>, <tel:+74953333333>\r\n",
               "+74952222222", "Anna", false},
           Row{true, "P-Asserted-Identity: <tel:+74953333333>\r\n", "+74953333333", "Anna", false},
           Row{true, "Remote-Party-ID: \"R\" <sip:+74954444444@p>;party=calling;privacy=off\r\n",
               "+74954444444", "R", false},
           Row{true, "Remote-Party-ID: <sip:+74954444444@p>;privacy=full\r\n", "+74954444444", "",
               true},
           Row{false, "Privacy: id\r\n", "+74951111111", "Anna", true},
           Row{true, "Privacy: id\r\nP-Asserted-Identity: <sip:+74952222222@p>\r\n", "+74952222222",
               "", true},
           Row{true, "hidden", "", "Anonymous", true},
       }) {
    CAPTURE(row.headers);
    Provider provider("127.0.0.2");
    config::Trunk trunk = trunk_to(provider);
    trunk.identity.trusted = row.trusted;
    Exchange exchange(config_with(trunk));
    const bool hides = std::string_view(row.headers) == "hidden";
    provider.invite(exchange, "sip:84951234567@exchange", "<sip:84951234567@exchange>",
                    fmt::format("{}{}", hides ? hidden : from, hides ? "" : row.headers));
    const auto event = exchange.events.wait<call::LegIncoming>();
    CHECK(event.trunk == "mts");
    CHECK(event.extension.empty());
    CHECK(event.caller.number == row.number);
    CHECK(event.caller.name == row.name);
    CHECK(event.anonymous == row.anonymous);
  }
}

TEST_CASE("the number dialled is where the trunk says") {
  struct Row {
    config::DidSource source;
    const char* user;
    const char* header;
    const char* did;
  };
  for (const Row& row : {
           Row{config::DidSource::kRequestUri, "84951234567", "", "84951234567"},
           Row{config::DidSource::kRequestUri, "account", "", "74957654321"},
           Row{config::DidSource::kTo, "84951234567", "", "74957654321"},
           Row{config::DidSource::kHeader, "84951234567",
               "P-Called-Party-ID: <sip:74959999999@p>\r\n", "74959999999"},
           Row{config::DidSource::kHeader, "84951234567", "", "84951234567"},
       }) {
    CAPTURE(row.user);
    Provider provider("127.0.0.2");
    config::Trunk trunk = trunk_to(provider);
    trunk.identity.did = row.source;
    trunk.identity.did_header = "P-Called-Party-ID";
    trunk.login = {"account", config::Secret("secret"), {}};
    trunk.registration.enabled = true;
    Exchange exchange(config_with(trunk));
    provider.invite(exchange, fmt::format("sip:{}@exchange", row.user), "<sip:74957654321@p>",
                    fmt::format("From: <sip:1@p>;tag=f\r\n{}", row.header));
    CHECK(exchange.events.wait<call::LegIncoming>().dialed == row.did);
  }
}

TEST_CASE("what a trunk is told of caller, diversion and privacy") {
  struct Row {
    const char* what;
    bool trusted, anonymous, rpid;
    const char *from, *asserted, *remote_party, *privacy;
  };
  for (const Row& row : {
           Row{"plain", false, false, false, "\"Office\" <sip:+74950000000@", "+74950000000", "",
               ""},
           Row{"plain with RPID", false, false, true, "\"Office\" <sip:+74950000000@",
               "+74950000000", "privacy=off", ""},
           Row{"hidden", false, true, true, "<sip:anonymous@anonymous.invalid>", "", "", "id"},
           Row{"hidden, trusted", true, true, true, "<sip:anonymous@anonymous.invalid>",
               "+74950000000", "privacy=full", "id"},
       }) {
    CAPTURE(row.what);
    Provider provider("127.0.0.2");
    config::Trunk trunk = trunk_to(provider);
    trunk.identity.trusted = row.trusted;
    trunk.identity.remote_party_id = row.rpid;
    Exchange exchange(config_with(trunk));
    call::SipInvite command = invite_by("mts");
    command.anonymous = row.anonymous;
    command.diversions = {{"+74958888888", "unconditional"}};
    exchange.stack.post(command);
    const SipText invite = provider.peer.expect("INVITE");
    const auto has = [&](const char* header, const char* part) {
      const std::string value = invite.header(header);
      return *part == 0 ? value.empty() : value.find(part) != std::string::npos;
    };
    CHECK(invite.request_uri() == fmt::format("sip:+79104032212@{}", provider.peer.host_port()));
    CHECK(has("From", row.from));
    CHECK(has("P-Asserted-Identity", row.asserted));
    CHECK(has("Remote-Party-ID", row.remote_party));
    CHECK(has("Privacy", row.privacy));
    CHECK(has("Diversion", "sip:+74958888888@"));
    CHECK(has("History-Info", "+74958888888"));
    CHECK(invite.header("To").find("+79104032212") != std::string::npos);
  }
}

TEST_CASE("an account in From and none of the diversions, where the provider wants it so") {
  Provider provider("127.0.0.2");
  config::Trunk trunk = trunk_to(provider);
  trunk.identity.from_user = "account";
  trunk.identity.from_domain = "sip.example.com";
  trunk.identity.diversion = trunk.identity.history_info = false;
  Exchange exchange(config_with(trunk));
  call::SipInvite command = invite_by("mts");
  command.diversions = {{"+74958888888", "unconditional"}};
  exchange.stack.post(command);
  const SipText invite = provider.peer.expect("INVITE");
  CHECK(invite.header("From").find("<sip:account@sip.example.com>") != std::string::npos);
  CHECK(invite.header("P-Asserted-Identity").find("+74950000000@sip.example.com") !=
        std::string::npos);
  CHECK(invite.header("Diversion").empty());
  CHECK(invite.header("History-Info").empty());
}

TEST_CASE("a silent server is followed by the next, with a dialog of its own") {
  Provider first("127.0.0.2"), second("127.0.0.3");
  config::Trunk trunk = trunk_to(first);
  trunk.servers.push_back(second.address());
  Exchange exchange(config_with(trunk));
  exchange.stack.post(invite_by("mts"));
  const SipText one = first.peer.expect("INVITE");
  exchange.advance(2000ms);
  const SipText two = second.peer.expect("INVITE");
  CHECK(two.header("Call-ID") != one.header("Call-ID"));
  second.peer.set_server(exchange.address());
  second.peer.reply(two, 486);
  CHECK(exchange.events.wait<call::LegEnded>().cause.sip_status == 486);
}

TEST_CASE("503 goes to the next server, and with no other server to control") {
  Provider first("127.0.0.2"), second("127.0.0.3");
  config::Trunk trunk = trunk_to(first);
  trunk.servers.push_back(second.address());
  Exchange exchange(config_with(trunk));
  exchange.stack.post(invite_by("mts"));
  first.peer.set_server(exchange.address());
  second.peer.set_server(exchange.address());
  first.peer.reply(first.peer.expect("INVITE"), 503);
  second.peer.reply(second.peer.expect("INVITE"), 503);
  CHECK(exchange.events.wait<call::LegEnded>().cause.sip_status == 503);
}

TEST_CASE("any answer stops the wait for one") {
  Provider provider("127.0.0.2");
  Exchange exchange(config_with(trunk_to(provider)));
  exchange.stack.post(invite_by("mts"));
  provider.peer.set_server(exchange.address());
  provider.peer.reply(provider.peer.expect("INVITE"), 100);
  for (int i = 0; i < 100 && exchange.counters().responses_received == 0; ++i)
    std::this_thread::sleep_for(10ms);
  exchange.advance(4000ms);
  CHECK(exchange.events.none<call::LegEnded>(200ms));
}

TEST_CASE("an answer whose Contact cannot be read is acknowledged where the call went") {
  Provider provider("127.0.0.2");
  Exchange exchange(config_with(trunk_to(provider)));
  exchange.stack.post(invite_by("mts"));
  provider.peer.set_server(exchange.address());
  const SipText invite = provider.peer.expect("INVITE");
  provider.peer.reply(invite, 200, "peertag", "Contact: <sip:gateway@127.0.0.2:5060\r\n",
                      sdp_text({*core::parse_ip("127.0.0.2"), 30000}));
  CHECK(provider.peer.expect("ACK").request_uri() == invite.request_uri());
  static_cast<void>(exchange.events.wait<call::LegAnswered>());
  exchange.stack.post(call::SipEnd{core::LegId{900}, core::causes::normal_clearing(), {}});
  CHECK(provider.peer.expect("BYE").request_uri() == invite.request_uri());
}

TEST_CASE("without a server or a trunk the leg ends at once") {
  Exchange exchange;
  exchange.stack.post(invite_by("nobody"));
  CHECK(exchange.events.wait<call::LegEnded>().cause.sip_status == 503);
}

namespace {

constexpr const char* kChallenge =
    "WWW-Authenticate: Digest realm=\"p\", nonce=\"{}\", qop=\"auth\", algorithm=MD5\r\n";

// A talking call by a trunk with a login; the provider has answered with this session timer.
core::LegId talk_by(Exchange& exchange, Provider& provider, std::string_view headers = {}) {
  exchange.stack.post(invite_by("mts"));
  const SipText invite = provider.peer.expect("INVITE");
  provider.peer.set_server(exchange.address());
  provider.peer.reply(invite, 200, "p1",
                      fmt::format("Contact: <sip:p@{}>\r\n{}", provider.peer.host_port(), headers),
                      sdp_text({*core::parse_ip("127.0.0.2"), 30000}));
  CHECK_FALSE(provider.peer.expect("ACK").text.empty());
  return exchange.events.wait<call::LegAnswered>().leg;
}

config::Trunk with_login(const Provider& provider) {
  config::Trunk trunk = trunk_to(provider);
  trunk.login = {"account", config::Secret("secret"), {}};
  return trunk;
}

}  // namespace

TEST_CASE("a refresh that a provider challenges is sent again with an answer, a wrong one once") {
  Provider provider("127.0.0.2");
  auto config = config_with(with_login(provider));
  config->profiles["phones"].session_timer.expires = 100s;
  Exchange exchange(config);
  talk_by(exchange, provider, "Session-Expires: 100;refresher=uac\r\n");
  exchange.advance(51s);
  const SipText first = provider.peer.expect("INVITE");
  CHECK(first.header("Authorization").empty());
  provider.peer.reply(first, 401, "", fmt::format(fmt::runtime(kChallenge), "n1"));
  const SipText second = provider.peer.expect("INVITE");
  CHECK(second.header("Authorization").find("nonce=\"n1\"") != std::string::npos);
  CHECK(second.header("CSeq") != first.header("CSeq"));
  CHECK(second.body() == first.body());
  provider.peer.reply(second, 401, "", fmt::format(fmt::runtime(kChallenge), "n1"));
  CHECK(exchange.events.none<call::LegEnded>(200ms));
}

TEST_CASE("a BYE that a provider challenges is sent again with an answer") {
  Provider provider("127.0.0.2");
  Exchange exchange(config_with(with_login(provider)));
  const core::LegId leg = talk_by(exchange, provider);
  exchange.stack.post(call::SipEnd{leg, core::causes::normal_clearing(), {}});
  const SipText first = provider.peer.expect("BYE");
  provider.peer.reply(first, 407, "",
                      "Proxy-Authenticate: Digest realm=\"p\", nonce=\"n2\", qop=\"auth\"\r\n");
  const SipText second = provider.peer.expect("BYE");
  CHECK(second.header("Proxy-Authorization").find("nonce=\"n2\"") != std::string::npos);
  provider.peer.reply(second, 200);
}
