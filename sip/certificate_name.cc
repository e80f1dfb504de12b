#include "sip/certificate_name.h"

namespace pbx::sip {
namespace {

bool is_name(const std::string& host) { return !host.empty() && !core::parse_ip(host); }

}  // namespace

std::string certificate_name(const config::Config& config, const TrunkTable& trunks,
                             const core::SocketAddress& server) {
  for (const auto& [name, trunk] : config.trunks)
    for (const TrunkTarget& target : trunks.targets(name)) {
      if (target.address != server) continue;
      if (is_name(trunk.proxy.host)) return trunk.proxy.host;
      if (is_name(target.host)) return target.host;
    }
  return {};
}

}  // namespace pbx::sip
