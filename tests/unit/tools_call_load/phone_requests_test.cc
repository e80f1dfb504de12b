#include "tools/call_load/phone_requests.h"

#include <doctest/doctest.h>

#include "tests/unit/tools_call_load/fake_network.h"

using namespace pbx;
using namespace pbx::call_load;
using namespace std::chrono_literals;

namespace {
const std::string kChallenge =
    "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"n\", qop=\"auth\"\r\n";
}

TEST_CASE("a registration logs in and is counted once") {
  World world(options_for(false));
  Phone& phone = world.phones.callee(0);
  world.requests.register_phone(world.now, phone, 600, true);
  const auto first = world.taken("REGISTER sip:pbx.test SIP/2.0");
  CHECK(header_of(first.bytes, Header::kContact) == "<sip:150@127.0.0.1:5101>");
  CHECK(header_of(first.bytes, Header::kExpires) == "600");
  CHECK(world.requests.is_busy(phone));
  world.now += 30ms;
  world.respond(first, "401 Unauthorized", kChallenge);
  const auto second = world.taken("REGISTER ");
  CHECK(second.bytes.find("\r\nAuthorization: Digest username=\"150\"") != std::string::npos);
  CHECK(parse_sip(second.bytes)->cseq == 2);
  CHECK(header_of(second.bytes, Header::kCallId) == header_of(first.bytes, Header::kCallId));
  world.respond(first, "401 Unauthorized", kChallenge);  // again: nothing to do
  CHECK(world.to_server.empty());
  world.respond(second, "200 OK");
  CHECK_FALSE(world.requests.is_busy(phone));
  CHECK(phone.is_registered);
  const RequestStats& stats = world.requests.stats();
  CHECK(stats.attempted == 1);
  CHECK(stats.ok == 1);
  CHECK(stats.time.max() == 30'000'000);
  CHECK(world.requests.active() == 0);
}

TEST_CASE("refusals and silence are counted by cause") {
  struct Row {
    const char* status;
    const char* lines;
    const char* cause;
  };
  for (const Row& row : {Row{"403 Forbidden", "", "status_403"},
                         Row{"503 Busy", "Retry-After: 3\r\n", "status_503_retry_after"},
                         Row{"401 Unauthorized", "", "login_refused"}}) {
    World world(options_for(false));
    world.requests.register_phone(world.now, world.phones[0], 60, true);
    world.respond(world.taken("REGISTER "), row.status, row.lines);
    CHECK(world.requests.stats().failures.at(row.cause) == 1);
    CHECK_FALSE(world.phones[0].is_registered);
  }
  World world(options_for(false));
  world.requests.register_phone(world.now, world.phones[0], 60, true);
  world.pass(33s);
  CHECK(world.requests.stats().failures.at("timeout") == 1);
  CHECK(world.to_server.size() == 11);
  CHECK(world.counters.repeated == 10);
  CHECK(world.requests.active() == 0);
}

TEST_CASE("a registration is refreshed at half of what was granted, until told not to") {
  World world(options_for(false));
  Phone& phone = world.phones.callee(0);
  world.requests.register_phone(world.now, phone, 600, true);
  world.respond(world.taken("REGISTER "), "200 OK",
                "Contact: <sip:150@x>;expires=900, <sip:150@127.0.0.1:5101>;expires=100\r\n");
  world.pass(49s);
  CHECK(world.to_server.empty());
  world.pass(1200ms);
  const auto refresh = world.taken("REGISTER ");
  CHECK(parse_sip(refresh.bytes)->cseq == 2);
  world.respond(refresh, "200 OK", "Expires: 100\r\n");
  CHECK(world.requests.stats().attempted == 1);  // refreshes are not the user's
  world.requests.stop_refreshing();
  world.pass(200s);
  CHECK(world.to_server.empty());
}

TEST_CASE("a registration is taken back with Expires: 0") {
  World world(options_for(false));
  Phone& phone = world.phones.callee(0);
  phone.is_registered = true;
  world.requests.register_phone(world.now, phone, 0, false);
  const auto sent = world.taken("REGISTER ");
  CHECK(header_of(sent.bytes, Header::kExpires) == "0");
  world.respond(sent, "200 OK");
  CHECK_FALSE(phone.is_registered);
  CHECK(world.requests.stats().attempted == 0);
}

TEST_CASE("OPTIONS are sent and counted") {
  Options options = options_for(false);
  options.server.port = 5070;
  World world(options);
  world.requests.ping(world.now, world.phones[0]);
  const auto sent = world.sip.sent.front();
  CHECK(sent.bytes.starts_with("OPTIONS sip:pbx.test:5070 SIP/2.0"));
  CHECK(sent.to.port == 5070);
  world.sip.sent.clear();
  world.respond(sent, "100 Trying");
  world.respond(sent, "200 OK");
  CHECK(world.requests.stats().ok == 1);
}

TEST_CASE("a response to a request of before is not taken for an answer") {
  World world(options_for(false));
  Phone& phone = world.phones[0];
  world.requests.register_phone(world.now, phone, 60, true);
  const auto first = world.taken("REGISTER ");
  world.respond(first, "403 No");
  world.requests.register_phone(world.now, phone, 60, true);
  world.taken("REGISTER ");
  world.respond(first, "200 OK");
  CHECK(world.requests.is_busy(phone));
  CHECK(world.requests.stats().ok == 0);
}
