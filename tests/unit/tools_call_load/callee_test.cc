// The called side against a server played by the test: the B leg of a B2BUA.

#include "tools/call_load/callee.h"

#include <doctest/doctest.h>

#include "tests/unit/tools_call_load/fake_network.h"

using namespace pbx;
using namespace pbx::call_load;
using namespace std::chrono_literals;

namespace {

// A call under way and the server's INVITE to the callee.
struct Offered {
  explicit Offered(const Options& options) : world(options) {
    world.calls.place(world.now, true);
    invite_a = world.taken("INVITE ");
    world.respond(invite_a, "100 Trying");
    invite_b.body = sdp_of(20002, options.callee_codec);
  }
  // Our tag of the callee's leg, from a response.
  std::string local() const { return "<sip:150@pbx.test>;tag=" + tag; }
  FakeSip::Sent response(std::string_view start) {
    const FakeSip::Sent sent = world.taken(start);
    tag = parse_sip(sent.bytes)->to_tag();
    return sent;
  }
  World::ServerRequest in_dialog(std::string_view method, std::uint32_t cseq) const {
    World::ServerRequest request = invite_b;
    request.method = method;
    request.to = local();
    request.cseq = cseq;
    request.body.clear();
    return request;
  }
  void bring_up() {
    world.request(invite_b);
    response("SIP/2.0 180 ");
    response("SIP/2.0 200 ");
    world.request(in_dialog("ACK", 1));
    world.respond(invite_a, "200 OK", "Contact: <sip:pbx@127.0.0.1:5060>\r\n", sdp_of(20000));
    world.taken("ACK ");
  }

  World world;
  FakeSip::Sent invite_a;
  World::ServerRequest invite_b;
  std::string tag;
};

}  // namespace

TEST_CASE("the callee rings and answers with SDP, again when asked again") {
  Offered call(options_for(false));
  call.world.request(call.invite_b);
  const auto ringing = call.response("SIP/2.0 180 ");
  CHECK(ringing.bytes.find("Contact: <sip:150@127.0.0.1:") != std::string::npos);
  const auto answer = call.response("SIP/2.0 200 ");
  CHECK(parse_sdp(parse_sip(answer.bytes)->body)->rtp.port == 40002);
  CHECK(call.world.media.has("connect 1 20002 PCMU"));
  CHECK(call.world.calls.stats().matched_by_pair == 1);

  call.world.request(call.invite_b);
  CHECK(call.world.taken("SIP/2.0 200 ").bytes == answer.bytes);
  call.world.pass(1600ms);  // no ACK: at 0.5 and 1.5 s
  CHECK(call.world.taken("SIP/2.0 200 ").bytes == answer.bytes);
  call.world.taken("SIP/2.0 200 ");
  call.world.request(call.in_dialog("ACK", 1));
  call.world.pass(10s);
  CHECK(call.world.to_server.empty());
}

TEST_CASE("responses repeat all Via and Record-Route lines in order") {
  Offered call(options_for(false));
  call.invite_b.lines +=
      "Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKb, SIP/2.0/UDP 192.0.2.3;branch=z9hG4bKc\r\n"
      "Record-Route: <sip:127.0.0.1:5060;lr>\r\nRecord-Route: <sip:192.0.2.2;lr>\r\n";
  call.world.request(call.invite_b);
  const std::string ringing = call.response("SIP/2.0 180 ").bytes;
  CHECK(parse_sip(ringing)->via.values().size() == 2);
  CHECK(parse_sip(ringing)->record_route.values().size() == 2);
  CHECK(ringing.find("192.0.2.2;branch") < ringing.find("192.0.2.3;branch"));
  call.response("SIP/2.0 200 ");
  call.world.request(call.in_dialog("ACK", 1));
  // The callee's own requests follow the route from its near end.
  call.world.calls.hang_up_all(call.world.now);
}

TEST_CASE("an INVITE is matched by mark, by pair, by callee, or not at all") {
  struct Row {
    const char* lines;
    const char* from;
    const char* uri;
    int by_mark, by_pair, by_callee, unmatched;
  };
  for (const Row& row : {
           Row{"X-Call-Load: 1\r\n", "<sip:anonymous@x>;tag=s", "sip:150@h", 1, 0, 0, 0},
           Row{"X-Call-Load: 9\r\n", "<sip:100@x>;tag=s", "sip:150@h", 0, 0, 0, 1},
           Row{"", "<sip:100@x>;tag=s", "sip:150@h", 0, 1, 0, 0},
           Row{"", "<sip:anonymous@x>;tag=s", "sip:150@h", 0, 0, 1, 0},
           Row{"", "<sip:100@x>;tag=s", "sip:contact@h", 0, 1, 0, 0},  // by the To number
           Row{"", "<sip:100@x>;tag=s", "sip:151@h", 0, 0, 0, 1},
       }) {
    CAPTURE(row.lines);
    CAPTURE(row.from);
    Offered call(options_for(false));
    call.invite_b.lines += row.lines;
    call.invite_b.from = row.from;
    call.invite_b.uri = row.uri;
    call.world.request(call.invite_b);
    const CallStats& stats = call.world.calls.stats();
    CHECK(stats.matched_by_mark == row.by_mark);
    CHECK(stats.matched_by_pair == row.by_pair);
    CHECK(stats.matched_by_callee == row.by_callee);
    CHECK(stats.unmatched == row.unmatched);
    call.world.taken(row.unmatched != 0 ? "SIP/2.0 480 " : "SIP/2.0 180 ");
  }
}

TEST_CASE("the second INVITE for one call is refused: it was forked") {
  Offered call(options_for(false));
  call.world.request(call.invite_b);
  call.invite_b.call_id = "fork-2";
  call.world.request(call.invite_b);
  CHECK(call.world.calls.stats().unmatched == 1);
}

TEST_CASE("an INVITE without offer is answered with one, the ACK has the answer") {
  Offered call(options_for(false));
  call.invite_b.body.clear();
  call.world.request(call.invite_b);
  call.response("SIP/2.0 180 ");
  const auto answer = call.response("SIP/2.0 200 ");
  CHECK(parse_sdp(parse_sip(answer.bytes)->body).has_value());
  CHECK_FALSE(call.world.media.has("connect 1 20002 PCMU"));
  World::ServerRequest ack = call.in_dialog("ACK", 1);
  ack.body = sdp_of(20002);
  call.world.request(ack);
  CHECK(call.world.media.has("connect 1 20002 PCMU"));
}

TEST_CASE("an offer without the callee's codec gets 488") {
  Options options = options_for(false);
  options.callee_codec = Codec::kG722;
  Offered call(options);
  call.invite_b.body = sdp_of(20002, Codec::kPcmu);
  call.world.request(call.invite_b);
  call.response("SIP/2.0 488 ");
  call.world.request(call.in_dialog("ACK", 1));
  call.world.respond(call.invite_a, "488 Not Acceptable Here");
  CHECK(call.world.calls.stats().failures.at("bad_sdp") == 1);
  CHECK(call.world.calls.active() == 0);
}

TEST_CASE("CANCEL ends the ringing with 487, which is repeated until ACK") {
  Options options = options_for(false);
  options.answer_after = {5s, 5s};
  Offered call(options);
  call.world.request(call.invite_b);
  call.response("SIP/2.0 180 ");
  World::ServerRequest cancel = call.invite_b;
  cancel.method = "CANCEL";
  cancel.body.clear();
  call.world.request(cancel);
  CHECK(header_of(call.world.taken("SIP/2.0 200 ").bytes, Header::kCseq) == "1 CANCEL");
  CHECK(header_of(call.world.taken("SIP/2.0 487 ").bytes, Header::kCseq) == "1 INVITE");
  call.world.pass(600ms);
  call.world.taken("SIP/2.0 487 ");
  call.world.request(call.in_dialog("ACK", 1));
  call.world.pass(10s);
  CHECK(call.world.to_server.empty());
}

TEST_CASE("CANCEL for an unknown call gets 481") {
  World world(options_for(false));
  World::ServerRequest cancel;
  cancel.method = "CANCEL";
  world.request(cancel);
  world.taken("SIP/2.0 481 ");
}

TEST_CASE("a 200 without ACK for 32 s is a failure and is hung up") {
  Offered call(options_for(false));
  call.world.request(call.invite_b);
  call.world.respond(call.invite_a, "200 OK", "Contact: <sip:pbx@127.0.0.1:5060>\r\n",
                     sdp_of(20000));
  call.world.pass(33s);
  CHECK(call.world.calls.stats().attempted == 1);
  call.world.pass(2min);
  CHECK(call.world.calls.active() == 0);
  CHECK(call.world.calls.stats().failed == 1);
  check_accounted(call.world.calls.stats());
}

TEST_CASE("the answer waits for the PRACK of a reliable 180") {
  Options options = options_for(false);
  options.prack = true;
  Offered call(options);
  call.invite_b.lines += "Supported: 100rel\r\n";
  call.world.request(call.invite_b);
  const auto ringing = call.response("SIP/2.0 180 ");
  CHECK(has_token(header_of(ringing.bytes, Header::kRequire), "100rel"));
  call.world.pass(600ms);
  CHECK(call.world.taken("SIP/2.0 180 ").bytes == ringing.bytes);
  World::ServerRequest prack = call.in_dialog("PRACK", 2);
  prack.lines = "RAck: 999999 1 INVITE\r\n";
  call.world.request(prack);
  call.world.taken("SIP/2.0 481 ");
  prack.cseq = 3;
  prack.lines = "RAck: " + header_of(ringing.bytes, Header::kRseq) + " 1 INVITE\r\n";
  call.world.request(prack);
  CHECK(header_of(call.world.taken("SIP/2.0 200 ").bytes, Header::kCseq) == "3 PRACK");
  CHECK(header_of(call.world.taken("SIP/2.0 200 ").bytes, Header::kCseq) == "1 INVITE");
}

TEST_CASE("a reliable 180 is used when the INVITE requires it, and 504 ends it without PRACK") {
  Offered call(options_for(false));
  call.invite_b.lines += "Require: 100rel\r\n";
  call.world.request(call.invite_b);
  CHECK(has_token(header_of(call.response("SIP/2.0 180 ").bytes, Header::kRequire), "100rel"));
  call.world.pass(31900ms);
  CHECK(call.world.to_server.back().bytes.starts_with("SIP/2.0 180 "));
  call.world.pass(1s);
  CHECK(call.world.to_server.back().bytes.starts_with("SIP/2.0 504 "));
}

TEST_CASE("a caller that is gone without CANCEL leaves the callee only for a time") {
  Options options = options_for(false);
  options.answer_after = {10s, 10s};
  Offered call(options);
  call.world.request(call.invite_b);
  call.response("SIP/2.0 180 ");
  call.world.respond(call.invite_a, "500 Server Error");
  call.world.taken("ACK ");
  call.world.pass(20s);
  CHECK(call.world.to_server.empty());
  call.world.pass(20s);
  CHECK(call.world.to_server.front().bytes.starts_with("SIP/2.0 480 "));
  CHECK(call.world.calls.active() == 0);
  CHECK(call.world.calls.stats().failures.at("status_500") == 1);
}

TEST_CASE("a call through a server comes up and ends on both sides") {
  Offered call(options_for(false));
  call.bring_up();
  CHECK(call.world.calls.talking() == 1);
  call.world.pass(10200ms);
  const auto bye = call.world.taken("BYE ");
  call.world.request(call.in_dialog("BYE", 2));
  call.world.taken("SIP/2.0 200 ");
  CHECK(call.world.calls.active() == 1);
  call.world.respond(bye, "200 OK");
  CHECK(call.world.calls.active() == 0);
  CHECK(call.world.calls.stats().ok == 1);
  // The server's BYE again: our 200 was lost.
  call.world.request(call.in_dialog("BYE", 2));
  call.world.taken("SIP/2.0 200 ");
  CHECK(call.world.calls.stats().attempted == 1);
}
