#include "sip/server_troubles.h"

#include <doctest/doctest.h>

namespace pbx::sip {
namespace {

using namespace std::chrono_literals;

constexpr core::Instant kStart{1h};

core::SocketAddress server(std::uint16_t port) { return {*core::parse_ip("192.0.2.1"), port}; }

}  // namespace

TEST_CASE("a trouble is known to the end of the turn") {
  ServerTroubles troubles;
  const std::string before(troubles.reason(server(1)));
  CHECK(before.find("no connection") == 0);
  troubles.note(kStart, server(1), "expired");
  CHECK(troubles.reason(server(1)) == "expired");
  CHECK(troubles.reason(server(2)) == before);
  troubles.end_turn();
  CHECK(troubles.reason(server(1)) == before);
  troubles.note(kStart, server(1), "expired");
  CHECK(troubles.reason(server(1)) == "expired");
}

TEST_CASE("the same trouble is said once in a while") {
  ServerTroubles troubles;
  CHECK(troubles.note(kStart, server(1), "expired"));
  CHECK_FALSE(troubles.note(kStart + 1s, server(1), "expired"));
  CHECK(troubles.note(kStart + 2s, server(2), "expired"));
  CHECK(troubles.note(kStart + 3s, server(1), "revoked"));
  CHECK_FALSE(troubles.note(kStart + 4s, server(1), "revoked"));
  CHECK(troubles.note(kStart + 3s + ServerTroubles::kSayAgain, server(1), "revoked"));
}

TEST_CASE("with too many servers all are forgotten") {
  ServerTroubles troubles;
  for (std::size_t i = 0; i < ServerTroubles::kServersMax; ++i)
    CHECK(troubles.note(kStart, server(static_cast<std::uint16_t>(i + 1)), "expired"));
  CHECK_FALSE(troubles.note(kStart, server(1), "expired"));
  CHECK(troubles.note(kStart, server(9999), "expired"));
  CHECK(troubles.note(kStart, server(1), "expired"));
}

}  // namespace pbx::sip
