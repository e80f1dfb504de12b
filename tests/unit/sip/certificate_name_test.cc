#include "sip/certificate_name.h"

#include <doctest/doctest.h>

namespace pbx::sip {
namespace {

config::ServerAddress tls(std::string host) {
  return {config::Transport::kTls, std::move(host), 0};
}

// The name that is asked of 192.0.2.1:5061, where the only trunk goes.
std::string name_of(const config::ServerAddress& server, const config::ServerAddress& proxy) {
  auto config = std::make_shared<config::Config>();
  config::Trunk trunk;
  trunk.name = "mts";
  trunk.profile = "outside";
  trunk.servers = {server};
  trunk.proxy = proxy;
  config->trunks["mts"] = trunk;
  TrunkTable table;
  table.apply(config, "outside");
  const core::SocketAddress address{*core::parse_ip("192.0.2.1"), 5061};
  table.set_targets("mts", {{server.host, 5061, call::Transport::kTls, address}});
  CHECK(certificate_name(*config, table, {address.ip, 5062}) == "");
  CHECK(certificate_name(*config, table, {*core::parse_ip("192.0.2.2"), 5061}) == "");
  return certificate_name(*config, table, address);
}

}  // namespace

TEST_CASE("a server is asked for the name by which the trunk reaches it") {
  CHECK(name_of(tls("sip.example.com"), {}) == "sip.example.com");
  CHECK(name_of(tls("sip.example.com"), tls("edge.example.com")) == "edge.example.com");
  CHECK(name_of(tls("192.0.2.9"), tls("edge.example.com")) == "edge.example.com");
}

TEST_CASE("an address has no name") {
  CHECK(name_of(tls("192.0.2.1"), {}) == "");
  CHECK(name_of(tls("sip.example.com"), tls("192.0.2.1")) == "sip.example.com");
}

TEST_CASE("without trunks nobody has a name") {
  CHECK(certificate_name({}, {}, {*core::parse_ip("192.0.2.1"), 5061}) == "");
}

}  // namespace pbx::sip
