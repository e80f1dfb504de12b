// sip/server_order.h — where requests for a server go: from its name and what DNS says of it to
// addresses in the order of trying (RFC 3263 4.1 and 4.2, RFC 2782).
//
// Pure.  DNS is asked in steps, because one answer leads to the next question: order_servers() says
// what it still needs to know, the caller (sip/resolver.h) asks, adds the answers and calls again.
// Without a question open the servers are final.
//
// | given                   | asked for                                                         |
// |-------------------------|-------------------------------------------------------------------|
// | an address              | nothing; UDP unless said, 5060 (TLS: 5061) unless said            |
// | a name and a port       | the addresses of the name; UDP unless said                        |
// | a name and a transport  | SRV; without them the addresses of the name at the standard port  |
// | a name alone            | NAPTR; without them SRV of UDP and TCP; without those addresses   |
//
// A sip URI may be served over TLS if NAPTR offers it (RFC 3263 4.1).  Of the NAPTR records we can
// use those of the lowest order count; a server is not asked over a transport that it ranks behind.
// A question that DNS fails to answer counts as one without records: there are name servers that
// know addresses only.

#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/net.h"
#include "core/base/random.h"
#include "core/config/trunk.h"

namespace pbx::sip {

enum class DnsType : std::uint16_t {
  kA = 1,
  kAaaa = 28,
  kSrv = 33,
  kNaptr = 35
};  // RFC 1035 3.2.2

// Lower case, without the dot at the end.
[[nodiscard]] std::string dns_name(std::string_view text);

struct DnsQuestion {
  DnsType type = DnsType::kA;
  std::string name;  // as dns_name() makes it

  friend auto operator<=>(const DnsQuestion&, const DnsQuestion&) = default;
};

struct NaptrRecord {  // RFC 3403 4.1
  std::uint16_t order = 0;
  std::uint16_t preference = 0;
  std::string flags;
  std::string services;
  std::string replacement;

  friend bool operator==(const NaptrRecord&, const NaptrRecord&) = default;
};

struct SrvRecord {
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;
  std::uint16_t port = 0;
  std::string target;  // "" or ".": the service is decidedly not there

  friend bool operator==(const SrvRecord&, const SrvRecord&) = default;
};

// The records of the type that was asked for; without any the name has none.
struct DnsAnswer {
  std::vector<NaptrRecord> naptr;
  std::vector<SrvRecord> srv;
  std::vector<core::IpAddress> addresses;
  bool failed = false;  // no answer in time, or the name server could not say

  friend bool operator==(const DnsAnswer&, const DnsAnswer&) = default;
};
using DnsAnswers = std::map<DnsQuestion, DnsAnswer>;

struct ServerWish {
  config::ServerAddress address;
  std::vector<config::Transport> transports{config::Transport::kUdp};  // ours, the preferred first
  std::vector<core::IpFamily> families{core::IpFamily::kV4};           // ours, the preferred first
};

struct Server {
  config::Transport transport = config::Transport::kUdp;
  core::SocketAddress address;

  friend bool operator==(const Server&, const Server&) = default;
};

struct ServerOrder {
  std::vector<DnsQuestion> questions;  // to be answered first; the rest is empty then
  std::vector<Server> servers;         // each once
  std::string reason;                  // for people, why there are no servers
};

// More than these are passed over, those of the lowest priority first.
inline constexpr std::size_t kNaptrRecordsMax = 16;
inline constexpr std::size_t kSrvRecordsMax = 16;  // of one name
inline constexpr std::size_t kAddressesMax = 8;    // of one name and family
inline constexpr std::size_t kServersMax = 32;

[[nodiscard]] ServerOrder order_servers(const ServerWish& wish, const DnsAnswers& answers,
                                        core::Random& random);

// By priority, those of one priority by chance in the proportion of their weights (RFC 2782).
[[nodiscard]] std::vector<SrvRecord> order_srv(std::vector<SrvRecord> records,
                                               core::Random& random);

}  // namespace pbx::sip
