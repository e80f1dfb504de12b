#include "sip/trunk_table.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "sip/transport_kind.h"

namespace pbx::sip {
namespace {

constexpr std::uint16_t kSipPort = 5060;
constexpr std::uint16_t kSipsPort = 5061;
constexpr int kWholeAddress = 256;  // above the length of any prefix
constexpr int kVeryPort = 257;      // two exchanges on one host

// Where calls are sent: the proxy, if there is one, whatever server they are for.
const config::ServerAddress& next_hop(const config::Trunk& trunk,
                                      const config::ServerAddress& server) {
  return trunk.proxy.host.empty() ? server : trunk.proxy;
}

bool is_same_way(const config::Trunk& a, const config::Trunk& b) {
  return a.servers == b.servers && a.proxy == b.proxy;
}

bool is_named(const config::Trunk& trunk, std::string_view user) {
  if (user.empty()) return false;
  const auto digits = [](std::string_view number) {
    return number.starts_with('+') ? number.substr(1) : number;
  };
  return user == trunk.login.username || digits(user) == digits(trunk.identity.number);
}

}  // namespace

std::vector<TrunkTarget> literal_targets(const config::Trunk& trunk) {
  std::vector<TrunkTarget> targets;
  for (const config::ServerAddress& server : trunk.servers) {
    const config::ServerAddress& hop = next_hop(trunk, server);
    const auto ip = core::parse_ip(hop.host);
    if (!ip || targets.size() >= kTrunkTargetsMax) continue;
    const call::Transport transport = to_call(hop.transport.value_or(config::Transport::kUdp));
    const std::uint16_t standard = transport == call::Transport::kTls ? kSipsPort : kSipPort;
    targets.push_back(
        {server.host, server.port, transport, {*ip, hop.port != 0 ? hop.port : standard}});
  }
  return targets;
}

void TrunkTable::apply(std::shared_ptr<const config::Config> config, const std::string& profile) {
  std::map<std::string, Entry, std::less<>> fresh;
  for (const auto& [name, trunk] : config->trunks) {
    if (!trunk.enabled || trunk.profile != profile) continue;
    const auto known = entries_.find(name);
    const bool keeps = known != entries_.end() && is_same_way(*known->second.trunk, trunk);
    fresh.emplace(name,
                  Entry{&trunk, keeps ? std::move(known->second.targets) : literal_targets(trunk)});
  }
  entries_ = std::move(fresh);
  config_ = std::move(config);
}

const config::Trunk* TrunkTable::find(std::string_view name) const {
  const auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : found->second.trunk;
}

int TrunkTable::fit(const Entry& entry, const core::SocketAddress& source) {
  int best = -1;
  for (const core::IpPrefix& prefix : entry.trunk->addresses)
    if (prefix.contains(source.ip)) best = std::max<int>(best, prefix.length);
  for (const TrunkTarget& target : entry.targets)
    if (target.address.ip == source.ip)
      best = std::max(best, target.address.port == source.port ? kVeryPort : kWholeAddress);
  return best;
}

const config::Trunk* TrunkTable::match(const core::SocketAddress& source,
                                       std::string_view user) const {
  const config::Trunk* best = nullptr;
  std::pair<int, bool> best_fit{-1, false};
  for (const auto& [name, entry] : entries_) {
    const int bits = fit(entry, source);
    const std::pair<int, bool> how{bits, is_named(*entry.trunk, user)};
    if (bits < 0 || (best != nullptr && how <= best_fit)) continue;
    best = entry.trunk;
    best_fit = how;
  }
  return best;
}

bool TrunkTable::is_known(const core::IpAddress& source) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const auto& item) {
    return fit(item.second, {source, 0}) >= 0;
  });
}

void TrunkTable::set_targets(std::string_view trunk, std::vector<TrunkTarget> targets) {
  const auto found = entries_.find(trunk);
  if (found == entries_.end()) return;
  if (targets.size() > kTrunkTargetsMax) targets.resize(kTrunkTargetsMax);
  found->second.targets = std::move(targets);
}

void TrunkTable::set_alive(std::string_view trunk, const core::SocketAddress& address,
                           bool is_alive) {
  const auto found = entries_.find(trunk);
  if (found == entries_.end()) return;
  for (TrunkTarget& target : found->second.targets)
    if (target.address == address) target.is_alive = is_alive;
}

void TrunkTable::set_registered(std::string_view trunk, const core::SocketAddress& address) {
  const auto found = entries_.find(trunk);
  if (found == entries_.end()) return;
  for (TrunkTarget& target : found->second.targets)
    target.is_registered = target.address == address;
}

std::vector<TrunkTarget> TrunkTable::targets(std::string_view trunk) const {
  const auto found = entries_.find(trunk);
  if (found == entries_.end()) return {};
  std::vector<TrunkTarget> targets = found->second.targets;
  // A provider's other servers may not know that we have logged in.
  const auto rank = [](const TrunkTarget& target) {
    return !target.is_alive ? 2 : target.is_registered ? 0 : 1;
  };
  std::stable_sort(
      targets.begin(), targets.end(),
      [&rank](const TrunkTarget& a, const TrunkTarget& b) { return rank(a) < rank(b); });
  return targets;
}

}  // namespace pbx::sip
