// The calling side against a server played by the test.

#include "tools/call_load/caller.h"

#include <doctest/doctest.h>

#include "tests/unit/tools_call_load/fake_network.h"

using namespace pbx;
using namespace pbx::call_load;
using namespace std::chrono_literals;

namespace {

const std::string kContact = "Contact: <sip:pbx@127.0.0.1:5060>\r\n";
const std::string kChallenge =
    "Proxy-Authenticate: Digest realm=\"pbx\", nonce=\"n\", qop=\"auth\"\r\n";

FakeSip::Sent place(World& world) {
  world.calls.place(world.now, true);
  return world.taken("INVITE ");
}

}  // namespace

TEST_CASE("the INVITE says who calls whom, with an offer and our mark") {
  World world(options_for(false));
  const std::string invite = place(world).bytes;
  CHECK(invite.starts_with("INVITE sip:150@pbx.test SIP/2.0\r\n"));
  CHECK(invite.find("From: <sip:100@pbx.test>;tag=") != std::string::npos);
  CHECK(invite.find("To: <sip:150@pbx.test>\r\n") != std::string::npos);
  CHECK(invite.find("Contact: <sip:100@127.0.0.1:5100>\r\n") != std::string::npos);
  CHECK(header_of(invite, Header::kCallLoad) == "1");
  CHECK(parse_sdp(parse_sip(invite)->body)->rtp.port == 40000);
}

TEST_CASE("a challenge is acknowledged and answered; a second one is a refused login") {
  World world(options_for(false));
  const auto first = place(world);
  world.respond(first, "407 Proxy Authentication Required", kChallenge);
  const std::string ack = world.taken("ACK ").bytes;
  CHECK(parse_sip(ack)->branch() == parse_sip(first.bytes)->branch());
  CHECK(parse_sip(ack)->to_tag() == "srv");
  const auto second = world.taken("INVITE ");
  CHECK(parse_sip(second.bytes)->cseq == 2);
  CHECK(parse_sip(second.bytes)->branch() != parse_sip(first.bytes)->branch());
  CHECK(second.bytes.find("Proxy-Authorization: Digest username=\"100\"") != std::string::npos);
  CHECK(header_of(second.bytes, Header::kCallId) == header_of(first.bytes, Header::kCallId));

  // The first refusal again: its ACK was lost.
  world.respond(first, "407 Proxy Authentication Required", kChallenge);
  CHECK(parse_sip(world.taken("ACK ").bytes)->cseq == 1);
  CHECK(world.to_server.empty());

  world.respond(second, "407 Proxy Authentication Required", kChallenge);
  world.taken("ACK ");
  CHECK(world.calls.stats().failures.at("login_refused") == 1);
  CHECK(world.calls.active() == 0);
}

TEST_CASE("refusals are counted by status, load shedding apart") {
  struct Row {
    const char* status;
    const char* lines;
    const char* cause;
  };
  for (const Row& row :
       {Row{"486 Busy Here", "", "status_486"}, Row{"404 Not Found", "", "status_404"},
        Row{"302 Moved", "Contact: <sip:x@y>\r\n", "status_302"},
        Row{"503 Service Unavailable", "", "status_503"},
        Row{"503 Service Unavailable", "Retry-After: 5\r\n", "status_503_retry_after"},
        Row{"603 Decline", "", "status_603"}}) {
    World world(options_for(false));
    const auto invite = place(world);
    world.respond(invite, "100 Trying");
    world.respond(invite, row.status, row.lines);
    world.taken("ACK ");
    CHECK(world.calls.stats().failures.count(row.cause) == 1);
    CHECK(world.calls.active() == 0);
    // Sent again because the ACK was lost: acknowledged again, counted once.
    world.respond(invite, row.status, row.lines);
    world.taken("ACK ");
    check_accounted(world.calls.stats());
  }
}

TEST_CASE("without any response the INVITE is repeated for 32 s") {
  World world(options_for(false));
  place(world);
  world.pass(31900ms);
  CHECK(world.to_server.size() == 6);
  CHECK(world.calls.active() == 1);
  world.pass(200ms);
  CHECK(world.calls.stats().failures.at("timeout_invite") == 1);
  CHECK(world.counters.repeated == 6);
}

TEST_CASE("a call that only rings is given up with CANCEL") {
  Options options = options_for(false);
  options.setup_timeout = 20s;
  World world(options);
  const auto invite = place(world);
  world.respond(invite, "180 Ringing");
  world.pass(19s);
  CHECK(world.to_server.empty());
  world.pass(1s);
  const auto cancel = world.taken("CANCEL ");
  CHECK(parse_sip(cancel.bytes)->branch() == parse_sip(invite.bytes)->branch());
  CHECK(parse_sip(cancel.bytes)->cseq == 1);
  world.respond(cancel, "200 OK");
  world.respond(invite, "487 Request Terminated");
  world.taken("ACK ");
  CHECK(world.calls.stats().failures.at("timeout_setup") == 1);
  CHECK(world.calls.active() == 0);
}

TEST_CASE("CANCEL waits for a provisional response (RFC 3261 9.1)") {
  Options options = options_for(false);
  options.cancel_after = 100ms;
  World world(options);
  const auto invite = place(world);
  world.pass(200ms);
  CHECK(world.to_server.empty());
  world.respond(invite, "100 Trying");
  const auto cancel = world.taken("CANCEL ");
  world.respond(cancel, "200 OK");
  world.pass(40s);  // but the 487 never comes
  CHECK(world.calls.active() == 0);
  CHECK(world.calls.stats().failures.at("timeout_invite") == 1);
}

TEST_CASE("the answer is acknowledged along the recorded route, and again when it comes again") {
  World world(options_for(false));
  const auto invite = place(world);
  const std::string lines =
      "Contact: <sip:b2b@192.0.2.50:5080>\r\nRecord-Route: <sip:192.0.2.1;lr>, "
      "<sip:127.0.0.1:5060;lr>\r\n";
  world.respond(invite, "200 OK", lines, sdp_of(20000));
  const auto ack = world.taken("ACK sip:b2b@192.0.2.50:5080 ");
  const std::string& text = ack.bytes;
  CHECK(text.find("Route: <sip:127.0.0.1:5060;lr>\r\nRoute: <sip:192.0.2.1;lr>\r\n") !=
        std::string::npos);
  CHECK(parse_sip(text)->branch() != parse_sip(invite.bytes)->branch());
  CHECK(world.media.has("connect 0 20000 PCMU"));
  world.respond(invite, "200 OK", lines, sdp_of(20000));
  CHECK(world.taken("ACK ").bytes == text);
}

TEST_CASE("with a delayed offer the ACK carries the answer") {
  Options options = options_for(false);
  options.delayed_offer = true;
  World world(options);
  const auto invite = place(world);
  CHECK(parse_sip(invite.bytes)->body.empty());
  world.respond(invite, "200 OK", kContact, sdp_of(20000));
  const auto ack = world.taken("ACK ");
  CHECK(parse_sdp(parse_sip(ack.bytes)->body)->rtp.port == 40000);
  CHECK(world.media.has("connect 0 20000 PCMU"));
}

TEST_CASE("an answer without our codec is hung up as bad SDP") {
  for (const std::string& body : {sdp_of(20000, Codec::kG722), std::string()}) {
    World world(options_for(false));
    const auto invite = place(world);
    world.respond(invite, "200 OK", kContact, body);
    world.taken("ACK ");
    world.respond(world.taken("BYE "), "200 OK");
    CHECK(world.calls.stats().failures.at("bad_sdp") == 1);
    CHECK(world.calls.active() == 0);
  }
}

TEST_CASE("an answered call whose callee never talks is hung up") {
  World world(options_for(false));
  const auto invite = place(world);
  world.respond(invite, "200 OK", kContact, sdp_of(20000));
  world.taken("ACK ");
  world.pass(kPatience);
  world.respond(world.taken("BYE "), "200 OK");
  CHECK(world.calls.stats().failures.at("callee_missing") == 1);
  CHECK(world.calls.active() == 0);
}

TEST_CASE("a reliable provisional response gets its PRACK once") {
  Options options = options_for(false);
  options.prack = true;
  World world(options);
  const auto invite = place(world);
  CHECK(has_token(header_of(invite.bytes, Header::kSupported), "100rel"));
  const std::string reliable = kContact + "Require: 100rel\r\nRSeq: 7\r\n";
  world.respond(invite, "183 Session Progress", reliable, sdp_of(20000));
  const auto prack = world.taken("PRACK sip:pbx@127.0.0.1:5060 ");
  CHECK(header_of(prack.bytes, Header::kRack) == "7 1 INVITE");
  CHECK(parse_sip(prack.bytes)->cseq == 2);
  CHECK(world.media.has("connect 0 20000 PCMU"));
  world.respond(invite, "183 Session Progress", reliable, sdp_of(20000));
  CHECK(world.to_server.empty());
  world.respond(prack, "200 OK");
  world.respond(invite, "200 OK", kContact);  // the answer was in the 183
  world.taken("ACK ");
  CHECK(world.calls.stats().failed == 0);
}

TEST_CASE("an offer in a reliable provisional response is answered in the PRACK") {
  Options options = options_for(false);
  options.prack = options.delayed_offer = true;
  World world(options);
  const auto invite = place(world);
  world.respond(invite, "183 Session Progress", kContact + "Require: 100rel\r\nRSeq: 1\r\n",
                sdp_of(20000));
  const auto prack = world.taken("PRACK ");
  CHECK(parse_sdp(parse_sip(prack.bytes)->body).has_value());
  world.respond(prack, "200 OK");
  world.respond(invite, "200 OK", kContact);
  CHECK(parse_sip(world.taken("ACK ").bytes)->body.empty());
}
