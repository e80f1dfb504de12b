#include "core/base/net.h"

#include <doctest/doctest.h>
#include <netinet/in.h>

#include <cstring>
#include <unordered_set>

using namespace pbx::core;

TEST_CASE("an address is read and written in the form of RFC 5952") {
  const struct {
    const char* text;
    const char* written;
    IpFamily family;
  } table[] = {
      {"192.0.2.1", "192.0.2.1", IpFamily::kV4},
      {"0.0.0.0", "0.0.0.0", IpFamily::kV4},
      {"2001:DB8:0:0:0:0:0:1", "2001:db8::1", IpFamily::kV6},
      {"[::1]", "::1", IpFamily::kV6},
      {"::", "::", IpFamily::kV6},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    const auto ip = parse_ip(row.text);
    REQUIRE(ip);
    CHECK(ip->family == row.family);
    CHECK(ip->text() == row.written);
    CHECK(parse_ip(ip->text()).value() == *ip);
  }
  CHECK(IpAddress{}.text() == "");
}

TEST_CASE("what is not an address is refused") {
  for (const char* text :
       {"", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4 ", "01.2.3.4", "localhost", "::g",
        "[::1", "::1]", "[]", "fe80::1%eth0", "1:2:3:4:5:6:7:8:9",
        "0000000000000000000000000000000000000000000000000000001"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_ip(text));
  }
}

TEST_CASE("unspecified and loopback addresses are known in both families") {
  CHECK(parse_ip("0.0.0.0")->is_unspecified());
  CHECK(parse_ip("::")->is_unspecified());
  CHECK(IpAddress{}.is_unspecified());
  CHECK_FALSE(parse_ip("::1")->is_unspecified());
  CHECK(parse_ip("127.8.9.1")->is_loopback());
  CHECK(parse_ip("::1")->is_loopback());
  CHECK_FALSE(parse_ip("::2")->is_loopback());
  CHECK_FALSE(parse_ip("1::1")->is_loopback());
  CHECK_FALSE(parse_ip("128.0.0.1")->is_loopback());
}

TEST_CASE("a socket address has brackets around IPv6 and a port") {
  for (const char* text : {"192.0.2.1:5060", "[2001:db8::1]:5060", "127.0.0.1:0", "[::]:65535"}) {
    CAPTURE(text);
    const auto address = parse_socket_address(text);
    REQUIRE(address);
    CHECK(address->text() == text);
  }
  for (const char* text : {"", "192.0.2.1", ":5060", "192.0.2.1:", "192.0.2.1:65536", "::1:5060",
                           "[::1]", "192.0.2.1:5060x", "192.0.2.1:-1", "host:5060"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_socket_address(text));
  }
  CHECK_FALSE(SocketAddress{});
  CHECK_FALSE(parse_socket_address("127.0.0.1:0").value());
  CHECK(parse_socket_address("127.0.0.1:1").value());
}

TEST_CASE("a prefix contains the addresses of its family that share its bits") {
  const struct {
    const char* prefix;
    const char* inside;
    const char* outside;
  } table[] = {
      {"10.0.0.0/8", "10.255.1.2", "11.0.0.0"},
      {"192.0.2.128/25", "192.0.2.255", "192.0.2.127"},
      {"192.0.2.7", "192.0.2.7", "192.0.2.6"},
      {"172.16.0.0/12", "172.31.255.255", "172.32.0.0"},
      {"2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::"},
      {"::/0", "1234::1", "1.2.3.4"},
      {"0.0.0.0/0", "255.1.1.1", "::1"},
  };
  for (const auto& row : table) {
    CAPTURE(row.prefix);
    const auto prefix = parse_ip_prefix(row.prefix);
    REQUIRE(prefix);
    CHECK(prefix->contains(*parse_ip(row.inside)));
    CHECK_FALSE(prefix->contains(*parse_ip(row.outside)));
  }
  for (const char* text : {"", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/a", "/8"})
    CHECK_FALSE(parse_ip_prefix(text));
}

TEST_CASE("addresses go to the socket calls and back") {
  for (const char* text : {"192.0.2.1:5060", "[2001:db8::1]:5060"}) {
    const auto address = parse_socket_address(text).value();
    sockaddr_storage storage;
    const socklen_t size = to_sockaddr(address, storage);
    CHECK(size ==
          (address.ip.family == IpFamily::kV4 ? sizeof(sockaddr_in) : sizeof(sockaddr_in6)));
    CHECK(from_sockaddr(storage) == address);
  }
}

TEST_CASE("an IPv4 address mapped into IPv6 comes back as IPv4") {
  sockaddr_storage storage;
  to_sockaddr(parse_socket_address("[::ffff:192.0.2.1]:5060").value(), storage);
  CHECK(from_sockaddr(storage).text() == "192.0.2.1:5060");
}

TEST_CASE("addresses are keys of unordered containers") {
  std::unordered_set<SocketAddress> set;
  for (const char* text : {"192.0.2.1:1", "192.0.2.1:2", "[::1]:1", "192.0.2.1:1"})
    set.insert(parse_socket_address(text).value());
  CHECK(set.size() == 3);
}
