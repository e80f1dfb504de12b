// Whether a registered telephone can still be reached: keep-alives, lost connections, restarts.
#include <optional>

#include "tests/sip/stack_fixture.h"

using namespace pbx;
using namespace pbx::test;
using What = call::BindingChanged::What;

namespace {

constexpr const char* kBehindNat = "sip:102@10.9.8.7:5062";

void register_at(Exchange& exchange, Phone& phone, std::string contact) {
  phone.contact_override = std::move(contact);
  REQUIRE(phone.register_contact().status() == 200);
  static_cast<void>(exchange.events.wait<call::BindingChanged>());
}

std::shared_ptr<config::Config> with_keepalive(std::chrono::milliseconds period) {
  auto config = test_config();
  config->profiles["phones"].nat.keepalive = period;
  return config;
}

}  // namespace

TEST_CASE("a telephone behind a NAT is kept reachable") {
  Exchange exchange;
  Phone phone(exchange, "102");
  register_at(exchange, phone, kBehindNat);
  exchange.advance(26s);
  CHECK(phone.peer.expect("OPTIONS").request_uri() == kBehindNat);
  exchange.advance(26s);
  CHECK_FALSE(phone.peer.expect("OPTIONS").text.empty());
  call::SipInvite command = invite_to(exchange, phone);
  command.target_uri = kBehindNat;
  exchange.stack.post(command);
  CHECK(phone.peer.expect("INVITE").request_uri() == kBehindNat);
}

TEST_CASE("a telephone behind a NAT is kept reachable over its TCP connection") {
  Exchange exchange;
  Phone phone(exchange, "102", SipPeer::Kind::kTcp);
  register_at(exchange, phone, kBehindNat);
  exchange.advance(26s);
  const SipText ping = phone.peer.expect("OPTIONS");
  CHECK(ping.request_uri() == kBehindNat);
  CHECK(ping.header("Via").starts_with("SIP/2.0/TCP"));
}

TEST_CASE("requests of ours take as many hops as the profile allows") {
  auto config = test_config();
  config->profiles["phones"].max_forwards = 5;
  Exchange exchange(config);
  Phone phone(exchange, "102");
  register_at(exchange, phone, kBehindNat);
  exchange.advance(26s);
  CHECK(phone.peer.expect("OPTIONS").header("Max-Forwards") == "5");
  call::SipInvite command = invite_to(exchange, phone);
  exchange.stack.post(command);
  CHECK(phone.peer.expect("INVITE").header("Max-Forwards") == "5");
  command.leg = core::LegId{1001};
  command.hops_left = 3;  // what the caller left
  exchange.stack.post(command);
  CHECK(phone.peer.expect("INVITE").header("Max-Forwards") == "3");
}

TEST_CASE("a telephone that is not behind a NAT gets no keep-alive") {
  Exchange exchange;
  for (const auto kind : {SipPeer::Kind::kUdp, SipPeer::Kind::kTcp}) {
    Phone phone(exchange, "102", kind);
    register_at(exchange, phone, {});
    exchange.advance(60s);
    CHECK(phone.peer.is_silent(100ms));
  }
}

TEST_CASE("the period of keep-alives can change while telephones are registered") {
  Exchange exchange(with_keepalive(0s));
  Phone phone(exchange, "102");
  register_at(exchange, phone, kBehindNat);
  exchange.advance(100s);
  CHECK(phone.peer.is_silent(100ms));
  exchange.stack.apply(with_keepalive(10s));
  exchange.settle();
  exchange.advance(11s);
  const SipText ping = phone.peer.expect("OPTIONS");
  REQUIRE_FALSE(ping.text.empty());
  phone.peer.reply(ping, 200);
  exchange.stack.apply(with_keepalive(0s));
  exchange.settle();
  exchange.advance(100s);
  CHECK(phone.peer.is_silent(100ms));
}

TEST_CASE("a telephone whose connection ended is registered no more") {
  Exchange exchange;
  std::optional<Phone> phone(std::in_place, exchange, "102", SipPeer::Kind::kTcp);
  register_at(exchange, *phone, kBehindNat);
  phone.reset();
  CHECK(exchange.events.wait<call::BindingChanged>().what == What::kRemoved);
  CHECK(exchange.events.bindings().back().what == What::kRemoved);
}

TEST_CASE("a telephone that takes connections itself is called there when its own has ended") {
  Exchange exchange;
  std::optional<Phone> phone(std::in_place, exchange, "102", SipPeer::Kind::kTcp);
  register_at(exchange, *phone, "sip:102@127.0.0.1:5070;transport=tcp");
  phone.reset();
  const auto changed = exchange.events.wait<call::BindingChanged>();
  CHECK(changed.what == What::kChanged);
  CHECK(changed.binding.received.text() == "127.0.0.1:5070");
}

TEST_CASE("the connection of the latest registration counts") {
  Exchange exchange;
  std::optional<Phone> before(std::in_place, exchange, "102", SipPeer::Kind::kTcp);
  register_at(exchange, *before, kBehindNat);
  Phone after(exchange, "102", SipPeer::Kind::kTcp);
  register_at(exchange, after, kBehindNat);
  before.reset();
  CHECK(exchange.events.none<call::BindingChanged>(200ms));
  exchange.advance(26s);
  CHECK_FALSE(after.peer.expect("OPTIONS").text.empty());
}

TEST_CASE("a binding that was removed leaves its connection alone") {
  Exchange exchange;
  std::optional<Phone> phone(std::in_place, exchange, "102", SipPeer::Kind::kTcp);
  register_at(exchange, *phone, kBehindNat);
  REQUIRE(phone->register_contact({}, 0).status() == 200);
  CHECK(exchange.events.wait<call::BindingChanged>().what == What::kRemoved);
  phone.reset();
  CHECK(exchange.events.none<call::BindingChanged>(200ms));
}

TEST_CASE("after a restart, bindings that lead nowhere are taken out of the store") {
  const auto stored = [](std::uint64_t id, std::string extension, std::string profile) {
    call::Binding binding;
    binding.id = {id};
    binding.profile_name = std::move(profile);
    binding.extension = std::move(extension);
    binding.contact_uri = "sip:102@127.0.0.1:5070";
    binding.received = {*core::parse_ip("127.0.0.1"), 5070};
    binding.expires = core::WallTime::max();
    return binding;
  };
  auto lost = stored(3, "102", "phones");
  lost.transport = call::Transport::kTls;
  sip::StackOptions options;
  options.profile = "phones";
  options.config = test_config();
  Events events;
  sip::Stack stack(std::move(options), events);
  stack.restore(
      {stored(1, "102", "phones"), stored(2, "199", "phones"), lost, stored(4, "102", "office")});
  REQUIRE(stack.start().has_value());
  const auto changes = events.bindings();
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].binding.id == core::BindingId{3});  // its connection is gone
  CHECK(changes[1].binding.id == core::BindingId{2});  // its extension is gone
  for (const auto& change : changes) CHECK(change.what == What::kRemoved);
  stack.stop(50ms);
}
