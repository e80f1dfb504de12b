#include "sip/name_servers.h"

#include <optional>

#include "core/base/text.h"
#include "sip/text.h"

namespace pbx::sip {
namespace {

std::optional<core::SocketAddress> read_address(std::string_view text) {
  if (const auto with_port = core::parse_socket_address(text))
    return *with_port ? std::optional(*with_port) : std::nullopt;
  const auto ip = core::parse_ip(text);
  return ip ? std::optional(core::SocketAddress{*ip, kDnsPort}) : std::nullopt;
}

}  // namespace

std::vector<core::SocketAddress> read_name_servers(std::string_view text) {
  std::vector<core::SocketAddress> out;
  while (!text.empty() && out.size() < kNameServersMax) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    line = core::trim(line.substr(0, line.find_first_of("#;")));
    if (next_word(line) != "nameserver") continue;
    if (const auto address = read_address(next_word(line))) out.push_back(*address);
  }
  if (out.empty()) out.push_back({core::parse_ip("127.0.0.1").value(), kDnsPort});
  return out;
}

}  // namespace pbx::sip
