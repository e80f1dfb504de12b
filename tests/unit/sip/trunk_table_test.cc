#include "sip/trunk_table.h"

#include <doctest/doctest.h>

namespace pbx::sip {
namespace {

std::shared_ptr<config::Config> config_with(std::vector<config::Trunk> trunks) {
  auto config = std::make_shared<config::Config>();
  for (config::Trunk& trunk : trunks) {
    if (trunk.profile.empty()) trunk.profile = "outside";
    config->trunks[trunk.name] = std::move(trunk);
  }
  return config;
}

config::Trunk by_servers(std::string name, std::vector<config::ServerAddress> servers) {
  config::Trunk trunk;
  trunk.name = std::move(name);
  trunk.servers = std::move(servers);
  return trunk;
}

config::Trunk by_prefix(std::string name, std::string_view prefix) {
  config::Trunk trunk;
  trunk.name = std::move(name);
  trunk.addresses = {*core::parse_ip_prefix(prefix)};
  return trunk;
}

TrunkTable table_of(std::vector<config::Trunk> trunks) {
  TrunkTable table;
  table.apply(config_with(std::move(trunks)), "outside");
  return table;
}

std::string match(const TrunkTable& table, std::string_view source, std::string_view user = "",
                  std::uint16_t port = 40000) {
  const config::Trunk* found = table.match({*core::parse_ip(source), port}, user);
  return found ? found->name : "";
}

}  // namespace

TEST_CASE("a caller is known by the longest prefix, a server by its address") {
  const TrunkTable table =
      table_of({by_prefix("wide", "192.0.2.0/24"), by_prefix("narrow", "192.0.2.16/28"),
                by_servers("one", {{{}, "192.0.2.17", 0}})});
  CHECK(match(table, "192.0.2.1") == "wide");
  CHECK(match(table, "192.0.2.18") == "narrow");
  CHECK(match(table, "192.0.2.17") == "one");
  CHECK(match(table, "198.51.100.1") == "");
  CHECK(table.is_known(*core::parse_ip("192.0.2.1")));
  CHECK(!table.is_known(*core::parse_ip("198.51.100.1")));
}

TEST_CASE("two exchanges on one host are told apart by their ports") {
  const TrunkTable table = table_of({by_servers("one", {{{}, "192.0.2.80", 5060}}),
                                     by_servers("two", {{{}, "192.0.2.80", 5070}})});
  CHECK(match(table, "192.0.2.80", "", 5060) == "one");
  CHECK(match(table, "192.0.2.80", "", 5070) == "two");
  CHECK(match(table, "192.0.2.80", "", 40000) == "one");
}

TEST_CASE("accounts at one provider are told apart by the contact or the number") {
  auto first = by_servers("first", {{{}, "192.0.2.80", 0}});
  first.registration.enabled = true;
  first.login.username = "user1";
  auto second = first;
  second.name = "second";
  second.login.username = "user2";
  second.identity.number = "+74952222222";
  const TrunkTable table = table_of({first, second});
  CHECK(match(table, "192.0.2.80", "user1") == "first");
  CHECK(match(table, "192.0.2.80", "user2") == "second");
  CHECK(match(table, "192.0.2.80", "74952222222") == "second");
  CHECK(match(table, "192.0.2.80", "else") == "first");
}

TEST_CASE("trunks of other profiles and those that are off do not exist") {
  auto off = by_prefix("off", "192.0.2.1/32");
  off.enabled = false;
  auto other = by_prefix("other", "192.0.2.2/32");
  other.profile = "phones";
  const TrunkTable table = table_of({off, other});
  CHECK(!table.find("off"));
  CHECK(!table.find("other"));
  CHECK(match(table, "192.0.2.1") == "");
  CHECK(match(table, "192.0.2.2") == "");
}

TEST_CASE("servers that are addresses need no DNS; a proxy stands before them") {
  auto trunk = by_servers("t", {{config::Transport::kTls, "192.0.2.80", 0},
                                {{}, "sip.example.com", 0},
                                {config::Transport::kTcp, "2001:db8::1", 5070}});
  auto targets = literal_targets(trunk);
  REQUIRE(targets.size() == 2);
  CHECK(targets[0].address.text() == "192.0.2.80:5061");
  CHECK(targets[0].transport == call::Transport::kTls);
  CHECK(targets[1].address.text() == "[2001:db8::1]:5070");
  CHECK(targets[1].port == 5070);
  trunk.proxy = {{}, "192.0.2.99", 5090};
  targets = literal_targets(trunk);
  REQUIRE(targets.size() == 3);
  CHECK(targets[1].host == "sip.example.com");
  CHECK(targets[1].address.text() == "192.0.2.99:5090");
}

TEST_CASE("calls go to the server that knows us, unless it is dead") {
  TrunkTable table;
  table.apply(config_with({by_servers("t", {{{}, "192.0.2.1", 0}, {{}, "192.0.2.2", 0}})}),
              "outside");
  const auto first = *core::parse_socket_address("192.0.2.1:5060");
  const auto second = *core::parse_socket_address("192.0.2.2:5060");
  CHECK(table.targets("t")[0].address == first);
  table.set_registered("t", second);
  CHECK(table.targets("t")[0].address == second);
  table.set_alive("t", second, false);
  CHECK(table.targets("t")[0].address == first);
  table.set_alive("t", second, true);
  table.set_registered("t", {});
  CHECK(table.targets("t")[0].address == first);
}

TEST_CASE("the dead go last, and a reload keeps what is known of servers that stay") {
  TrunkTable table;
  auto trunk = by_servers("t", {{{}, "192.0.2.1", 0}, {{}, "192.0.2.2", 0}});
  table.apply(config_with({trunk}), "outside");
  table.set_alive("t", *core::parse_socket_address("192.0.2.1:5060"), false);
  CHECK(table.targets("t")[0].address.text() == "192.0.2.2:5060");
  trunk.identity.number = "+74951111111";
  table.apply(config_with({trunk}), "outside");
  CHECK(table.targets("t")[0].address.text() == "192.0.2.2:5060");
  trunk.servers.pop_back();
  table.apply(config_with({trunk}), "outside");
  CHECK(table.targets("t").size() == 1);
  CHECK(table.targets("t")[0].is_alive);
  CHECK(table.targets("unknown").empty());
}

}  // namespace pbx::sip
