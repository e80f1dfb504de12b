#include "sip/server_order.h"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "core/base/text.h"

namespace pbx::sip {
namespace {

using config::Transport;

// NAPTR services of RFC 3263 4.1 and the SRV names they stand for.
struct Service {
  std::string_view naptr;
  std::string_view srv_prefix;
  Transport transport;
};
constexpr std::array<Service, 3> kServices{{{"SIP+D2U", "_sip._udp.", Transport::kUdp},
                                            {"SIP+D2T", "_sip._tcp.", Transport::kTcp},
                                            {"SIPS+D2T", "_sips._tcp.", Transport::kTls}}};

struct Lookup {
  Transport transport;
  std::string srv_name;
};

struct Target {
  Transport transport;
  std::string host;
  std::uint16_t port;
};

std::uint16_t standard_port(Transport transport) {
  return transport == Transport::kTls ? 5061 : 5060;
}

template <typename T>
bool has(const std::vector<T>& list, const T& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool is_sip(const NaptrRecord& record) {
  return core::starts_with_nocase(record.services, "SIP+") ||
         core::starts_with_nocase(record.services, "SIPS+");
}

std::string srv_name(Transport transport, std::string_view host) {
  for (const auto& service : kServices)
    if (service.transport == transport)
      return dns_name(fmt::format("{}{}", service.srv_prefix, host));
  return {};
}

// One pass over what is known.
class Search {
 public:
  Search(const ServerWish& wish, const DnsAnswers& answers, core::Random& random)
      : wish_(wish), answers_(answers), random_(random), host_(dns_name(wish.address.host)) {}

  ServerOrder run() && {
    const auto targets = find_targets();
    if (out_.questions.empty()) add_addresses(targets);
    if (!out_.questions.empty()) out_.servers.clear();
    if (out_.questions.empty() && out_.servers.empty()) explain(targets);
    return std::move(out_);
  }

 private:
  // Null: it is not known yet, and noted as a question.
  const DnsAnswer* ask(DnsType type, const std::string& name) {
    DnsQuestion question{type, name};
    const auto known = answers_.find(question);
    if (known == answers_.end()) {
      if (!has(out_.questions, question)) out_.questions.push_back(std::move(question));
      return nullptr;
    }
    failed_ = failed_ || known->second.failed;
    return &known->second;
  }

  [[nodiscard]] Transport default_transport() const {
    if (wish_.address.transport) return *wish_.address.transport;
    const bool has_udp = wish_.transports.empty() || has(wish_.transports, Transport::kUdp);
    return has_udp ? Transport::kUdp : wish_.transports.front();
  }

  [[nodiscard]] Target plain_target() const {
    const auto transport = default_transport();
    const auto port = wish_.address.port;
    return {transport, host_, port ? port : standard_port(transport)};
  }

  std::vector<Target> find_targets() {
    if (wish_.address.port != 0 || core::parse_ip(host_)) return {plain_target()};
    const auto lookups = find_lookups();
    if (!out_.questions.empty() || offers_others_) return {};
    bool has_srv = false;
    std::vector<Target> targets;
    for (const auto& lookup : lookups)
      if (const auto* answer = ask(DnsType::kSrv, lookup.srv_name)) {
        has_srv = has_srv || !answer->srv.empty();
        add_targets(lookup.transport, answer->srv, targets);
      }
    if (has_srv || !out_.questions.empty()) return targets;
    return {plain_target()};
  }

  // Which SRV to ask for.
  std::vector<Lookup> find_lookups() {
    if (const auto said = wish_.address.transport) return {{*said, srv_name(*said, host_)}};
    const auto* answer = ask(DnsType::kNaptr, host_);
    if (!answer) return {};
    if (std::any_of(answer->naptr.begin(), answer->naptr.end(), is_sip))
      return offered_lookups(answer->naptr);
    std::vector<Lookup> all;
    for (const auto transport : wish_.transports)
      if (transport != Transport::kTls || wish_.transports.size() == 1)
        all.push_back({transport, srv_name(transport, host_)});
    return all;
  }

  std::vector<Lookup> offered_lookups(const std::vector<NaptrRecord>& records) {
    std::vector<std::tuple<std::uint16_t, std::uint16_t, Lookup>> usable;
    for (const auto& record : records)
      if (auto lookup = lookup_of(record))
        usable.emplace_back(record.order, record.preference, std::move(*lookup));
    std::stable_sort(usable.begin(), usable.end(), [](const auto& a, const auto& b) {
      return std::tie(std::get<0>(a), std::get<1>(a)) < std::tie(std::get<0>(b), std::get<1>(b));
    });
    offers_others_ = usable.empty();
    std::vector<Lookup> out;
    for (auto& [order, preference, lookup] : usable)
      if (order == std::get<0>(usable.front()) && out.size() < kNaptrRecordsMax)
        out.push_back(std::move(lookup));
    return out;
  }

  [[nodiscard]] std::optional<Lookup> lookup_of(const NaptrRecord& record) const {
    auto name = dns_name(record.replacement);
    if (!core::equals_nocase(record.flags, "s") || name.empty()) return std::nullopt;
    for (const auto& service : kServices)
      if (core::equals_nocase(record.services, service.naptr) &&
          has(wish_.transports, service.transport))
        return Lookup{service.transport, std::move(name)};
    return std::nullopt;
  }

  void add_targets(Transport transport, const std::vector<SrvRecord>& records,
                   std::vector<Target>& targets) {
    for (const auto& record : order_srv(records, random_)) {
      auto host = dns_name(record.target);
      if (!host.empty() && record.port != 0 && targets.size() < kServersMax)
        targets.push_back({transport, std::move(host), record.port});
    }
  }

  void add_addresses(const std::vector<Target>& targets) {
    for (const auto& target : targets) {
      if (const auto literal = core::parse_ip(target.host)) {
        add_server(target, *literal);
        continue;
      }
      for (const auto family : wish_.families) {
        const auto type = family == core::IpFamily::kV6 ? DnsType::kAaaa : DnsType::kA;
        const auto* answer = ask(type, target.host);
        const auto count = answer ? std::min(answer->addresses.size(), kAddressesMax) : 0;
        for (std::size_t i = 0; i < count; ++i) add_server(target, answer->addresses[i]);
      }
    }
  }

  void add_server(const Target& target, const core::IpAddress& ip) {
    const Server server{target.transport, {ip, target.port}};
    if (out_.servers.size() < kServersMax && !has(out_.servers, server))
      out_.servers.push_back(server);
  }

  void explain(const std::vector<Target>& targets) {
    if (offers_others_)
      out_.reason =
          fmt::format("DNS offers only transports for {} that the profile has not", host_);
    else if (failed_)
      out_.reason = fmt::format("DNS gives no answer for {}", host_);
    else if (targets.empty())
      out_.reason = fmt::format("DNS says that {} has no SIP service", host_);
    else
      out_.reason = fmt::format("DNS knows no address of {}", targets.front().host);
  }

  const ServerWish& wish_;
  const DnsAnswers& answers_;
  core::Random& random_;
  std::string host_;
  bool offers_others_ = false;
  bool failed_ = false;
  ServerOrder out_;
};

}  // namespace

std::string dns_name(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  return core::to_lower(text);
}

std::vector<SrvRecord> order_srv(std::vector<SrvRecord> records, core::Random& random) {
  // Those of weight 0 stand first, so that they have a small chance (RFC 2782, "Weight").
  std::stable_sort(records.begin(), records.end(), [](const SrvRecord& a, const SrvRecord& b) {
    return std::pair(a.priority, a.weight != 0) < std::pair(b.priority, b.weight != 0);
  });
  if (records.size() > kSrvRecordsMax) records.resize(kSrvRecordsMax);
  for (auto it = records.begin(); it != records.end(); ++it) {
    const auto end = std::find_if(
        it, records.end(), [&](const SrvRecord& other) { return other.priority != it->priority; });
    std::uint64_t sum = 0;
    for (auto other = it; other != end; ++other) sum += other->weight;
    auto rest = random.below(sum + 1);
    auto chosen = it;
    while (chosen->weight < rest) rest -= (chosen++)->weight;
    std::rotate(it, chosen, chosen + 1);
  }
  return records;
}

ServerOrder order_servers(const ServerWish& wish, const DnsAnswers& answers, core::Random& random) {
  return Search(wish, answers, random).run();
}

}  // namespace pbx::sip
