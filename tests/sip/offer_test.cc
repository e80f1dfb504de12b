// Offers and answers: early media, reliable provisional responses, delayed offers, re-INVITE,
// UPDATE, glare.
#include "tests/sip/stack_fixture.h"

using namespace pbx;
using namespace pbx::test;

namespace {

std::string rack(const SipText& response) {
  return "RAck: " + response.header("RSeq") + " " + response.header("CSeq") + "\r\n";
}

// A caller who supports 100rel, waiting for what the exchange says.
call::LegIncoming reliable_call(Exchange& exchange, Phone& phone, std::string body) {
  phone.invite({.to = "102", .headers = "Supported: 100rel\r\n", .body = std::move(body)});
  return exchange.events.wait<call::LegIncoming>();
}

}  // namespace

TEST_CASE("early media to a caller without 100rel is foretold and repeated in the answer") {
  Exchange exchange;
  Phone phone(exchange, "101");
  phone.invite({.to = "102", .body = phone.offer()});
  const auto incoming = exchange.events.wait<call::LegIncoming>();
  exchange.stack.post(call::SipProgress{incoming.leg, 183, audio()});
  const SipText early = phone.peer.expect_status(183);
  CHECK(early.header("Require").empty());
  CHECK(early.body().find("m=audio 20000") != std::string::npos);
  exchange.stack.post(call::SipAnswer{incoming.leg, audio()});
  CHECK(phone.peer.expect_status(200).body() == early.body());
}

TEST_CASE("early media to a caller with 100rel is reliable, and the 200 waits for its PRACK") {
  Exchange exchange;
  Phone phone(exchange, "101");
  const auto incoming = reliable_call(exchange, phone, phone.offer());
  exchange.stack.post(call::SipProgress{incoming.leg, 183, audio()});
  const SipText early = phone.peer.expect_status(183);
  CHECK(early.header("Require") == "100rel");
  CHECK_FALSE(early.header("RSeq").empty());
  exchange.stack.post(call::SipAnswer{incoming.leg, audio()});
  CHECK(phone.peer.expect_status(200, 100ms).text.empty());
  phone.learn(early);
  const unsigned invite = phone.invite_cseq;
  phone.send_in_dialog("PRACK", rack(early));
  phone.invite_cseq = invite;
  const SipText first = phone.peer.expect_final();
  const SipText second = phone.peer.expect_final();
  const SipText& prack_ok = first.method() == "PRACK" ? first : second;
  const SipText& invite_ok = first.method() == "PRACK" ? second : first;
  CHECK(prack_ok.status() == 200);
  CHECK(invite_ok.method() == "INVITE");
  CHECK(invite_ok.status() == 200);
  CHECK(invite_ok.body().empty());  // the answer was given reliably
}

TEST_CASE("a reliable response is repeated until its PRACK, and given up after 64 T1") {
  Exchange exchange;
  Phone phone(exchange, "101");
  const auto incoming = reliable_call(exchange, phone, phone.offer());
  exchange.stack.post(call::SipProgress{incoming.leg, 180, {}});
  const SipText early = phone.peer.expect_status(180);
  CHECK(phone.peer.expect_status(180).header("RSeq") == early.header("RSeq"));
  exchange.advance(9s);
  CHECK(phone.peer.expect_final().status() >= 500);
  CHECK(exchange.events.wait<call::LegEnded>().leg == incoming.leg);
}

TEST_CASE("a PRACK that fits no response gets 481") {
  Exchange exchange;
  Phone phone(exchange, "101");
  const auto incoming = reliable_call(exchange, phone, phone.offer());
  exchange.stack.post(call::SipProgress{incoming.leg, 180, {}});
  const SipText early = phone.peer.expect_status(180);
  phone.learn(early);
  phone.send_in_dialog("PRACK", "RAck: 7 " + early.header("CSeq") + "\r\n");
  CHECK(phone.peer.expect_final().status() == 481);
}

TEST_CASE("a delayed offer is made in the 200 and answered in the ACK") {
  Exchange exchange;
  Phone phone(exchange, "101");
  phone.invite({.to = "102"});
  const auto incoming = exchange.events.wait<call::LegIncoming>();
  CHECK_FALSE(incoming.offer);
  exchange.stack.post(call::SipAnswer{incoming.leg, audio()});
  const SipText ok = phone.peer.expect_status(200);
  CHECK(ok.body().find("m=audio 20000") != std::string::npos);
  phone.learn(ok);
  phone.ack(phone.offer());
  CHECK(exchange.events.wait<call::LegOfferAnswered>().answer.rtp.port == 30000);
}

TEST_CASE("a delayed offer whose ACK has no answer ends the call") {
  Exchange exchange;
  Phone phone(exchange, "101");
  phone.invite({.to = "102"});
  const auto incoming = exchange.events.wait<call::LegIncoming>();
  exchange.stack.post(call::SipAnswer{incoming.leg, audio()});
  phone.learn(phone.peer.expect_status(200));
  phone.ack();
  CHECK_FALSE(phone.peer.expect("BYE").text.empty());
  CHECK(exchange.events.wait<call::LegEnded>().cause.sip_status == 488);
}

TEST_CASE("a delayed offer with 100rel is answered in the PRACK") {
  Exchange exchange;
  Phone phone(exchange, "101");
  const auto incoming = reliable_call(exchange, phone, "");
  exchange.stack.post(call::SipProgress{incoming.leg, 183, audio()});
  const SipText early = phone.peer.expect_status(183);
  CHECK(early.body().find("m=audio 20000") != std::string::npos);
  phone.learn(early);
  phone.send_in_dialog("PRACK", rack(early), phone.offer());
  CHECK(phone.peer.expect_final().status() == 200);
  CHECK(exchange.events.wait<call::LegOfferAnswered>().answer.rtp.port == 30000);
}

TEST_CASE("reliable early media from a telephone gets a PRACK and is the answer") {
  Exchange exchange;
  Phone phone(exchange, "102");
  exchange.stack.post(invite_to(exchange, phone));
  const SipText invite = phone.peer.expect("INVITE");
  CHECK(invite.header("Supported").find("100rel") != std::string::npos);
  const std::string contact = "Contact: <" + phone.contact() + ">\r\n";
  phone.peer.reply(invite, 183, "t1", contact + "Require: 100rel\r\nRSeq: 41\r\n", phone.offer());
  const SipText prack = phone.peer.expect("PRACK");
  CHECK(prack.header("RAck") == "41 1 INVITE");
  CHECK(prack.to_tag() == "t1");
  phone.peer.reply(prack, 200);
  const auto progress = exchange.events.wait<call::LegProgress>();
  CHECK(progress.status == 183);
  REQUIRE(progress.answer);
  phone.peer.reply(invite, 183, "t1", contact + "Require: 100rel\r\nRSeq: 41\r\n", phone.offer());
  CHECK(phone.peer.expect("PRACK", 100ms).text.empty());  // repeated: not a new one
  phone.peer.reply(invite, 200, "t1", contact);           // without SDP
  CHECK_FALSE(phone.peer.expect("ACK").text.empty());
  CHECK(exchange.events.wait<call::LegAnswered>().answer == *progress.answer);
}

TEST_CASE("early media of two branches of a downstream fork; the answer of one wins") {
  Exchange exchange;
  Phone phone(exchange, "102");
  exchange.stack.post(invite_to(exchange, phone));
  const SipText invite = phone.peer.expect("INVITE");
  const std::string contact = "Contact: <" + phone.contact() + ">\r\n";
  phone.peer.reply(invite, 183, "t1", contact, sdp_text({phone.local_ip(), 31000}));
  phone.peer.reply(invite, 183, "t2", contact, sdp_text({phone.local_ip(), 32000}));
  CHECK(exchange.events.wait<call::LegProgress>().answer->rtp.port == 31000);
  CHECK(exchange.events.wait<call::LegProgress>().answer->rtp.port == 32000);
  phone.peer.reply(invite, 200, "t2", contact, sdp_text({phone.local_ip(), 32000}));
  CHECK(phone.peer.expect("ACK").to_tag() == "t2");
  CHECK(exchange.events.wait<call::LegAnswered>().answer.rtp.port == 32000);
  phone.peer.reply(invite, 200, "t1", contact, sdp_text({phone.local_ip(), 31000}));
  const SipText ack = phone.peer.expect("ACK");
  CHECK(ack.to_tag() == "t1");
  CHECK(phone.peer.expect("BYE").to_tag() == "t1");
  CHECK(exchange.events.none<call::LegEnded>(50ms));
}

TEST_CASE("a 200 that is repeated is acknowledged again") {
  Exchange exchange;
  Phone phone(exchange, "102");
  exchange.stack.post(invite_to(exchange, phone));
  const SipText invite = phone.peer.expect("INVITE");
  phone.answer(invite);
  const SipText ack = phone.peer.expect("ACK");
  phone.answer(invite);
  CHECK(phone.peer.expect("ACK").text == ack.text);
}

TEST_CASE("hold and resume by re-INVITE go through control") {
  Exchange exchange;
  Phone phone(exchange, "101");
  const core::LegId leg = answered_call(exchange, phone);
  phone.send_in_dialog("INVITE", {}, sdp_text({phone.local_ip(), 30000}, "0 8", "sendonly", 2));
  const auto offered = exchange.events.wait<call::LegOffered>();
  CHECK(offered.leg == leg);
  CHECK(offered.offer->direction == call::Direction::kSendOnly);
  auto held = audio();
  held.direction = call::Direction::kRecvOnly;
  exchange.stack.post(call::SipAnswerOffer{leg, held});
  const SipText ok = phone.peer.expect_status(200);
  CHECK(ok.body().find("a=recvonly") != std::string::npos);
  phone.ack();
  phone.send_in_dialog("INVITE", {}, sdp_text({phone.local_ip(), 30000}, "0 8", "sendrecv", 3));
  CHECK(exchange.events.wait<call::LegOffered>().offer->direction == call::Direction::kSendRecv);
  exchange.stack.post(call::SipAnswerOffer{leg, audio()});
  CHECK(phone.peer.expect_status(200).status() == 200);
  phone.ack();
}

TEST_CASE("a re-INVITE that changes nothing is answered without control") {
  Exchange exchange;
  Phone phone(exchange, "101");
  static_cast<void>(answered_call(exchange, phone));
  phone.send_in_dialog("INVITE", {}, phone.offer());
  const SipText ok = phone.peer.expect_status(200);
  CHECK(ok.body().find("m=audio 20000") != std::string::npos);
  phone.ack();
  CHECK(exchange.events.none<call::LegOffered>(50ms));
}

TEST_CASE("a re-INVITE without SDP asks for our offer") {
  Exchange exchange;
  Phone phone(exchange, "101");
  const core::LegId leg = answered_call(exchange, phone);
  phone.send_in_dialog("INVITE");
  CHECK_FALSE(exchange.events.wait<call::LegOffered>().offer);
  exchange.stack.post(call::SipAnswerOffer{leg, audio()});
  CHECK(phone.peer.expect_status(200).body().find("m=audio 20000") != std::string::npos);
  phone.ack(sdp_text({phone.local_ip(), 30002}, "0", "sendrecv", 2));
  CHECK(exchange.events.wait<call::LegOfferAnswered>().answer.rtp.port == 30002);
}

TEST_CASE("an offer that control refuses leaves the session as it was") {
  Exchange exchange;
  Phone phone(exchange, "101");
  const core::LegId leg = answered_call(exchange, phone);
  phone.send_in_dialog("INVITE", {}, sdp_text({phone.local_ip(), 30010}, "8", "sendrecv", 2));
  static_cast<void>(exchange.events.wait<call::LegOffered>());
  exchange.stack.post(call::SipRefuseOffer{leg, 488});
  CHECK(phone.peer.expect_final().status() == 488);
  phone.ack();
  phone.send_in_dialog("INVITE", {}, phone.offer());
  CHECK(phone.peer.expect_final().status() == 200);
}

TEST_CASE("a second offer while one is open gets 500 with Retry-After") {
  Exchange exchange;
  Phone phone(exchange, "101");
  static_cast<void>(answered_call(exchange, phone));
  phone.send_in_dialog("INVITE", {}, sdp_text({phone.local_ip(), 30010}, "8", "sendrecv", 2));
  static_cast<void>(exchange.events.wait<call::LegOffered>());
  phone.send_in_dialog("UPDATE", {}, sdp_text({phone.local_ip(), 30012}, "8", "sendrecv", 3));
  const SipText refused = phone.peer.expect_final();
  CHECK(refused.status() == 500);
  CHECK_FALSE(refused.header("Retry-After").empty());
}

TEST_CASE("an offer by UPDATE is answered in its 200") {
  Exchange exchange;
  Phone phone(exchange, "101");
  const core::LegId leg = answered_call(exchange, phone);
  phone.send_in_dialog("UPDATE", {}, sdp_text({phone.local_ip(), 30020}, "0", "inactive", 2));
  CHECK(exchange.events.wait<call::LegOffered>().offer->direction == call::Direction::kInactive);
  exchange.stack.post(call::SipAnswerOffer{leg, audio()});
  const SipText ok = phone.peer.expect_final();
  CHECK(ok.method() == "UPDATE");
  CHECK(ok.body().find("a=inactive") != std::string::npos);
}

TEST_CASE("an offer of ours goes out and its answer comes back") {
  Exchange exchange;
  Phone phone(exchange, "102");
  const core::LegId leg = answered_call_to(exchange, phone);
  exchange.stack.post(call::SipOffer{leg, audio(20000, call::Codec::kPcma)});
  const SipText offer = phone.peer.expect("INVITE");
  CHECK(offer.to_tag() == phone.local_tag);
  CHECK(offer.body().find("RTP/AVP 8") != std::string::npos);
  phone.peer.reply(offer, 200, "", "Contact: <" + phone.contact() + ">\r\n",
                   sdp_text({phone.local_ip(), 30000}, "8", "sendrecv", 2));
  CHECK_FALSE(phone.peer.expect("ACK").text.empty());
  CHECK(exchange.events.wait<call::LegOfferAnswered>().answer.formats.front().codec ==
        call::Codec::kPcma);
}

TEST_CASE("an offer of ours that is refused is reported") {
  Exchange exchange;
  Phone phone(exchange, "102");
  const core::LegId leg = answered_call_to(exchange, phone);
  exchange.stack.post(call::SipOffer{leg, audio(20000, call::Codec::kPcma)});
  phone.peer.reply(phone.peer.expect("INVITE"), 488);
  CHECK(exchange.events.wait<call::LegOfferRefused>().status == 488);
}

TEST_CASE("offers that meet: theirs gets 491, ours is repeated after a while") {
  Exchange exchange;
  Phone phone(exchange, "102");
  const core::LegId leg = answered_call_to(exchange, phone);
  exchange.stack.post(call::SipOffer{leg, audio(20000, call::Codec::kPcma)});
  const SipText ours = phone.peer.expect("INVITE");
  phone.send_in_dialog("INVITE", {}, sdp_text({phone.local_ip(), 30000}, "0", "sendonly", 2));
  CHECK(phone.peer.expect_final().status() == 491);
  phone.ack();
  phone.peer.reply(ours, 491);
  CHECK_FALSE(phone.peer.expect("ACK").text.empty());
  CHECK(phone.peer.expect("INVITE", 100ms).text.empty());
  exchange.advance(4100ms);  // we made the Call-ID: 2.1 to 4 s
  const SipText again = phone.peer.expect("INVITE");
  CHECK(again.body().find("RTP/AVP 8") != std::string::npos);
  phone.peer.reply(again, 200, "", "Contact: <" + phone.contact() + ">\r\n",
                   sdp_text({phone.local_ip(), 30000}, "8", "sendrecv", 3));
  CHECK_FALSE(exchange.events.wait<call::LegOfferAnswered>().answer.formats.empty());
}

TEST_CASE("a dialog that the other side forgot ends with our offer") {
  Exchange exchange;
  Phone phone(exchange, "102");
  const core::LegId leg = answered_call_to(exchange, phone);
  exchange.stack.post(call::SipOffer{leg, audio(20000, call::Codec::kPcma)});
  phone.peer.reply(phone.peer.expect("INVITE"), 481);
  CHECK(exchange.events.wait<call::LegEnded>().cause.sip_status == 481);
}

TEST_CASE("a target refresh moves our next request") {
  Exchange exchange;
  Phone phone(exchange, "101");
  const core::LegId leg = answered_call(exchange, phone);
  phone.number = "moved";  // another Contact
  phone.send_in_dialog("UPDATE");
  CHECK(phone.peer.expect_final().status() == 200);
  exchange.stack.post(call::SipEnd{leg, core::causes::normal_clearing(), {}});
  CHECK(phone.peer.expect("BYE").request_uri() == phone.contact());
}

TEST_CASE("a request out of order gets 500 with Retry-After") {
  Exchange exchange;
  Phone phone(exchange, "101");
  static_cast<void>(answered_call(exchange, phone));
  phone.send_in_dialog("OPTIONS", {}, {}, 50);
  CHECK(phone.peer.expect_final().status() == 200);
  phone.send_in_dialog("INFO", {}, {}, 49);
  const SipText refused = phone.peer.expect_final();
  CHECK(refused.status() == 500);
  CHECK_FALSE(refused.header("Retry-After").empty());
}

TEST_CASE("SDP that cannot be read gets 400, with no codec of ours it is control's to refuse") {
  Exchange exchange;
  Phone phone(exchange, "101");
  phone.invite({.to = "102", .body = "v=0\r\nm=audio \x01\x02 RTP/AVP 0\r\n"});
  CHECK(phone.peer.expect_final().status() == 400);
  phone.invite({.to = "102", .body = sdp_text({phone.local_ip(), 30000}, "97")});
  const auto incoming = exchange.events.wait<call::LegIncoming>();
  REQUIRE(incoming.offer);
  CHECK(incoming.offer->formats.empty());
  exchange.stack.post(call::SipEnd{incoming.leg, core::causes::not_acceptable(), {}});
  CHECK(phone.peer.expect_final().status() == 488);
}

TEST_CASE("a re-INVITE that is cancelled before control decided ends with 487") {
  Exchange exchange;
  Phone phone(exchange, "101");
  const core::LegId leg = answered_call(exchange, phone);
  phone.invite_uri = phone.target;
  phone.send_in_dialog("INVITE", {}, sdp_text({phone.local_ip(), 30010}, "8", "sendrecv", 2));
  static_cast<void>(exchange.events.wait<call::LegOffered>());
  phone.peer.send(
      "CANCEL " + phone.target + " SIP/2.0\r\nVia: " + phone.peer.via(phone.branch) +
      "\r\nMax-Forwards: 70\r\nFrom: " + phone.from + ";tag=" + phone.local_tag +
      "\r\nTo: " + phone.to + ";tag=" + phone.remote_tag + "\r\nCall-ID: " + phone.call_id +
      "\r\nCSeq: " + std::to_string(phone.invite_cseq) + " CANCEL\r\nContent-Length: 0\r\n\r\n");
  const SipText first = phone.peer.expect_final();
  const SipText second = phone.peer.expect_final();
  CHECK((first.method() == "CANCEL" ? first : second).status() == 200);
  CHECK((first.method() == "CANCEL" ? second : first).status() == 487);
  exchange.stack.post(call::SipAnswerOffer{leg, audio()});  // too late
  CHECK(phone.peer.expect_status(200, 200ms).text.empty());
}
