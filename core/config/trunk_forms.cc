#include "core/config/trunk_forms.h"

#include <array>
#include <utility>

namespace pbx::config {
namespace {

constexpr std::size_t kHostMax = 253;  // RFC 1035
constexpr std::size_t kSecretMax = 128;

constexpr std::array<std::pair<std::string_view, Transport>, 3> kTransports{
    {{"udp", Transport::kUdp}, {"tcp", Transport::kTcp}, {"tls", Transport::kTls}}};

bool is_host(std::string_view text) {
  const bool is_known =
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") ==
      std::string_view::npos;
  return is_known && !text.empty() && text.size() <= kHostMax && text.front() != '.' &&
         text.front() != '-';
}

// "[::1]:5060", "::1" or "host:5060" as the host without brackets and the text of the port.
Parsed<std::pair<std::string, std::string>> split_host(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return refuse("has a [ without its ]");
    const std::string_view host = text.substr(1, end - 1), rest = text.substr(end + 1);
    if (!core::parse_ip(host)) return refuse("has no IPv6 address in its brackets");
    if (!rest.empty() && rest.front() != ':') return refuse("goes on after its ]");
    return std::pair(std::string(host), std::string(rest));
  }
  const auto colon = text.find(':');
  const std::string_view host = text.substr(0, colon);
  if (!is_host(host)) return refuse("has no name or address of a host");
  return std::pair(std::string(host),
                   colon == std::string_view::npos ? "" : std::string(text.substr(colon)));
}

}  // namespace

Parsed<ServerAddress> ServerForm::read(std::string_view text) const {
  ServerAddress server;
  if (const auto parts = core::split_once(text, ':')) {
    if (const auto transport = WordForm{kTransports}.read(parts->first)) {
      server.transport = *transport;
      text = parts->second;
    }
  }
  auto split = split_host(text);
  if (!split) return refuse(std::move(split.error()));
  server.host = std::move(split->first);
  if (split->second.empty()) return server;
  const auto port = core::parse_uint<std::uint16_t>(std::string_view(split->second).substr(1));
  if (!port || *port == 0) return refuse("has no port from 1 to 65535 after its host");
  server.port = *port;
  return server;
}

std::string ServerForm::write(const ServerAddress& value) const {
  if (value.host.empty()) return {};
  std::string text;
  if (value.transport) text = WordForm{kTransports}.write(*value.transport) + ":";
  const bool is_v6 = value.host.find(':') != std::string::npos;
  text += is_v6 ? "[" + value.host + "]" : value.host;
  if (value.port != 0) text += fmt::format(":{}", value.port);
  return text;
}

Parsed<Secret> SecretForm::read(std::string_view text) const {
  if (text.empty()) return refuse("is empty");
  if (text.size() > kSecretMax) return refuse("is too long");
  return Secret(std::string(text));
}

std::string SecretForm::allowed() const { return fmt::format("1 to {} characters", kSecretMax); }

}  // namespace pbx::config
