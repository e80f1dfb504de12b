#include <fmt/format.h>

#include "tests/sip/stack_fixture.h"

using namespace pbx;
using namespace pbx::test;

TEST_CASE("OPTIONS outside a dialog tells what we can") {
  Exchange exchange;
  SipPeer peer(SipPeer::Kind::kUdp, exchange.address());
  peer.send(
      "OPTIONS sip:x@strowger SIP/2.0\r\nVia: " + peer.via("a") +
      "\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:x@strowger>\r\nCall-ID: o1\r\nCSeq: 1 OPTIONS\r\n"
      "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n");
  const SipText ok = peer.expect_final();
  CHECK(ok.status() == 200);
  CHECK(ok.header("Allow").find("PRACK") != std::string::npos);
  CHECK(ok.header("Accept").find("application/sdp") != std::string::npos);
  CHECK(ok.header("Supported").find("timer") != std::string::npos);
}

TEST_CASE("a telephone registers, refreshes and goes") {
  Exchange exchange;
  Phone phone(exchange, "101");
  const SipText ok = phone.register_contact();
  CHECK(ok.status() == 200);
  CHECK(ok.header("Contact").find("expires=600") != std::string::npos);
  const auto added = exchange.events.wait<call::BindingChanged>();
  CHECK(added.what == call::BindingChanged::What::kAdded);
  CHECK(added.binding.extension == "101");
  CHECK(added.binding.contact_uri == phone.contact());
  CHECK(added.binding.received == phone.peer.local());
  CHECK(phone.register_contact({}, 0).status() == 200);
  CHECK(exchange.events.wait<call::BindingChanged>().what == call::BindingChanged::What::kRemoved);
  CHECK(exchange.events.bindings().size() == 2);
}

TEST_CASE("a call from a telephone rings, is answered and ended by the telephone") {
  Exchange exchange;
  Phone phone(exchange, "101");
  phone.invite({.to = "102", .body = phone.offer()});
  const auto incoming = exchange.events.wait<call::LegIncoming>();
  CHECK(incoming.extension == "101");
  CHECK(incoming.caller.number == "101");
  CHECK(incoming.dialed == "102");
  CHECK(incoming.peer == phone.peer.local());
  CHECK(incoming.local_ip == *core::parse_ip("127.0.0.1"));
  REQUIRE(incoming.offer);
  CHECK(incoming.offer->rtp.port == 30000);
  CHECK_FALSE(phone.peer.expect_status(100).text.empty());

  exchange.stack.post(call::SipProgress{incoming.leg, 180, {}});
  const SipText ringing = phone.peer.expect_status(180);
  CHECK_FALSE(ringing.to_tag().empty());
  CHECK_FALSE(ringing.header("Contact").empty());

  exchange.stack.post(call::SipAnswer{incoming.leg, audio()});
  const SipText ok = phone.peer.expect_status(200);
  CHECK(ok.to_tag() == ringing.to_tag());
  CHECK(ok.body().find("m=audio 20000 RTP/AVP 0") != std::string::npos);
  phone.learn(ok);
  phone.ack();
  phone.send_in_dialog("BYE");
  CHECK(phone.peer.expect_final().status() == 200);
  const auto ended = exchange.events.wait<call::LegEnded>();
  CHECK(ended.leg == incoming.leg);
  CHECK(ended.cause.q850 == 16);
}

TEST_CASE("the exchange ends a call with BYE and its reason") {
  Exchange exchange;
  Phone phone(exchange, "101");
  const core::LegId leg = answered_call(exchange, phone);
  exchange.stack.post(call::SipEnd{leg, core::causes::normal_clearing(), {}});
  const SipText bye = phone.peer.expect("BYE");
  CHECK(bye.header("Reason").find("Q.850;cause=16") != std::string::npos);
  CHECK(bye.to_tag() == phone.local_tag);
  phone.peer.reply(bye, 200);
  CHECK(exchange.events.wait<call::LegEnded>().leg == leg);
}

TEST_CASE("a refused call gets the status of its cause") {
  Exchange exchange;
  Phone phone(exchange, "101");
  phone.invite({.to = "999", .body = phone.offer()});
  const auto incoming = exchange.events.wait<call::LegIncoming>();
  exchange.stack.post(call::SipEnd{incoming.leg, core::causes::unallocated(), {}});
  CHECK(phone.peer.expect_final().status() == 404);
  CHECK(exchange.events.wait<call::LegEnded>().cause.q850 == 1);
}

TEST_CASE("a caller who gives up is heard") {
  Exchange exchange;
  Phone phone(exchange, "101");
  phone.invite({.to = "102", .body = phone.offer()});
  const auto incoming = exchange.events.wait<call::LegIncoming>();
  phone.cancel();
  const SipText first = phone.peer.expect_final();
  const SipText second = phone.peer.expect_final();
  CHECK((first.method() == "CANCEL" ? first : second).status() == 200);
  CHECK((first.method() == "CANCEL" ? second : first).status() == 487);
  const auto ended = exchange.events.wait<call::LegEnded>();
  CHECK(ended.leg == incoming.leg);
  CHECK(ended.cause.sip_status == 487);
}

TEST_CASE("a call to a telephone rings and is answered") {
  Exchange exchange;
  Phone phone(exchange, "102");
  exchange.stack.post(invite_to(exchange, phone));
  const SipText invite = phone.peer.expect("INVITE");
  CHECK(invite.request_uri() == phone.contact());
  CHECK(invite.header("From").find("\"Alice\" <sip:101@") == 0);
  CHECK(invite.header("P-Asserted-Identity").find("101") != std::string::npos);
  CHECK(invite.header("Max-Forwards") == "69");
  CHECK(invite.body().find("m=audio 20000") != std::string::npos);
  phone.peer.reply(invite, 180, "t1");
  CHECK(exchange.events.wait<call::LegProgress>().status == 180);
  phone.answer(invite, "t1");
  const SipText ack = phone.peer.expect("ACK");
  CHECK(ack.to_tag() == "t1");
  CHECK(ack.request_uri() == phone.contact());
  const auto answered = exchange.events.wait<call::LegAnswered>();
  CHECK(answered.answer.rtp.port == 30000);
  phone.send_in_dialog("BYE", "Reason: Q.850;cause=31\r\n");
  CHECK(phone.peer.expect_final().status() == 200);
  CHECK(exchange.events.wait<call::LegEnded>().cause.q850 == 31);
}

TEST_CASE("a telephone that is busy ends the leg") {
  Exchange exchange;
  Phone phone(exchange, "102");
  exchange.stack.post(invite_to(exchange, phone));
  const SipText invite = phone.peer.expect("INVITE");
  phone.peer.reply(invite, 486, "t1");
  CHECK_FALSE(phone.peer.expect("ACK").text.empty());
  const auto ended = exchange.events.wait<call::LegEnded>();
  CHECK(ended.cause.sip_status == 486);
  CHECK(ended.cause.q850 == 17);
}

TEST_CASE("a fork that lost is cancelled with a reason") {
  Exchange exchange;
  Phone phone(exchange, "102");
  exchange.stack.post(invite_to(exchange, phone));
  const SipText invite = phone.peer.expect("INVITE");
  phone.peer.reply(invite, 180, "t1");
  static_cast<void>(exchange.events.wait<call::LegProgress>());
  exchange.stack.post(call::SipEnd{core::LegId{1000}, core::causes::answered_elsewhere(), {}});
  const SipText cancel = phone.peer.expect("CANCEL");
  const auto reasons = cancel.headers("Reason");
  const std::string said = fmt::format("{}", fmt::join(reasons, ", "));
  CHECK(said.find("SIP;cause=200;text=\"Call completed elsewhere\"") != std::string::npos);
  CHECK(said.find("Q.850;cause=26") != std::string::npos);
  CHECK(cancel.branch() == invite.branch());
  phone.peer.reply(cancel, 200, "t1");
  phone.peer.reply(invite, 487, "t1");
  CHECK_FALSE(phone.peer.expect("ACK").text.empty());
  CHECK(exchange.events.wait<call::LegEnded>().leg == core::LegId{1000});
}

TEST_CASE("a CANCEL waits for the first provisional response") {
  Exchange exchange;
  Phone phone(exchange, "102");
  exchange.stack.post(invite_to(exchange, phone));
  const SipText invite = phone.peer.expect("INVITE");
  exchange.stack.post(call::SipEnd{core::LegId{1000}, core::causes::cancelled(), {}});
  CHECK(phone.peer.expect("CANCEL", 300ms).text.empty());
  phone.peer.reply(invite, 100, "");
  CHECK_FALSE(phone.peer.expect("CANCEL").text.empty());
}

TEST_CASE("a 200 that crosses the CANCEL is acknowledged and released") {
  Exchange exchange;
  Phone phone(exchange, "102");
  exchange.stack.post(invite_to(exchange, phone));
  const SipText invite = phone.peer.expect("INVITE");
  phone.peer.reply(invite, 180, "t1");
  static_cast<void>(exchange.events.wait<call::LegProgress>());
  exchange.stack.post(call::SipEnd{core::LegId{1000}, core::causes::cancelled(), {}});
  CHECK_FALSE(phone.peer.expect("CANCEL").text.empty());
  phone.answer(invite, "t1");
  CHECK_FALSE(phone.peer.expect("ACK").text.empty());
  CHECK_FALSE(phone.peer.expect("BYE").text.empty());
  CHECK(exchange.events.wait<call::LegEnded>().leg == core::LegId{1000});
  CHECK(exchange.events.none<call::LegAnswered>(50ms));
}

TEST_CASE("a call that nobody acknowledges is hung up") {
  Exchange exchange;
  Phone phone(exchange, "101");
  phone.invite({.to = "102", .body = phone.offer()});
  const auto incoming = exchange.events.wait<call::LegIncoming>();
  exchange.stack.post(call::SipAnswer{incoming.leg, audio()});
  phone.learn(phone.peer.expect_final());
  CHECK(phone.peer.expect_final().status() == 200);  // repeated
  exchange.advance(9s);
  CHECK_FALSE(phone.peer.expect("BYE").text.empty());
  CHECK(exchange.events.wait<call::LegEnded>().leg == incoming.leg);
}

TEST_CASE("a call that stays alone in the stack goes on when its transactions are over") {
  Exchange exchange;
  Phone phone(exchange, "101");
  const core::LegId leg = answered_call(exchange, phone);
  exchange.advance(60s);
  phone.sync();
  exchange.advance(60s);
  exchange.stack.post(call::SipEnd{leg, core::causes::normal_clearing(), {}});
  CHECK_FALSE(phone.peer.expect("BYE").text.empty());
}
