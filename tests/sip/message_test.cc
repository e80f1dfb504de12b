// MESSAGE, INFO, registrations, redirection and the trace.
#include <future>

#include <fmt/format.h>

#include "tests/sip/stack_fixture.h"

using namespace pbx;
using namespace pbx::test;

TEST_CASE("a message of a telephone is delivered and answered by control") {
  Exchange exchange;
  Phone phone(exchange, "101");
  phone.invite({});  // teaches Call-ID and tags; the call itself goes nowhere
  static_cast<void>(exchange.events.wait<call::LegIncoming>());
  const std::string uri = "sip:102@strowger";
  const auto message = [&](unsigned cseq, const std::string& credentials) {
    phone.peer.send(fmt::format(
        "MESSAGE {} SIP/2.0\r\nVia: {}\r\nFrom: <sip:101@strowger>;tag=m\r\nTo: <{}>\r\n"
        "Call-ID: msg\r\nCSeq: {} MESSAGE\r\nMax-Forwards: 70\r\n{}Content-Type: text/plain\r\n"
        "Content-Length: 5\r\n\r\nhello",
        uri, phone.peer.via(fmt::format("m{}", cseq)), uri, cseq, credentials));
  };
  message(1, "");
  const SipText challenge = phone.peer.expect_status(401);
  message(2, fmt::format("Authorization: {}\r\n", authorize(challenge.header("WWW-Authenticate"),
                                                            "101", kPassword, "MESSAGE", uri)));
  const auto received = exchange.events.wait<call::MessageReceived>();
  CHECK(received.from.number == "101");
  CHECK(received.to == "102");
  CHECK(received.body == "hello");
  CHECK(received.content_type == "text/plain");
  exchange.stack.post(call::SipMessageReply{received.request, 202});
  CHECK(phone.peer.expect_final().status() == 202);
}

TEST_CASE("a message to a telephone is sent and its end reported") {
  Exchange exchange;
  Phone phone(exchange, "102");
  call::SipMessage command;
  command.request = core::RequestId{77};
  command.target_uri = phone.contact();
  command.next_hop = phone.peer.local();
  command.from = {"101", "Alice"};
  command.to = "102";
  command.content_type = "text/plain";
  command.body = "hi there";
  exchange.stack.post(command);
  const SipText message = phone.peer.expect("MESSAGE");
  CHECK(message.body() == "hi there");
  CHECK(message.header("From").find("\"Alice\" <sip:101@") == 0);
  phone.peer.reply(message, 486);
  const auto sent = exchange.events.wait<call::MessageSent>();
  CHECK(sent.request == core::RequestId{77});
  CHECK(sent.status == 486);
}

TEST_CASE("digits come and go by INFO") {
  Exchange exchange;
  Phone phone(exchange, "101");
  const core::LegId leg = answered_call(exchange, phone);
  phone.send_in_dialog("INFO", "Content-Type: application/dtmf-relay\r\n",
                       "Signal=5\r\nDuration=250\r\n");
  CHECK(phone.peer.expect_final().status() == 200);
  const auto digit = exchange.events.wait<call::LegInfoDigit>();
  CHECK(digit.leg == leg);
  CHECK(digit.digit == '5');
  CHECK(digit.duration == 250ms);
  phone.send_in_dialog("INFO", "Content-Type: application/unheard\r\n", "x");
  CHECK(phone.peer.expect_final().status() == 415);
  phone.send_in_dialog("INFO");
  CHECK(phone.peer.expect_final().status() == 200);
  exchange.stack.post(call::SipDigit{leg, '#', 120ms});
  const SipText info = phone.peer.expect("INFO");
  CHECK(info.header("Content-Type") == "application/dtmf-relay");
  CHECK(info.body().find("Signal=#") != std::string::npos);
  CHECK(info.body().find("120") != std::string::npos);
}

TEST_CASE("a nonce may be counted on, not replayed, and ages") {
  Exchange exchange;
  SipPeer peer(SipPeer::Kind::kUdp, exchange.address());
  const std::string uri = "sip:strowger";
  unsigned cseq = 0;
  const auto send_register = [&](const std::string& credentials) {
    ++cseq;
    peer.send(fmt::format(
        "REGISTER {} SIP/2.0\r\nVia: {}\r\nFrom: <sip:101@strowger>;tag=n\r\n"
        "To: <sip:101@strowger>\r\nCall-ID: nonce\r\nCSeq: {} REGISTER\r\nContact: <sip:101@{}>\r\n"
        "Max-Forwards: 70\r\n{}Content-Length: 0\r\n\r\n",
        uri, peer.via(fmt::format("n{}", cseq)), cseq, peer.host_port(), credentials));
    return peer.expect_final();
  };
  const std::string challenge = send_register("").header("WWW-Authenticate");
  const auto with = [&](unsigned count) {
    return fmt::format("Authorization: {}\r\n",
                       authorize(challenge, "101", kPassword, "REGISTER", uri, count));
  };
  CHECK(send_register(with(1)).status() == 200);
  CHECK(send_register(with(2)).status() == 200);
  const SipText replayed = send_register(with(2));
  CHECK(replayed.status() == 401);
  CHECK(replayed.header("WWW-Authenticate").find("stale=true") != std::string::npos);
  exchange.advance(301s);
  CHECK(send_register(with(3)).header("WWW-Authenticate").find("stale=true") != std::string::npos);
}

TEST_CASE("a registration that is too brief gets 423, and one that is over is told") {
  Exchange exchange;
  Phone phone(exchange, "101");
  const SipText brief = phone.register_contact({}, 10);
  CHECK(brief.status() == 423);
  CHECK(brief.header("Min-Expires") == "60");
  CHECK(phone.register_contact({}, 60).status() == 200);
  CHECK(exchange.events.wait<call::BindingChanged>().what == call::BindingChanged::What::kAdded);
  exchange.advance(61s);
  CHECK(exchange.events.wait<call::BindingChanged>().what == call::BindingChanged::What::kExpired);
}

TEST_CASE("nobody registers for another") {
  Exchange exchange;
  Phone phone(exchange, "101");
  phone.from = phone.to = "<sip:102@strowger>";
  phone.call_id = "other";
  phone.local_tag = "t";
  const std::string uri = fmt::format("sip:{}", exchange.address().text());
  phone.target = uri;
  phone.send_in_dialog("REGISTER");
  const SipText challenge = phone.peer.expect_status(401);
  phone.send_in_dialog("REGISTER", fmt::format("Authorization: {}\r\n",
                                               authorize(challenge.header("WWW-Authenticate"),
                                                         "101", kPassword, "REGISTER", uri)));
  CHECK(phone.peer.expect_final().status() == 403);
}

TEST_CASE("bindings of earlier days are known at the start") {
  auto config = test_config();
  Events events;
  sip::StackOptions options;
  options.profile = "phones";
  options.config = config;
  sip::Stack stack(options, events);
  call::Binding binding;
  binding.id = core::BindingId{(1ull << 48) + 5};
  binding.profile_name = options.profile;
  binding.extension = "102";
  binding.contact_uri = "sip:102@127.0.0.1:5999";
  binding.received = {*core::parse_ip("127.0.0.1"), 5999};
  binding.expires = std::chrono::system_clock::now() + 100s;
  call::Binding old = binding;
  old.id = core::BindingId{(1ull << 48) + 6};
  old.expires = std::chrono::system_clock::now() - 1s;
  stack.restore({binding, old});
  REQUIRE(stack.start().has_value());
  CHECK(events.wait<call::BindingChanged>().what == call::BindingChanged::What::kExpired);
  const auto live = events.wait<call::BindingChanged>();
  CHECK(live.what == call::BindingChanged::What::kAdded);
  CHECK(live.binding.contact_uri == binding.contact_uri);
  stack.unregister("102");
  CHECK(events.wait<call::BindingChanged>().what == call::BindingChanged::What::kRemoved);
}

TEST_CASE("a telephone that redirects tells its targets, best first") {
  Exchange exchange;
  Phone phone(exchange, "102");
  exchange.stack.post(invite_to(exchange, phone));
  const SipText invite = phone.peer.expect("INVITE");
  phone.peer.reply(invite, 302, "t1",
                   "Contact: <sip:201@strowger>;q=0.3, <sip:202@strowger>;q=0.9\r\n"
                   "Diversion: <sip:102@strowger>;reason=user-busy\r\n");
  const auto redirected = exchange.events.wait<call::LegRedirected>();
  CHECK(redirected.targets == std::vector<std::string>{"sip:202@strowger", "sip:201@strowger"});
  REQUIRE(redirected.diversions.size() == 1);
  CHECK(redirected.diversions[0].number == "102");
  CHECK(exchange.events.wait<call::LegEnded>().cause.sip_status == 302);
}

TEST_CASE("a forwarded call names who diverted it, an anonymous one nobody") {
  Exchange exchange;
  Phone phone(exchange, "102");
  call::SipInvite command = invite_to(exchange, phone);
  command.diversions = {{"105", "no-answer"}};
  exchange.stack.post(command);
  const SipText invite = phone.peer.expect("INVITE");
  CHECK(invite.header("Diversion").find("105") != std::string::npos);
  CHECK(invite.header("Diversion").find("reason=no-answer") != std::string::npos);
  CHECK(invite.header("History-Info").find("105") != std::string::npos);
  command = invite_to(exchange, phone, 1001);
  command.anonymous = true;
  command.trusted = false;
  exchange.stack.post(command);
  SipText hidden = phone.peer.expect("INVITE");
  while (hidden.header("Call-ID") == invite.header("Call-ID")) hidden = phone.peer.expect("INVITE");
  CHECK(hidden.header("From").find("anonymous@anonymous.invalid") != std::string::npos);
  CHECK(hidden.header("Privacy") == "id");
  CHECK(hidden.header("P-Asserted-Identity").empty());
  CHECK(hidden.text.find("101@") == std::string::npos);
}

TEST_CASE("a caller may assert only what is its own") {
  Exchange exchange;
  Phone phone(exchange, "101");
  phone.invite({.to = "102",
                .headers = "P-Asserted-Identity: \"Boss\" <sip:999@strowger>\r\nPrivacy: id\r\n"
                           "Diversion: <sip:105@strowger>;reason=no-answer\r\n",
                .body = phone.offer()});
  const auto incoming = exchange.events.wait<call::LegIncoming>();
  CHECK(incoming.caller.number == "101");
  CHECK(incoming.anonymous);
  REQUIRE(incoming.diversions.size() == 1);
  CHECK(incoming.diversions[0].number == "105");
}

TEST_CASE("a telephone that never answers ends the leg") {
  Exchange exchange;
  Phone phone(exchange, "102");
  exchange.stack.post(invite_to(exchange, phone));
  const SipText invite = phone.peer.expect("INVITE");
  CHECK(phone.peer.expect("INVITE").branch() == invite.branch());  // repeated
  exchange.advance(9s);
  const auto ended = exchange.events.wait<call::LegEnded>();
  CHECK(ended.cause.sip_status == 408);
}

TEST_CASE("a telephone that rings for ever is cancelled") {
  Exchange exchange;
  Phone phone(exchange, "102");
  exchange.stack.post(invite_to(exchange, phone));
  phone.peer.reply(phone.peer.expect("INVITE"), 180, "t1");
  static_cast<void>(exchange.events.wait<call::LegProgress>());
  exchange.advance(181s);
  CHECK_FALSE(phone.peer.expect("CANCEL").text.empty());
  CHECK(exchange.events.wait<call::LegEnded>().cause.q850 == 19);
}

TEST_CASE("the trace has both directions of a call without its secrets") {
  Exchange exchange;
  Phone phone(exchange, "101");
  const core::LegId leg = answered_call(exchange, phone);
  std::promise<std::vector<std::pair<core::LegId, sip::TraceMessage>>> promise;
  exchange.stack.trace({leg}, [&](auto found) { promise.set_value(std::move(found)); });
  const auto found = promise.get_future().get();
  REQUIRE(found.size() == 6);  // INVITE, 100, 200, ACK, OPTIONS, 200
  CHECK(found[0].second.text.find("INVITE sip:102@") == 0);
  CHECK_FALSE(found[0].second.sent);
  CHECK(found[0].second.text.find("response=\"*") != std::string::npos);
  CHECK(found[1].second.sent);
  CHECK(found[3].second.text.find("ACK ") == 0);
}
