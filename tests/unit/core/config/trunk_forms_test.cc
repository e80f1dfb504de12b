#include "core/config/trunk_forms.h"

#include <doctest/doctest.h>

using namespace pbx::config;

TEST_CASE("a server is a host with a transport and a port if they are wanted") {
  struct Row {
    const char* text;
    std::optional<Transport> transport;
    const char* host;
    int port;
  };
  for (const Row& row : {
           Row{"sip.example.com", {}, "sip.example.com", 0},
           Row{"sip.example.com:5080", {}, "sip.example.com", 5080},
           Row{"udp:sip.example.com", Transport::kUdp, "sip.example.com", 0},
           Row{"tcp:192.0.2.1:5080", Transport::kTcp, "192.0.2.1", 5080},
           Row{"TLS:[2001:db8::1]", Transport::kTls, "2001:db8::1", 0},
           Row{"tls:[2001:db8::1]:5061", Transport::kTls, "2001:db8::1", 5061},
           Row{"[2001:db8::1]", {}, "2001:db8::1", 0},
           Row{"192.0.2.1", {}, "192.0.2.1", 0},
       }) {
    CAPTURE(row.text);
    const auto server = ServerForm{}.read(row.text);
    REQUIRE(server.has_value());
    CHECK(server->transport == row.transport);
    CHECK(server->host == row.host);
    CHECK(server->port == row.port);
    CHECK(ServerForm{}.read(ServerForm{}.write(*server)) == server);
  }
}

TEST_CASE("what is no server is refused with the reason") {
  struct Row {
    const char* text;
    const char* reason;
  };
  for (const Row& row : {
           Row{"", "no name"},
           Row{"sctp:sip.example.com", "no port"},
           Row{"udp:", "no name"},
           Row{"sip.example.com:0", "no port"},
           Row{"sip.example.com:65536", "no port"},
           Row{"sip.example.com:", "no port"},
           Row{"sip:user@example.com", "no port"},
           Row{"user@example.com", "no name"},
           Row{"[2001:db8::1", "without its ]"},
           Row{"[example.com]", "no IPv6"},
           Row{"[::1]5060", "goes on"},
           Row{"-x.example.com", "no name"},
       }) {
    CAPTURE(row.text);
    const auto server = ServerForm{}.read(row.text);
    REQUIRE(!server.has_value());
    CHECK_MESSAGE(server.error().find(row.reason) != std::string::npos, server.error());
  }
}

TEST_CASE("a password of the other side's making may be short but is there") {
  CHECK(SecretForm{}.read("1")->reveal() == "1");
  CHECK(SecretForm{}.read("generate")->reveal() == "generate");
  CHECK(!SecretForm{}.read(""));
  CHECK(!SecretForm{}.read(std::string(200, 'x')));
}
