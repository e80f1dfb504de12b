// Telephones of several companies: who is who when two have the same number.
#include "tests/sip/stack_fixture.h"

using namespace pbx;
using namespace pbx::test;

namespace {

constexpr const char* kNorthPassword = "north secret";

// 101 is in the house, with the password of all tests, and in north, with its own.
std::shared_ptr<config::Config> with_north() {
  auto config = test_config();
  config::Domain north;
  north.name = "north";
  north.hosts = {"north.example.com"};
  config->domains["north"] = north;
  config::Extension extension = config->extensions.at("101");
  extension.id = "101@north";
  extension.domain = "north";
  extension.credentials.password = config::Secret(kNorthPassword);
  config->extensions[extension.id] = extension;
  return config;
}

std::string registered_as(Exchange& exchange, Phone& phone) {
  if (phone.register_contact().status() != 200) return {};
  return exchange.events.wait<call::BindingChanged>().binding.extension;
}

}  // namespace

TEST_CASE("the host of its address tells the domain of a telephone") {
  Exchange exchange(with_north());
  Phone house(exchange, "101");
  CHECK(registered_as(exchange, house) == "101");
  Phone north(exchange, "101");
  north.domain = "North.example.com";
  north.password = kNorthPassword;
  CHECK(registered_as(exchange, north) == "101@north");
  north.invite({.body = north.offer()});
  const auto incoming = exchange.events.wait<call::LegIncoming>();
  CHECK(incoming.extension == "101@north");
  CHECK(incoming.caller.number == "101");
  CHECK_FALSE(incoming.domain.has_value());
}

TEST_CASE("the password of one domain is worth nothing in another") {
  Exchange exchange(with_north());
  Phone phone(exchange, "101");
  phone.password = kNorthPassword;
  CHECK(phone.register_contact().status() == 401);
  phone.domain = "north.example.com";
  phone.password = std::string(kPassword);
  CHECK(phone.register_contact().status() == 401);
}

TEST_CASE("a telephone that knows only our address may say its domain in its user name") {
  for (const char* username : {"101@north", "101@north.example.com"}) {
    CAPTURE(username);
    Exchange exchange(with_north());
    Phone phone(exchange, "101");
    phone.username = username;
    phone.password = kNorthPassword;
    CHECK(registered_as(exchange, phone) == "101@north");
  }
}

TEST_CASE("the telephones of a profile may be of one domain") {
  auto config = with_north();
  config->profiles["phones"].domain = "north";
  Exchange exchange(config);
  Phone phone(exchange, "101");
  phone.password = kNorthPassword;
  CHECK(registered_as(exchange, phone) == "101@north");
}

TEST_CASE("a request URI with the host of a domain calls into it") {
  Exchange exchange(with_north());
  Phone phone(exchange, "102");
  phone.invite({.to = "101", .body = phone.offer(), .uri = "sip:101@north.example.com"});
  const auto incoming = exchange.events.wait<call::LegIncoming>();
  CHECK(incoming.extension == "102");
  CHECK(incoming.dialed == "101");
  CHECK(incoming.domain == std::optional<std::string>("north"));
}

TEST_CASE("hosts of domains are ours even where the profile lists others") {
  auto config = with_north();
  config->profiles["phones"].sip_domains = {"pbx.example.com"};
  Exchange exchange(config);
  Phone phone(exchange, "101");
  phone.domain = "north.example.com";
  phone.password = kNorthPassword;
  CHECK(registered_as(exchange, phone) == "101@north");
}
