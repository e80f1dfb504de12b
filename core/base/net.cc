#include "core/base/net.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <iterator>

namespace pbx::core {
namespace {

std::size_t width(IpFamily family) {
  return family == IpFamily::kV4 ? 4 : family == IpFamily::kV6 ? 16 : 0;
}

// inet_ntop() prints by snprintf(): 1 700 instructions, and each SIP message has several addresses.
std::string dotted(const std::array<std::uint8_t, 16>& bytes) {
  char out[INET_ADDRSTRLEN];
  char* end = out;
  for (std::size_t i = 0; i < 4; ++i) {
    if (i > 0) *end++ = '.';
    end = std::to_chars(end, std::end(out), bytes[i]).ptr;
  }
  return {out, end};
}

Result<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size())
    return fail(ErrorCode::kInvalidArgument, "a port is a number from 0 to 65535");
  return port;
}

}  // namespace

bool IpAddress::is_unspecified() const {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

bool IpAddress::is_loopback() const {
  if (family == IpFamily::kV4) return bytes[0] == 127;
  return family == IpFamily::kV6 && bytes[15] == 1 &&
         std::all_of(bytes.begin(), bytes.begin() + 15, [](std::uint8_t b) { return b == 0; });
}

std::string IpAddress::text() const {
  char out[INET6_ADDRSTRLEN] = "";
  if (family == IpFamily::kV4) return dotted(bytes);
  if (family == IpFamily::kV6) inet_ntop(AF_INET6, bytes.data(), out, sizeof out);
  return out;
}

std::string SocketAddress::text() const {
  const std::string host = ip.family == IpFamily::kV6 ? "[" + ip.text() + "]" : ip.text();
  return host + ":" + std::to_string(port);
}

Result<IpAddress> parse_ip(std::string_view text) {
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']')
    text = text.substr(1, text.size() - 2);
  char copy[INET6_ADDRSTRLEN] = "";
  if (text.empty() || text.size() >= sizeof copy)
    return fail(ErrorCode::kInvalidArgument, "not an IP address");
  std::memcpy(copy, text.data(), text.size());
  IpAddress ip;
  if (inet_pton(AF_INET, copy, ip.bytes.data()) == 1)
    ip.family = IpFamily::kV4;
  else if (inet_pton(AF_INET6, copy, ip.bytes.data()) == 1)
    ip.family = IpFamily::kV6;
  else
    return fail(ErrorCode::kInvalidArgument, "not an IP address");
  return ip;
}

Result<SocketAddress> parse_socket_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return fail(ErrorCode::kInvalidArgument, "an address needs a port: ip:port or [ip6]:port");
  const std::string_view host = text.substr(0, colon);
  if (host.find(':') != std::string_view::npos && host.front() != '[')
    return fail(ErrorCode::kInvalidArgument, "an IPv6 address before a port needs brackets");
  const auto ip = parse_ip(host);
  if (!ip) return tl::unexpected<Error>(ip.error());
  const auto port = parse_port(text.substr(colon + 1));
  if (!port) return tl::unexpected<Error>(port.error());
  return SocketAddress{*ip, *port};
}

bool IpPrefix::contains(const IpAddress& ip) const {
  if (ip.family != address.family) return false;
  const std::size_t whole = length / 8;
  if (!std::equal(ip.bytes.begin(), ip.bytes.begin() + static_cast<long>(whole),
                  address.bytes.begin()))
    return false;
  const unsigned rest = length % 8u;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xff00u >> rest);
  return (ip.bytes[whole] & mask) == (address.bytes[whole] & mask);
}

Result<IpPrefix> parse_ip_prefix(std::string_view text) {
  const auto slash = text.find('/');
  const auto ip = parse_ip(text.substr(0, slash));
  if (!ip) return tl::unexpected<Error>(ip.error());
  const auto bits_max = static_cast<unsigned>(width(ip->family) * 8);
  if (slash == std::string_view::npos) return IpPrefix{*ip, static_cast<std::uint8_t>(bits_max)};
  const auto bits = parse_port(text.substr(slash + 1));
  if (!bits || *bits > bits_max)
    return fail(ErrorCode::kInvalidArgument,
                "a prefix length is a number from 0 to " + std::to_string(bits_max));
  return IpPrefix{*ip, static_cast<std::uint8_t>(*bits)};
}

SocketAddress from_sockaddr(const sockaddr_storage& address) {
  SocketAddress out;
  if (address.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    out.ip.family = IpFamily::kV4;
    std::memcpy(out.ip.bytes.data(), &v4.sin_addr, 4);
    out.port = ntohs(v4.sin_port);
  } else if (address.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    const bool mapped = IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr);
    out.ip.family = mapped ? IpFamily::kV4 : IpFamily::kV6;
    std::memcpy(out.ip.bytes.data(), v6.sin6_addr.s6_addr + (mapped ? 12 : 0), mapped ? 4 : 16);
    out.port = ntohs(v6.sin6_port);
  }
  return out;
}

socklen_t to_sockaddr(const SocketAddress& address, sockaddr_storage& out) {
  out = {};
  if (address.ip.family == IpFamily::kV6) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(address.port);
    std::memcpy(v6.sin6_addr.s6_addr, address.ip.bytes.data(), 16);
    std::memcpy(&out, &v6, sizeof v6);
    return sizeof v6;
  }
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(address.port);
  std::memcpy(&v4.sin_addr, address.ip.bytes.data(), 4);
  std::memcpy(&out, &v4, sizeof v4);
  return sizeof v4;
}

}  // namespace pbx::core
