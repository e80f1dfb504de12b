// core/base/net.h — IP addresses as plain values; no name resolution, no socket.
//
// Pure.  Text forms are those of RFC 5952 (IPv6) with brackets before a port: "[::1]:5060".

#pragma once

#include <sys/socket.h>

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace pbx::core {

enum class IpFamily : std::uint8_t { kNone, kV4, kV6 };

struct IpAddress {
  IpFamily family = IpFamily::kNone;
  std::array<std::uint8_t, 16> bytes{};  // network order; IPv4 uses the first four

  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;
  explicit operator bool() const { return family != IpFamily::kNone; }

  [[nodiscard]] bool is_unspecified() const;  // 0.0.0.0 or ::, and also kNone
  [[nodiscard]] bool is_loopback() const;
  [[nodiscard]] std::string text() const;  // "" for kNone
};

struct SocketAddress {
  IpAddress ip;
  std::uint16_t port = 0;

  friend auto operator<=>(const SocketAddress&, const SocketAddress&) = default;
  explicit operator bool() const { return static_cast<bool>(ip) && port != 0; }
  [[nodiscard]] std::string text() const;  // "192.0.2.1:5060", "[2001:db8::1]:5060"
};

// Accepts "192.0.2.1", "2001:db8::1" and "[2001:db8::1]".  Errors: kInvalidArgument.
[[nodiscard]] Result<IpAddress> parse_ip(std::string_view text);

// Accepts "ip:port" and "[ip6]:port".  Errors: kInvalidArgument.
[[nodiscard]] Result<SocketAddress> parse_socket_address(std::string_view text);

// A prefix such as 10.0.0.0/8; a bare address is a prefix of full length.
struct IpPrefix {
  IpAddress address;
  std::uint8_t length = 0;  // bits
  [[nodiscard]] bool contains(const IpAddress& ip) const;
  friend bool operator==(const IpPrefix&, const IpPrefix&) = default;
};
[[nodiscard]] Result<IpPrefix> parse_ip_prefix(std::string_view text);

// Bridges to the socket calls.  An IPv4-mapped IPv6 source becomes plain IPv4.
[[nodiscard]] SocketAddress from_sockaddr(const sockaddr_storage& address);
socklen_t to_sockaddr(const SocketAddress& address, sockaddr_storage& out);  // returns its length

}  // namespace pbx::core

template <>
struct std::hash<pbx::core::IpAddress> {
  std::size_t operator()(const pbx::core::IpAddress& ip) const noexcept {
    return std::hash<std::string_view>{}(
        {reinterpret_cast<const char*>(ip.bytes.data()), ip.bytes.size()});
  }
};
template <>
struct std::hash<pbx::core::SocketAddress> {
  std::size_t operator()(const pbx::core::SocketAddress& address) const noexcept {
    return std::hash<pbx::core::IpAddress>{}(address.ip) * 31 + address.port;
  }
};
