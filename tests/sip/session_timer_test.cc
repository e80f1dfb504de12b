// RFC 4028 in a live dialog, under virtual time.
#include "tests/sip/stack_fixture.h"

using namespace pbx;
using namespace pbx::test;

TEST_CASE("a caller who refreshes is told so, and dropped when it stops") {
  Exchange exchange;
  Phone phone(exchange, "101");
  phone.invite({.to = "102",
                .headers = "Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n",
                .body = phone.offer()});
  const auto incoming = exchange.events.wait<call::LegIncoming>();
  exchange.stack.post(call::SipAnswer{incoming.leg, audio()});
  const SipText ok = phone.peer.expect_status(200);
  CHECK(ok.header("Session-Expires") == "90;refresher=uac");
  CHECK(ok.header("Require") == "timer");
  phone.learn(ok);
  phone.ack();
  phone.sync();
  exchange.advance(40s);
  phone.send_in_dialog("UPDATE", "Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n");
  CHECK(phone.peer.expect_final().header("Session-Expires") == "90;refresher=uac");
  exchange.settle();
  exchange.advance(55s);  // 95 s after the call began, 55 after the refresh
  CHECK(exchange.events.none<call::LegEnded>(100ms));
  exchange.advance(6s);
  CHECK_FALSE(phone.peer.expect("BYE").text.empty());
  CHECK(exchange.events.wait<call::LegEnded>().cause.sip_status == 408);
}

TEST_CASE("the exchange refreshes by UPDATE what it asked for") {
  auto config = test_config();
  config->profiles["phones"].session_timer.expires = 100s;
  Exchange exchange(config);
  Phone phone(exchange, "102");
  exchange.stack.post(invite_to(exchange, phone));
  const SipText invite = phone.peer.expect("INVITE");
  CHECK(invite.header("Session-Expires").find("100") == 0);
  CHECK(invite.header("Supported").find("timer") != std::string::npos);
  phone.answer(invite, "t1",
               "Allow: INVITE, UPDATE\r\nRequire: timer\r\nSession-Expires: 100;refresher=uac\r\n");
  CHECK_FALSE(phone.peer.expect("ACK").text.empty());
  static_cast<void>(exchange.events.wait<call::LegAnswered>());
  exchange.advance(51s);
  const SipText refresh = phone.peer.expect("UPDATE");
  CHECK(refresh.header("Session-Expires") == "100;refresher=uac");
  phone.peer.reply(refresh, 200, "",
                   "Contact: <" + phone.contact() + ">\r\nSession-Expires: 100;refresher=uac\r\n",
                   phone.offer());
  CHECK(exchange.events.none<call::LegOfferAnswered>(100ms));
  exchange.advance(51s);
  CHECK_FALSE(phone.peer.expect("UPDATE").text.empty());
}

TEST_CASE("without UPDATE the exchange refreshes by re-INVITE, and hangs up when it fails") {
  auto config = test_config();
  config->profiles["phones"].session_timer.expires = 100s;
  Exchange exchange(config);
  Phone phone(exchange, "102");
  exchange.stack.post(invite_to(exchange, phone));
  phone.answer(phone.peer.expect("INVITE"), "t1", "Session-Expires: 100;refresher=uac\r\n");
  CHECK_FALSE(phone.peer.expect("ACK").text.empty());
  static_cast<void>(exchange.events.wait<call::LegAnswered>());
  exchange.advance(51s);
  const SipText refresh = phone.peer.expect("INVITE");
  CHECK(refresh.body().find("m=audio 20000") != std::string::npos);
  phone.peer.reply(refresh, 481);
  CHECK(exchange.events.wait<call::LegEnded>().cause.sip_status == 481);
}

TEST_CASE("a side without session timers may refuse every refresh") {
  auto config = test_config();
  config->profiles["phones"].session_timer.expires = 100s;
  Exchange exchange(config);
  Phone phone(exchange, "102");
  exchange.stack.post(invite_to(exchange, phone));
  phone.answer(phone.peer.expect("INVITE"), "t1", "Allow: INVITE, UPDATE\r\n");
  CHECK_FALSE(phone.peer.expect("ACK").text.empty());
  static_cast<void>(exchange.events.wait<call::LegAnswered>());
  exchange.advance(51s);
  phone.peer.reply(phone.peer.expect("UPDATE"), 405);
  for (int i = 0; i < 3; ++i) {
    exchange.settle();
    exchange.advance(51s);
    const SipText refresh = phone.peer.expect("INVITE");
    CHECK(refresh.method() == "INVITE");
    phone.peer.reply(refresh, 488);
    CHECK_FALSE(phone.peer.expect("ACK").text.empty());
  }
  CHECK(exchange.events.none<call::LegEnded>(100ms));
}

TEST_CASE("an interval that is too small for the other side is asked again") {
  auto config = test_config();
  config->profiles["phones"].session_timer.expires = 100s;
  Exchange exchange(config);
  Phone phone(exchange, "102");
  exchange.stack.post(invite_to(exchange, phone));
  const SipText first = phone.peer.expect("INVITE");
  phone.peer.reply(first, 422, "t1", "Min-SE: 600\r\n");
  CHECK_FALSE(phone.peer.expect("ACK").text.empty());
  const SipText again = phone.peer.expect("INVITE");
  CHECK(again.header("Call-ID") == first.header("Call-ID"));
  CHECK(again.header("CSeq") == "2 INVITE");
  CHECK(again.header("Session-Expires").find("600") == 0);
  CHECK(again.header("Min-SE") == "600");
  phone.answer(again, "t2", "Session-Expires: 600;refresher=uac\r\n");
  CHECK_FALSE(phone.peer.expect("ACK").text.empty());
  static_cast<void>(exchange.events.wait<call::LegAnswered>());
}
