#include "sip/server_order.h"

#include <doctest/doctest.h>

namespace pbx::sip {
namespace {

using config::Transport;
using core::IpFamily;
using Questions = std::vector<DnsQuestion>;
using Texts = std::vector<std::string>;

ServerWish wish(std::string host, std::optional<Transport> transport = {}, std::uint16_t port = 0) {
  return {{transport, std::move(host), port},
          {Transport::kUdp, Transport::kTcp, Transport::kTls},
          {IpFamily::kV4}};
}

core::IpAddress ip(std::string_view text) { return core::parse_ip(text).value(); }

DnsAnswer addresses(std::initializer_list<std::string_view> texts) {
  DnsAnswer it;
  for (const auto text : texts) it.addresses.push_back(ip(text));
  return it;
}
DnsAnswer srv(std::vector<SrvRecord> records) { return {{}, std::move(records), {}}; }
DnsAnswer naptr(std::vector<NaptrRecord> records) { return {std::move(records), {}, {}}; }
const DnsAnswer kNothing;

ServerOrder order(const ServerWish& wish, const DnsAnswers& answers = {}) {
  core::Random random(7);
  return order_servers(wish, answers, random);
}

// "udp 192.0.2.1:5060"
Texts texts(const ServerOrder& order) {
  CHECK(order.questions.empty());
  Texts out;
  for (const auto& server : order.servers) {
    const char* const transport = server.transport == Transport::kUdp   ? "udp "
                                  : server.transport == Transport::kTcp ? "tcp "
                                                                        : "tls ";
    out.push_back(transport + server.address.text());
  }
  return out;
}

// The zone of the examples below, besides what a test adds.
DnsAnswers hosts() {
  return {{{DnsType::kA, "a.example.com"}, addresses({"192.0.2.1"})},
          {{DnsType::kA, "b.example.com"}, addresses({"192.0.2.2", "192.0.2.3"})},
          {{DnsType::kA, "example.com"}, addresses({"192.0.2.9"})}};
}

DnsAnswers with(DnsAnswers more) {
  auto all = hosts();
  all.merge(more);
  return all;
}

}  // namespace

TEST_CASE("addresses need no DNS") {
  CHECK(texts(order(wish("192.0.2.1"))) == Texts{"udp 192.0.2.1:5060"});
  CHECK(texts(order(wish("192.0.2.1", Transport::kTls))) == Texts{"tls 192.0.2.1:5061"});
  CHECK(texts(order(wish("192.0.2.1", Transport::kTcp, 5080))) == Texts{"tcp 192.0.2.1:5080"});
  CHECK(texts(order(wish("2001:db8::1", {}, 5062))) == Texts{"udp [2001:db8::1]:5062"});
  auto tls_only = wish("192.0.2.1");
  tls_only.transports = {Transport::kTls};
  CHECK(texts(order(tls_only)) == Texts{"tls 192.0.2.1:5061"});
}

TEST_CASE("a name with a port is asked for its addresses only") {
  const auto it = wish("B.Example.com.", {}, 5070);
  CHECK(order(it).questions == Questions{{DnsType::kA, "b.example.com"}});
  CHECK(order(it).servers.empty());
  CHECK(texts(order(it, hosts())) == Texts{"udp 192.0.2.2:5070", "udp 192.0.2.3:5070"});
}

TEST_CASE("a name with a transport is asked for its SRV") {
  struct Row {
    Transport transport;
    std::string name;
    std::string fallback;
  };
  const Row rows[] = {{Transport::kUdp, "_sip._udp.example.com", "udp 192.0.2.9:5060"},
                      {Transport::kTcp, "_sip._tcp.example.com", "tcp 192.0.2.9:5060"},
                      {Transport::kTls, "_sips._tcp.example.com", "tls 192.0.2.9:5061"}};
  for (const auto& row : rows) {
    const auto it = wish("example.com", row.transport);
    CHECK(order(it).questions == Questions{{DnsType::kSrv, row.name}});
    CHECK(texts(order(it, with({{{DnsType::kSrv, row.name}, kNothing}}))) == Texts{row.fallback});
    const auto found =
        order(it, with({{{DnsType::kSrv, row.name}, srv({{1, 0, 5070, "A.example.com."}})}}));
    CHECK(texts(found) == Texts{row.fallback.substr(0, 4) + "192.0.2.1:5070"});
  }
}

TEST_CASE("priorities order the servers, and all addresses of each are used") {
  const auto it =
      order(wish("example.com", Transport::kUdp),
            with({{{DnsType::kSrv, "_sip._udp.example.com"},
                   srv({{20, 0, 5060, "a.example.com"}, {10, 5, 5070, "b.example.com"}})}}));
  CHECK(texts(it) == Texts{"udp 192.0.2.2:5070", "udp 192.0.2.3:5070", "udp 192.0.2.1:5060"});
}

TEST_CASE("a name alone is asked for NAPTR, then SRV, then addresses") {
  const auto it = wish("example.com");
  CHECK(order(it).questions == Questions{{DnsType::kNaptr, "example.com"}});
  DnsAnswers known{{{DnsType::kNaptr, "example.com"}, kNothing}};
  CHECK(order(it, known).questions == Questions{{DnsType::kSrv, "_sip._udp.example.com"},
                                                {DnsType::kSrv, "_sip._tcp.example.com"}});
  known[{DnsType::kSrv, "_sip._udp.example.com"}] = kNothing;
  CHECK(order(it, known).questions == Questions{{DnsType::kSrv, "_sip._tcp.example.com"}});
  known[{DnsType::kSrv, "_sip._tcp.example.com"}] = kNothing;
  CHECK(order(it, known).questions == Questions{{DnsType::kA, "example.com"}});
  CHECK(texts(order(it, with(known))) == Texts{"udp 192.0.2.9:5060"});
  known[{DnsType::kSrv, "_sip._tcp.example.com"}] = srv({{0, 0, 5060, "a.example.com"}});
  CHECK(texts(order(it, with(known))) == Texts{"tcp 192.0.2.1:5060"});
}

TEST_CASE("the NAPTR of the lowest order that we can use decide") {
  const auto zone =
      with({{{DnsType::kNaptr, "example.com"},
             naptr({{50, 50, "s", "SIPS+D2T", "_sips._tcp.example.com."},
                    {90, 60, "S", "SIP+D2U", "_x._udp.example.com."},
                    {90, 50, "s", "sip+d2t", "_sip._tcp.example.com."},
                    {10, 10, "s", "SIP+D2S", "_sip._sctp.example.com."},
                    {10, 10, "u", "E2U+sip", ""}})},
            {{DnsType::kSrv, "_sips._tcp.example.com"}, srv({{1, 1, 5061, "a.example.com"}})},
            {{DnsType::kSrv, "_sip._tcp.example.com"}, srv({{1, 1, 5060, "a.example.com"}})},
            {{DnsType::kSrv, "_x._udp.example.com"}, srv({{1, 1, 5062, "a.example.com"}})}});
  auto it = wish("example.com");
  CHECK(texts(order(it, zone)) == Texts{"tls 192.0.2.1:5061"});
  it.transports = {Transport::kUdp, Transport::kTcp};
  CHECK(texts(order(it, zone)) == Texts{"tcp 192.0.2.1:5060", "udp 192.0.2.1:5062"});
  it.transports = {Transport::kUdp};
  CHECK(texts(order(it, zone)) == Texts{"udp 192.0.2.1:5062"});
}

TEST_CASE("NAPTR of other services and other flags are as none") {
  const auto it = wish("example.com");
  for (const auto& records : {std::vector<NaptrRecord>{{1, 1, "s", "AAA+D2T", "_aaa._tcp.x"}},
                              std::vector<NaptrRecord>{{1, 1, "u", "E2U+sip", ""}}})
    CHECK(order(it, {{{DnsType::kNaptr, "example.com"}, naptr(records)}}).questions.size() == 2);
}

TEST_CASE("whoever has no server for us gets a reason") {
  auto it = wish("example.com");
  it.transports = {Transport::kUdp};
  const auto tls_only = order(
      it, {{{DnsType::kNaptr, "example.com"}, naptr({{1, 1, "s", "SIPS+D2T", "_sips._tcp.x"}})}});
  CHECK(texts(tls_only).empty());
  CHECK(tls_only.reason == "DNS offers only transports for example.com that the profile has not");
  it.address.transport = Transport::kUdp;
  const DnsQuestion service{DnsType::kSrv, "_sip._udp.example.com"};
  const auto absent = order(it, with({{service, srv({{0, 0, 0, "."}})}}));
  CHECK(texts(absent).empty());
  CHECK(absent.reason == "DNS says that example.com has no SIP service");
  const auto dangling = order(it, {{service, srv({{0, 0, 5060, "gone.example.com"}})},
                                   {{DnsType::kA, "gone.example.com"}, kNothing}});
  CHECK(dangling.reason == "DNS knows no address of gone.example.com");
  DnsAnswer failed;
  failed.failed = true;
  const auto silent = order(it, {{service, kNothing}, {{DnsType::kA, "example.com"}, failed}});
  CHECK(silent.reason == "DNS gives no answer for example.com");
  CHECK(order(it, with({{service, failed}})).reason.empty());  // the address was enough
}

TEST_CASE("families are asked for in our order") {
  auto it = wish("dual.example.com", {}, 5060);
  it.families = {IpFamily::kV6, IpFamily::kV4};
  CHECK(order(it).questions ==
        Questions{{DnsType::kAaaa, "dual.example.com"}, {DnsType::kA, "dual.example.com"}});
  CHECK(texts(order(it, {{{DnsType::kA, "dual.example.com"}, addresses({"192.0.2.1"})},
                         {{DnsType::kAaaa, "dual.example.com"}, addresses({"2001:db8::1"})}})) ==
        Texts{"udp [2001:db8::1]:5060", "udp 192.0.2.1:5060"});
}

TEST_CASE("a server that is found twice is listed once") {
  const auto it = order(wish("example.com", Transport::kUdp),
                        {{{DnsType::kSrv, "_sip._udp.example.com"},
                          srv({{1, 0, 5060, "a.example.com"}, {2, 0, 5060, "b.example.com"}})},
                         {{DnsType::kA, "a.example.com"}, addresses({"192.0.2.1"})},
                         {{DnsType::kA, "b.example.com"}, addresses({"192.0.2.1", "192.0.2.2"})}});
  CHECK(texts(it) == Texts{"udp 192.0.2.1:5060", "udp 192.0.2.2:5060"});
}

TEST_CASE("records beyond the bounds are passed over") {
  std::vector<SrvRecord> many;
  for (std::uint16_t i = 0; i < 100; ++i)
    many.push_back({static_cast<std::uint16_t>(100 - i), 1, 5060, "h" + std::to_string(i)});
  core::Random random(7);
  const auto kept = order_srv(many, random);
  CHECK(kept.size() == kSrvRecordsMax);
  CHECK(kept.front().priority == 1);
  DnsAnswer crowd;
  for (std::uint8_t i = 1; i < 100; ++i)
    crowd.addresses.push_back(ip("192.0.2." + std::to_string(i)));
  DnsAnswers zone{{{DnsType::kSrv, "_sip._udp.example.com"}, srv(many)}};
  for (const auto& record : many) zone[{DnsType::kA, record.target}] = crowd;
  CHECK(order(wish("example.com", Transport::kUdp), zone).servers.size() == kAddressesMax);
  for (std::size_t i = 0; i < many.size(); ++i)
    zone[{DnsType::kA, many[i].target}] =
        addresses({"198.51.100." + std::to_string(i), "203.0.113." + std::to_string(i),
                   "192.0.2." + std::to_string(i)});
  CHECK(order(wish("example.com", Transport::kUdp), zone).servers.size() == kServersMax);
}

TEST_CASE("weights share the first place in their proportion") {
  core::Random random(7);
  const std::vector<SrvRecord> records{
      {1, 70, 1, "a"}, {1, 20, 1, "b"}, {1, 10, 1, "c"}, {1, 0, 1, "d"}, {2, 100, 1, "e"}};
  std::map<std::string, int> first;
  constexpr int kRounds = 10'000;
  for (int i = 0; i < kRounds; ++i) {
    const auto it = order_srv(records, random);
    REQUIRE(it.size() == records.size());
    CHECK(it.back().target == "e");
    ++first[it.front().target];
  }
  CHECK(first["a"] > kRounds * 66 / 100);
  CHECK(first["a"] < kRounds * 73 / 100);
  CHECK(first["b"] > kRounds * 17 / 100);
  CHECK(first["b"] < kRounds * 23 / 100);
  CHECK(first["d"] > 0);
  CHECK(first["d"] < kRounds * 3 / 100);
}

TEST_CASE("every order holds each record once") {
  core::Random random(7);
  std::vector<SrvRecord> records;
  for (std::uint16_t i = 0; i < 12; ++i)
    records.push_back(
        {static_cast<std::uint16_t>(i % 3), static_cast<std::uint16_t>(i % 4 * 65535 / 3), i, "h"});
  for (int round = 0; round < 200; ++round) {
    const auto it = order_srv(records, random);
    std::vector<bool> seen(records.size());
    for (const auto& record : it) seen[record.port] = true;
    CHECK(std::count(seen.begin(), seen.end(), true) == 12);
    CHECK(std::is_sorted(it.begin(), it.end(),
                         [](const auto& a, const auto& b) { return a.priority < b.priority; }));
  }
}

}  // namespace pbx::sip
