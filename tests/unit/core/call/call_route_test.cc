// Domains: several companies in one exchange, control alone.  Trunks are in outside_test.cc.
#include "core/call/call_route.h"

#include <doctest/doctest.h>

#include "tests/support/control_fixture.h"

namespace pbx::call {
namespace {

using test::ControlFixture;

config::PlanRule rule(std::string called, std::string to) {
  config::PlanRule made;
  made.called = std::move(called);
  made.to = std::move(to);
  return made;
}

void add_extension(config::Config& config, const std::string& number, const std::string& domain) {
  config::Extension extension = config.extensions.begin()->second;
  extension.id = config::extension_id(number, domain);
  extension.number = extension.caller_id = number;
  extension.domain = domain;
  extension.name = domain;
  extension.plan = domain + "_out";
  config.extensions[extension.id] = extension;
}

void add_rewrites(config::Config& config, const std::string& name, std::string match,
                  std::string replace) {
  config.rewrites[name] = {name, {{std::move(match), std::move(replace), {}}}};
}

// 101 to 103 in north and in south.  North dials 8 before numbers of south, which sees 7 before
// those of north; nothing leads back.
std::shared_ptr<config::Config> two_companies() {
  auto config = test::sample_config();
  config->numbering.country = "RU";
  for (const std::string name : {"north", "south"}) {
    config::Domain& domain = config->domains[name];
    domain.name = name;
    domain.hosts = {name + ".example.com"};
    domain.numbering.country = "RU";
    for (const std::string number : {"101", "102", "103"}) add_extension(*config, number, name);
  }
  add_rewrites(*config, "without_8", "8(.)", "$1");
  add_rewrites(*config, "with_7", ".", "7$0");
  config->plans["north_out"] = {"north_out",
                                {rule("8XXX", "domain south"), rule("9XX", "domain house")}};
  config->plans["south_out"] = {"south_out", {rule("8XXX", "domain north")}};
  config->passages = {{"north", "south", "", {"with_7", "without_8"}},
                      {"north", "", "", {}},
                      {"", "north", "", {}}};
  return config;
}

struct Exchange : ControlFixture {
  explicit Exchange(std::shared_ptr<config::Config> with = two_companies())
      : ControlFixture(std::move(with)) {
    std::uint64_t id = 1;
    for (const std::string domain : {"@north", "@south", ""})
      for (const std::string number : {"101", "102"}) register_phone(number + domain, id++);
  }
  LegIncoming call_of(const std::string& from, const std::string& to) {
    LegIncoming event = invite(from, to);
    event.caller.number = from.substr(0, from.find('@'));
    return event;
  }
  // Whom it rings: the id of the extension; "" nobody.
  std::string rings(const LegIncoming& event) {
    clear();
    apply(event);
    const auto invites = sip<SipInvite>();
    return invites.empty() ? "" : invites.back().extension;
  }
  [[nodiscard]] int status_of(const LegIncoming& event) const {
    const auto end = end_of(event.leg);
    return end ? end->cause.sip_status : 0;
  }
};

}  // namespace

TEST_CASE("a number is looked up in the caller's own domain") {
  Exchange exchange;
  CHECK(exchange.rings(exchange.call_of("101@north", "102")) == "102@north");
  CHECK(exchange.rings(exchange.call_of("101@south", "102")) == "102@south");
  CHECK(exchange.rings(exchange.call_of("101", "102")) == "102");
  const auto nobody = exchange.call_of("101@north", "105");  // of the house
  CHECK(exchange.rings(nobody).empty());
  CHECK(exchange.status_of(nobody) == 404);
}

TEST_CASE("a passage leads into another domain and rewrites both numbers") {
  Exchange exchange;
  CHECK(exchange.rings(exchange.call_of("102@north", "8101")) == "101@south");
  const SipInvite invite = exchange.sip<SipInvite>().back();
  CHECK(invite.from.number == "7102");
  CHECK(invite.to.number == "101");
}

TEST_CASE("without a passage nobody gets into another domain") {
  Exchange exchange;
  const auto call = exchange.call_of("101@south", "8101");
  CHECK(exchange.rings(call).empty());
  CHECK(exchange.status_of(call) == 403);
}

TEST_CASE("a passage without a plan leads to extensions alone") {
  Exchange exchange;
  const auto call = exchange.call_of("101@north", "8109");
  CHECK(exchange.rings(call).empty());
  CHECK(exchange.status_of(call) == 404);
}

TEST_CASE("the plan of a passage decides in the numbers of the domain it leads to") {
  auto config = two_companies();
  config->passages[0].plan = "from_north";
  config->plans["from_north"] = {"from_north",
                                 {rule("101", "extension"), rule("", "extension 102@south")}};
  Exchange exchange(config);
  CHECK(exchange.rings(exchange.call_of("101@north", "8101")) == "101@south");
  CHECK(exchange.rings(exchange.call_of("102@north", "8103")) == "102@south");
}

TEST_CASE("the host of the request URI names another domain") {
  Exchange exchange;
  auto call = exchange.call_of("101@north", "102");
  call.domain = "south";
  CHECK(exchange.rings(call) == "102@south");
  CHECK(exchange.sip<SipInvite>().back().from.number == "7101");
  auto own = exchange.call_of("101@north", "102");
  own.domain = "north";
  CHECK(exchange.rings(own) == "102@north");
  auto refused = exchange.call_of("101@south", "102");
  refused.domain = "north";
  CHECK(exchange.rings(refused).empty());
  CHECK(exchange.status_of(refused) == 403);
}

TEST_CASE("a number that means an emergency at home may be an extension elsewhere") {
  auto config = two_companies();
  config->extensions.erase("101@north");
  Exchange exchange(config);
  auto to_south = exchange.call_of("103@north", "101");
  to_south.domain = "south";
  CHECK(exchange.rings(to_south) == "101@south");
}

TEST_CASE("domains that lead back to one another end in 482") {
  auto config = two_companies();
  config->passages = {{"north", "south", "south_out", {}},
                      {"south", "north", "north_out", {}},
                      {"north", "", "", {}}};
  Exchange exchange(config);
  const auto call = exchange.call_of("101@north", "8101");
  CHECK(exchange.rings(call).empty());
  CHECK(exchange.status_of(call) == 482);
}

TEST_CASE("rights see a call into another domain as an internal one") {
  auto config = two_companies();
  config::Rights rights;
  rights.name = "inside";
  rights.destinations = {"internal"};
  config->rights["inside"] = rights;
  rights.name = "national";
  rights.destinations = {"national"};
  config->rights["national"] = rights;
  config->extensions["101@north"].rights = "inside";
  config->extensions["102@north"].rights = "national";
  Exchange exchange(config);
  CHECK(exchange.rings(exchange.call_of("101@north", "8102")) == "102@south");
  const auto refused = exchange.call_of("102@north", "8101");
  CHECK(exchange.rings(refused).empty());
  exchange.advance(std::chrono::minutes(1));  // the announcement is over
  CHECK(exchange.status_of(refused) == 403);
}

TEST_CASE("a telephone may redirect within its domain alone") {
  Exchange exchange;
  const auto call = exchange.call_of("102@north", "101");
  REQUIRE(exchange.rings(call) == "101@north");
  const core::LegId ringing = exchange.sip<SipInvite>().back().leg;
  exchange.clear();
  exchange.apply(LegRedirected{ringing, {"sip:102@192.0.2.1"}, {}});
  REQUIRE(exchange.sip<SipInvite>().size() == 1);
  CHECK(exchange.sip<SipInvite>().back().extension == "102@north");
}

TEST_CASE("a trunk of a domain rings the extensions of that domain") {
  auto config = two_companies();
  config::Trunk& trunk = config->trunks["mts"];
  trunk.name = "mts";
  trunk.domain = "south";
  trunk.plan = "incoming";
  trunk.codecs = {config::CodecName::kPcma};
  config->plans["incoming"] = {"incoming", {rule("1XX", "extension"), rule("+!", "domain north")}};
  Exchange exchange(config);
  LegIncoming event = exchange.invite("", "102");
  event.trunk = "mts";
  event.caller.number = "84951112233";
  CHECK(exchange.rings(event) == "102@south");
}

TEST_CASE("a message stays in the domain of its sender") {
  Exchange exchange;
  exchange.apply(MessageReceived{{7}, {1}, {"101", ""}, "north", "102", "text/plain", "hello"});
  REQUIRE(exchange.sip<SipMessage>().size() == 1);
  exchange.apply(MessageReceived{{8}, {1}, {"101", ""}, "north", "105", "text/plain", "hello"});
  CHECK(exchange.sip<SipMessageReply>().back().status == 404);
}

}  // namespace pbx::call
