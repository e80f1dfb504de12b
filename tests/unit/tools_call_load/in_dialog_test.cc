// Requests of the server within a call, and the end of calls.

#include "tools/call_load/in_dialog.h"

#include <doctest/doctest.h>

#include "tests/unit/tools_call_load/fake_network.h"

using namespace pbx;
using namespace pbx::call_load;
using namespace std::chrono_literals;

namespace {

// A call that talks through a server.
struct Talk {
  explicit Talk(const Options& options) : world(options) {
    world.calls.place(world.now, true);
    const auto invite = world.taken("INVITE ");
    World::ServerRequest offer;
    offer.body = sdp_of(20002);
    world.request(offer);
    world.taken("SIP/2.0 180 ");
    callee_tag = parse_sip(world.taken("SIP/2.0 200 ").bytes)->to_tag();
    world.request(to_callee("ACK", 1));
    world.respond(invite, "200 OK", "Contact: <sip:pbx@127.0.0.1:5060>\r\n", sdp_of(20000));
    world.taken("ACK ");
    caller_from = header_of(invite.bytes, Header::kFrom);
    caller_id = header_of(invite.bytes, Header::kCallId);
    REQUIRE(world.calls.talking() == 1);
    world.media.log.clear();
  }
  World::ServerRequest to_callee(std::string_view method, std::uint32_t cseq) const {
    World::ServerRequest request;
    request.method = method;
    request.to = "<sip:150@pbx.test>;tag=" + callee_tag;
    request.cseq = cseq;
    return request;
  }
  World::ServerRequest to_caller(std::string_view method, std::uint32_t cseq) const {
    World::ServerRequest request;
    request.method = method;
    request.uri = "sip:100@127.0.0.1:5100";
    request.from = "<sip:150@pbx.test>;tag=srv";
    request.to = caller_from;
    request.call_id = caller_id;
    request.cseq = cseq;
    request.socket = 0;
    return request;
  }

  World world;
  std::string callee_tag, caller_from, caller_id;
};

}  // namespace

TEST_CASE("a session refresh by re-INVITE gets the same SDP, on both sides") {
  for (const bool is_caller : {true, false}) {
    Talk talk(options_for(false));
    const auto make = [&](std::string_view method, std::uint32_t cseq) {
      return is_caller ? talk.to_caller(method, cseq) : talk.to_callee(method, cseq);
    };
    World::ServerRequest refresh = make("INVITE", 10);
    refresh.body = sdp_of(is_caller ? 20000 : 20002);
    talk.world.request(refresh);
    const auto answer = talk.world.taken("SIP/2.0 200 ");
    const std::string body(parse_sip(answer.bytes)->body);
    CHECK(body.find(is_caller ? "m=audio 40000" : "m=audio 40002") != std::string::npos);
    CHECK(body.find(" 0 IN IP4") != std::string::npos);  // the version of the first answer
    CHECK(body.find("a=sendrecv") != std::string::npos);
    talk.world.pass(600ms);
    CHECK(talk.world.taken("SIP/2.0 200 ").bytes == answer.bytes);
    talk.world.request(make("ACK", 10));
    talk.world.pass(3s);
    CHECK(talk.world.to_server.empty());
    CHECK(talk.world.calls.talking() == 1);
  }
}

TEST_CASE("a refresh without offer is answered with an offer, the ACK moves the stream") {
  Talk talk(options_for(false));
  talk.world.request(talk.to_caller("INVITE", 10));
  CHECK(parse_sdp(parse_sip(talk.world.taken("SIP/2.0 200 ").bytes)->body).has_value());
  World::ServerRequest ack = talk.to_caller("ACK", 10);
  ack.body = sdp_of(30000);
  talk.world.request(ack);
  CHECK(talk.world.media.has("connect 0 30000 PCMU"));
}

TEST_CASE("UPDATE is answered with SDP only if it offered some") {
  Talk talk(options_for(false));
  talk.world.request(talk.to_callee("UPDATE", 10));
  CHECK(parse_sip(talk.world.taken("SIP/2.0 200 ").bytes)->body.empty());
  World::ServerRequest update = talk.to_callee("UPDATE", 11);
  update.body = sdp_of(30002);
  talk.world.request(update);
  CHECK(parse_sdp(parse_sip(talk.world.taken("SIP/2.0 200 ").bytes)->body).has_value());
  CHECK(talk.world.media.has("connect 1 30002 PCMU"));
}

TEST_CASE("hold by the server stops our packets, resume starts them") {
  Talk talk(options_for(false));
  World::ServerRequest hold = talk.to_caller("INVITE", 10);
  hold.body = sdp_of(20000, Codec::kPcmu, Direction::kInactive);
  talk.world.request(hold);
  const auto held = talk.world.taken("SIP/2.0 200 ");
  CHECK(held.bytes.find("a=inactive") != std::string::npos);
  talk.world.request(talk.to_caller("ACK", 10));
  CHECK(talk.world.media.has("pause 0"));
  talk.world.media.log.clear();
  World::ServerRequest resume = talk.to_caller("INVITE", 11);
  resume.body = sdp_of(20000);
  talk.world.request(resume);
  CHECK(talk.world.media.has("start 0"));
}

TEST_CASE("a new offer without our codec gets 488 and the call goes on") {
  Talk talk(options_for(false));
  World::ServerRequest change = talk.to_callee("INVITE", 10);
  change.body = sdp_of(20000, Codec::kG722);
  talk.world.request(change);
  talk.world.taken("SIP/2.0 488 ");
  talk.world.request(talk.to_callee("ACK", 10));
  World::ServerRequest update = talk.to_callee("UPDATE", 11);
  update.body = change.body;
  talk.world.request(update);
  talk.world.taken("SIP/2.0 488 ");
  CHECK(talk.world.calls.talking() == 1);
}

TEST_CASE("a re-INVITE while another is unacknowledged gets 491") {
  Talk talk(options_for(false));
  World::ServerRequest first = talk.to_callee("INVITE", 10);
  first.body = sdp_of(20002);
  talk.world.request(first);
  const auto answer = talk.world.taken("SIP/2.0 200 ");
  first.cseq = 11;
  talk.world.request(first);
  talk.world.taken("SIP/2.0 491 ");
  talk.world.request(talk.to_callee("ACK", 11));
  talk.world.pass(600ms);
  CHECK(talk.world.taken("SIP/2.0 200 ").bytes == answer.bytes);  // still waits for its own ACK
}

TEST_CASE("OPTIONS, INFO and NOTIFY get 200, what is unknown 405, what is late 500") {
  Talk talk(options_for(false));
  std::uint32_t cseq = 10;
  for (const char* method : {"OPTIONS", "INFO", "NOTIFY"}) {
    talk.world.request(talk.to_caller(method, ++cseq));
    talk.world.taken("SIP/2.0 200 ");
  }
  talk.world.request(talk.to_caller("REFER", ++cseq));
  CHECK(talk.world.taken("SIP/2.0 405 ").bytes.find("Allow: INVITE") != std::string::npos);
  talk.world.request(talk.to_caller("REFER", cseq));  // again
  talk.world.taken("SIP/2.0 405 ");
  talk.world.request(talk.to_caller("INFO", 3));
  talk.world.taken("SIP/2.0 500 ");
}

TEST_CASE("outside of calls: OPTIONS and NOTIFY get 200, dialog requests 481, the rest 405") {
  struct Row {
    const char* method;
    const char* to;
    const char* start;  // "" for no answer
  };
  for (const Row& row :
       {Row{"OPTIONS", "<sip:150@x>", "SIP/2.0 200 "}, Row{"NOTIFY", "<sip:150@x>", "SIP/2.0 200 "},
        Row{"MESSAGE", "<sip:150@x>", "SIP/2.0 405 "}, Row{"BYE", "<sip:150@x>", "SIP/2.0 481 "},
        Row{"BYE", "<sip:150@x>;tag=unknown", "SIP/2.0 481 "},
        Row{"INVITE", "<sip:150@x>;tag=abc.l7.7.0", "SIP/2.0 481 "},
        Row{"ACK", "<sip:150@x>;tag=unknown", ""}, Row{"ACK", "<sip:150@x>", ""}}) {
    CAPTURE(row.method);
    World world(options_for(false));
    World::ServerRequest request;
    request.method = row.method;
    request.to = row.to;
    world.request(request);
    if (row.start[0] != 0)
      CHECK(header_of(world.taken(row.start).bytes, Header::kTo).find("tag=") != std::string::npos);
    CHECK(world.to_server.empty());
  }
}

TEST_CASE("a BYE before the end is the server's doing") {
  Talk talk(options_for(false));
  talk.world.request(talk.to_callee("BYE", 10));
  talk.world.taken("SIP/2.0 200 ");
  talk.world.request(talk.to_caller("BYE", 10));
  talk.world.taken("SIP/2.0 200 ");
  CHECK(talk.world.calls.active() == 0);
  CHECK(talk.world.calls.stats().failures.at("ended_by_server") == 1);
}

TEST_CASE("a BYE that never reaches the other side is missed") {
  Talk talk(options_for(false));
  talk.world.pass(10200ms);
  talk.world.respond(talk.world.taken("BYE "), "200 OK");
  talk.world.pass(kPatience);
  const auto bye = talk.world.taken("BYE ");
  CHECK(header_of(bye.bytes, Header::kCallId) == "b-leg");
  talk.world.respond(bye, "481 Gone");
  CHECK(talk.world.calls.active() == 0);
  CHECK(talk.world.calls.stats().failures.at("bye_missing") == 1);
}

TEST_CASE("a BYE without response is repeated and then a failure") {
  Talk talk(options_for(false));
  talk.world.pass(10200ms);
  talk.world.request(talk.to_callee("BYE", 10));
  talk.world.pass(40s);
  CHECK(talk.world.calls.stats().failures.at("timeout_bye") == 1);
  CHECK(talk.world.calls.active() == 0);
}

TEST_CASE("a challenged BYE is sent again with credentials") {
  Talk talk(options_for(false));
  talk.world.pass(10200ms);
  talk.world.respond(talk.world.taken("BYE "), "407 Login",
                     "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n");
  const auto bye = talk.world.taken("BYE ");
  CHECK(bye.bytes.find("Proxy-Authorization: ") != std::string::npos);
  CHECK(parse_sip(bye.bytes)->cseq == 3);
}

TEST_CASE("crossing BYEs end the call well") {
  Talk talk(options_for(false));
  talk.world.pass(10200ms);
  const auto bye = talk.world.taken("BYE ");
  talk.world.request(talk.to_caller("BYE", 10));
  talk.world.taken("SIP/2.0 200 ");
  talk.world.request(talk.to_callee("BYE", 10));
  talk.world.taken("SIP/2.0 200 ");
  talk.world.respond(bye, "481 Gone");
  CHECK(talk.world.calls.active() == 0);
  CHECK(talk.world.calls.stats().ok == 1);
}

TEST_CASE("a refused hold is a failure, glare is tried again") {
  Options options = options_for(false);
  options.hold = 60s;
  options.hold_every = 5s;
  Talk talk(options);
  talk.world.pass(5200ms);
  auto hold = talk.world.taken("INVITE ");
  CHECK(hold.bytes.find("a=sendonly") != std::string::npos);
  talk.world.respond(hold, "491 Request Pending");
  talk.world.taken("ACK ");
  talk.world.pass(2s);
  CHECK(talk.world.to_server.empty());
  while (talk.world.to_server.empty()) talk.world.pass(100ms);
  hold = talk.world.taken("INVITE ");
  talk.world.respond(hold, "403 Forbidden");
  talk.world.taken("ACK ");
  CHECK(talk.world.calls.talking() == 1);
  CHECK(talk.world.media.has("start 1"));
  talk.world.calls.hang_up_all(talk.world.now);
  talk.world.pass(200ms);
  talk.world.request(talk.to_callee("BYE", 10));
  talk.world.respond(talk.world.taken("BYE "), "200 OK");
  CHECK(talk.world.calls.stats().failures.at("hold_status_403") == 1);
}

TEST_CASE("a hold without response ends the call") {
  Options options = options_for(false);
  options.hold = 600s;
  options.hold_every = 5s;
  Talk talk(options);
  talk.world.pass(45s);
  CHECK(talk.world.to_server.back().bytes.starts_with("BYE "));
  talk.world.respond(talk.world.to_server.back(), "200 OK");
  talk.world.request(talk.to_callee("BYE", 10));
  CHECK(talk.world.calls.stats().failures.at("timeout_hold") == 1);
  CHECK(talk.world.calls.active() == 0);
}
