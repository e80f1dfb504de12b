// Trunks over TLS: whose certificate is taken, whom the server is told we want, and what becomes
// of calls when there is no connection.
#include <fstream>
#include <thread>

#include <fmt/format.h>

#include "tests/sip/stack_fixture.h"
#include "tests/support/tls_peer.h"

using namespace pbx;
using namespace pbx::test;

namespace {

constexpr std::string_view kHost = "sip.example.test";

config::ServerAddress address_of(const TlsServer& server, config::Transport transport) {
  return {transport, "127.0.0.1", server.local().port};
}

// A profile that verifies, whose own certificate and only authority are `files`, and a trunk "mts"
// without servers.
std::shared_ptr<config::Config> verifying_config(const TlsFiles& files) {
  auto config = tls_config(files);
  config::Tls& tls = config->profiles["phones"].tls;
  tls.ca = files.certificate();
  tls.verify = config::TlsVerify::kRequired;
  config::Trunk trunk;
  trunk.name = "mts";
  trunk.profile = "phones";
  trunk.health.interval = 0ms;
  trunk.health.down_after = 1;
  config->trunks["mts"] = trunk;
  return config;
}

// The trunk goes to `server` and calls it `name`.
std::shared_ptr<config::Config> config_towards(const TlsServer& server, const TlsFiles& files,
                                               std::string_view name = kHost) {
  auto config = verifying_config(files);
  auto& trunk = config->trunks["mts"];
  trunk.servers = {{config::Transport::kTls, std::string(name), server.local().port}};
  trunk.proxy = address_of(server, config::Transport::kTls);
  return config;
}

call::SipInvite invite_to_trunk(std::uint64_t leg = 900) {
  call::SipInvite command;
  command.leg = core::LegId{leg};
  command.trunk = "mts";
  command.from = {"+74950000000", ""};
  command.to = {"+79104032212", ""};
  command.offer = audio();
  return command;
}

std::string reply_to(const SipText& invite, int status, const core::SocketAddress& local,
                     std::string_view headers = {}, std::string_view body = {}) {
  return fmt::format(
      "SIP/2.0 {} X\r\nVia: {}\r\nFrom: {}\r\nTo: {};tag=srv\r\nCall-ID: {}\r\nCSeq: {}\r\n"
      "Contact: <sip:x@{};transport=tls>\r\n{}Content-Length: {}\r\n\r\n{}",
      status, invite.header("Via"), invite.header("From"), invite.header("To"),
      invite.header("Call-ID"), invite.header("CSeq"), local.text(), headers, body.size(), body);
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// What the trunk is shown as once a failure has taken it down.
std::string reason_down(Exchange& exchange) {
  for (;;) {
    const auto change = exchange.events.wait<call::TrunkChanged>();
    if (change.state == call::TrunkChanged::State::kDown) return change.reason;
  }
}

}  // namespace

TEST_CASE("TLS: a trunk's server that shows its name gets the call, on one connection") {
  const TlsFiles files({"DNS:sip.example.test"});
  TlsServer server(files);
  Exchange exchange(config_towards(server, files));
  exchange.stack.post(invite_to_trunk());
  TlsPeer peer(server);
  const SipText invite = peer.receive();
  CHECK(has(invite.request_uri(), kHost));
  peer.send(reply_to(invite, 486, server.local()));
  CHECK(peer.receive().method() == "ACK");
  static_cast<void>(exchange.events.wait<call::LegEnded>());
  exchange.stack.post(invite_to_trunk(901));
  CHECK(peer.receive().method() == "INVITE");
}

TEST_CASE("TLS: a server is told whom we want, if that is a name") {
  const TlsFiles files({"DNS:sip.example.test,IP:127.0.0.1"});
  for (const std::string_view name : {kHost, std::string_view("127.0.0.1")}) {
    CAPTURE(name);
    TlsServer server(files);
    Exchange exchange(config_towards(server, files, name));
    exchange.stack.post(invite_to_trunk());
    TlsPeer peer(server);
    CHECK(peer.server_name() == (name == kHost ? kHost : ""));
    CHECK(peer.receive().method() == "INVITE");
  }
}

TEST_CASE("TLS: a server with the certificate of another gets nothing, and the call ends at once") {
  struct Row {
    std::string_view wanted;
    CertificateNames shown;
    std::string_view reason;
  };
  for (const Row& row :
       {Row{kHost, {"DNS:elsewhere.example.test"}, "not of sip.example.test but of elsewhere"},
        Row{kHost, {"DNS:*.example.test"}, "not of sip.example.test but of *.example.test"},
        Row{kHost, {"IP:127.0.0.1"}, "not of sip.example.test but of 127.0.0.1"},
        Row{"127.0.0.1", {"DNS:sip.example.test"}, "not of 127.0.0.1 but of sip.example.test"}}) {
    CAPTURE(row.reason);
    const TlsFiles files(row.shown);
    TlsServer server(files);
    Exchange exchange(config_towards(server, files, row.wanted));
    exchange.stack.post(invite_to_trunk());
    TlsPeer peer(server);
    CHECK(peer.receive().text.empty());
    CHECK(has(reason_down(exchange), row.reason));
    const auto cause = exchange.events.wait<call::LegEnded>().cause;
    CHECK(cause.sip_status == 503);
    CHECK(has(cause.text, row.reason));
  }
}

TEST_CASE("TLS: a server may show its address, or its name as the common name alone") {
  struct Row {
    std::string_view wanted;
    CertificateNames shown;
  };
  for (const Row& row :
       {Row{"127.0.0.1", {"IP:127.0.0.1"}}, Row{"127.0.0.1", {"", "127.0.0.1"}},
        Row{kHost, {"", std::string(kHost)}}, Row{kHost, {"URI:sip:sip.example.test"}}}) {
    CAPTURE(row.shown.alternatives);
    const TlsFiles files(row.shown);
    TlsServer server(files);
    Exchange exchange(config_towards(server, files, row.wanted));
    exchange.stack.post(invite_to_trunk());
    TlsPeer peer(server);
    CHECK(peer.receive().method() == "INVITE");
  }
}

TEST_CASE("TLS: a server of an unknown authority gets nothing, and the reason is told") {
  const TlsFiles files({"DNS:sip.example.test"});
  const TlsFiles others({"DNS:sip.example.test"});
  TlsServer server(others);
  Exchange exchange(config_towards(server, files));
  exchange.stack.post(invite_to_trunk());
  CHECK_THROWS_WITH(TlsPeer{server}, "no TLS");
  CHECK(has(reason_down(exchange), "its certificate is not accepted: self-signed certificate"));
  CHECK(exchange.events.wait<call::LegEnded>().cause.sip_status == 503);
}

TEST_CASE("TLS: without verification any certificate will do") {
  const TlsFiles files({"DNS:elsewhere.example.test"});
  TlsServer server(files);
  auto config = config_towards(server, files);
  config->profiles["phones"].tls.verify = config::TlsVerify::kNone;
  Exchange exchange(config);
  exchange.stack.post(invite_to_trunk());
  TlsPeer peer(server);
  CHECK(peer.server_name() == kHost);
  CHECK(peer.receive().method() == "INVITE");
}

TEST_CASE("TLS: a server that does not accept our certificate is named as the reason") {
  const TlsFiles files({"DNS:sip.example.test"});
  TlsServer server(files);
  server.asks_for_certificate = true;
  Exchange exchange(config_towards(server, files));
  exchange.stack.post(invite_to_trunk());
  CHECK_THROWS_WITH(TlsPeer{server}, "no TLS");  // and the connection is reset
  const auto cause = exchange.events.wait<call::LegEnded>().cause;
  CHECK(cause.sip_status == 503);
  CHECK(has(cause.text, "it does not accept our certificate"));
}

TEST_CASE("TLS: a server that hangs up in the handshake") {
  const TlsFiles files;
  TlsServer server(files);
  Exchange exchange(config_towards(server, files));
  exchange.stack.post(invite_to_trunk());
  server.hang_up();
  CHECK(exchange.events.wait<call::LegEnded>().cause.sip_status == 503);
}

TEST_CASE("TLS: the next server is called at once after one with the wrong certificate") {
  const TlsFiles wrong({"DNS:elsewhere.example.test", "wrong"});
  const TlsFiles right({"IP:127.0.0.1", "right"});
  TlsServer first(wrong), second(right);
  auto config = verifying_config(right);
  config->profiles["phones"].tls.ca = right.certificate().parent_path() / "both.pem";
  std::ofstream(config->profiles["phones"].tls.ca)
      << std::ifstream(right.certificate()).rdbuf() << std::ifstream(wrong.certificate()).rdbuf();
  config->trunks["mts"].servers = {address_of(first, config::Transport::kTls),
                                   address_of(second, config::Transport::kTls)};
  Exchange exchange(config);
  exchange.stack.post(invite_to_trunk());
  CHECK(TlsPeer(first).receive().text.empty());
  CHECK(TlsPeer(second).receive().method() == "INVITE");
}

TEST_CASE("TLS: OPTIONS and REGISTER say why there is no connection") {
  const TlsFiles files({"DNS:elsewhere.example.test"});
  TlsServer server(files);
  auto config = config_towards(server, files);
  auto& trunk = config->trunks["mts"];
  SUBCASE("OPTIONS") { trunk.health.interval = 30s; }
  SUBCASE("REGISTER") {
    trunk.registration.enabled = true;
    trunk.login = {"account", config::Secret("secret"), {}};
  }
  Exchange exchange(config);
  exchange.advance(2000ms);
  CHECK(TlsPeer(server).receive().text.empty());
  CHECK(has(reason_down(exchange), "its certificate is not of sip.example.test"));
}

TEST_CASE("TLS: a Route by address leads to the same server, by the same connection") {
  const TlsFiles files({"DNS:sip.example.test"});
  TlsServer server(files);
  Exchange exchange(config_towards(server, files));
  exchange.stack.post(invite_to_trunk());
  TlsPeer peer(server);
  const SipText invite = peer.receive();
  peer.send(reply_to(
      invite, 200, server.local(),
      fmt::format("Record-Route: <sip:{};transport=tls;lr>\r\nContent-Type: application/sdp\r\n",
                  server.local().text()),
      sdp_text({*core::parse_ip("127.0.0.1"), 30000})));
  CHECK(peer.receive().method() == "ACK");
  static_cast<void>(exchange.events.wait<call::LegAnswered>());
  SUBCASE("that is still there") {
    exchange.stack.post(call::SipEnd{core::LegId{900}, core::causes::normal_clearing(), {}});
    CHECK(peer.receive().method() == "BYE");
  }
  SUBCASE("or by a new one, under the name of the trunk") {
    peer.close();
    std::this_thread::sleep_for(100ms);  // until the exchange has read the end of it
    exchange.stack.post(call::SipEnd{core::LegId{900}, core::causes::normal_clearing(), {}});
    TlsPeer again(server);
    CHECK(again.server_name() == kHost);
    CHECK(again.receive().method() == "BYE");
  }
}

TEST_CASE("TCP: a server that refuses the connection is followed by the next at once") {
  const TlsFiles files;
  TlsServer gone(files), next(files);
  auto config = verifying_config(files);
  config->trunks["mts"].servers = {address_of(gone, config::Transport::kTcp),
                                   address_of(next, config::Transport::kTcp)};
  gone.close();
  SUBCASE("which takes the call") {
    Exchange exchange(config);
    exchange.stack.post(invite_to_trunk());
    CHECK(next.is_called());
  }
  SUBCASE("or refuses too") {
    next.close();
    Exchange exchange(config);
    exchange.stack.post(invite_to_trunk());
    const auto cause = exchange.events.wait<call::LegEnded>().cause;
    CHECK(cause.sip_status == 503);
    CHECK(has(cause.text, "no connection"));
  }
}
