// Calls by trunks, control alone; the providers are played by hand.  Also of call_route.h.
#include "core/call/outside.h"

#include <doctest/doctest.h>

#include "tests/support/control_fixture.h"

namespace pbx::call {
namespace {

using test::ControlFixture;
using State = TrunkChanged::State;

config::PlanRule rule(std::string called, std::string to) {
  config::PlanRule made;
  made.called = std::move(called);
  made.to = std::move(to);
  return made;
}

void add_trunk(config::Config& config, const std::string& name) {
  config::Trunk& trunk = config.trunks[name];
  trunk.name = name;
  trunk.plan = "incoming";
  trunk.servers = {{{}, "192.0.2.80", 0}};
  trunk.codecs = {config::CodecName::kPcma};
  trunk.identity.number = "+74950000000";
}

// Trunks a and b in this order for all that is dialled; +74951111111 comes to 101.
std::shared_ptr<config::Config> with_trunks() {
  auto config = test::sample_config();
  config->numbering.country = "RU";
  add_trunk(*config, "a");
  add_trunk(*config, "b");
  config->trunk_groups["all"] = {"all", {{"a", 1, 1, ""}, {"b", 2, 1, ""}}, {}};
  config->plans["outgoing"] = {"outgoing", {rule("", "trunks all")}};
  config->plans["incoming"] = {
      "incoming",
      {rule("+74951111111", "extension 101"), rule("+74952222222", "trunk b"),
       rule("+74953333333", "reject 603")}};
  for (auto& [number, extension] : config->extensions) extension.plan = "outgoing";
  return config;
}

struct Exchange : ControlFixture {
  explicit Exchange(std::shared_ptr<config::Config> with = with_trunks())
      : ControlFixture(std::move(with)) {
    tell("a", State::kUp);
    tell("b", State::kUp);
  }
  void tell(const std::string& name, State state) {
    apply(TrunkChanged{{1}, name, state, test::ip("192.0.2.1"), "told", "", {}});
  }
  LegIncoming by_trunk(const std::string& caller, const std::string& dialed) {
    LegIncoming event = invite("", dialed);
    event.trunk = "a";
    event.caller.number = caller;
    return event;
  }
  [[nodiscard]] SipInvite last() const { return sip<SipInvite>().back(); }
  [[nodiscard]] std::vector<std::string> tried() const {
    std::vector<std::string> names;
    for (const SipInvite& invite : sip<SipInvite>()) names.push_back(invite.trunk);
    return names;
  }
};
using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("numbers leave as the trunk wants them") {
  struct Row {
    const char* dialled;
    config::NumberWriting writing;
    const char* sent;
  };
  for (const Row& row : {
           Row{"89104032212", config::NumberWriting::kPlus, "+79104032212"},
           Row{"9104032212", config::NumberWriting::kDigits, "79104032212"},
           Row{"+79104032212", config::NumberWriting::kNational, "89104032212"},
           Row{"81049301234567", config::NumberWriting::kNational, "81049301234567"},
           Row{"81049301234567", config::NumberWriting::kPlus, "+49301234567"},
           Row{"89104032212", config::NumberWriting::kAsDialled, "89104032212"},
       }) {
    CAPTURE(row.dialled);
    auto config = with_trunks();
    config->trunks["a"].number_writing = row.writing;
    Exchange outside(config);
    outside.incoming("100", row.dialled);
    CHECK(outside.last().to.number == row.sent);
    CHECK(outside.last().trunk == "a");
    CHECK(outside.last().from.number == "+74950000000");  // an internal number says nothing there
  }
}

TEST_CASE("a caller with a number of his own is shown by it unless the trunk shows its own") {
  auto config = with_trunks();
  config->extensions["100"].caller_id = "+74957777777";
  config->trunks["b"].identity.caller_id = config::CallerIdPolicy::kTrunk;
  Exchange outside(config);
  auto event = outside.invite("100", "89104032212");
  event.caller.number = "+74957777777";
  outside.apply(event);
  CHECK(outside.last().from.number == "+74957777777");
  outside.ended(outside.last().leg, 503);
  CHECK(outside.last().trunk == "b");
  CHECK(outside.last().from.number == "+74950000000");
}

TEST_CASE("a trunk that cannot is followed by the next, and then the caller is told") {
  Exchange outside;
  const auto leg = outside.incoming("100", "89104032212");
  outside.ended(outside.last().leg, 503);
  CHECK(outside.tried() == Names{"a", "b"});
  CHECK(!outside.end_of(leg));
  outside.ended(outside.last().leg, 500);
  CHECK(outside.end_of(leg)->cause.sip_status >= 500);
  REQUIRE(outside.cdrs.size() == 1);
  CHECK(outside.cdrs[0].legs.size() == 3);
  CHECK(outside.control.board().trunks.find("a")->calls_out == 0);
  CHECK(outside.control.board().trunks.find("b")->calls_out == 0);
  CHECK(outside.control.board().trunks.find("a")->calls_failed == 1);
}

TEST_CASE("busy and declined are the last word") {
  for (const std::uint16_t status : {486, 603, 404}) {
    Exchange outside;
    const auto leg = outside.incoming("100", "89104032212");
    outside.ended(outside.last().leg, status);
    CHECK(outside.tried() == Names{"a"});
    CHECK(outside.end_of(leg)->cause.sip_status == status);
  }
}

TEST_CASE("trunks that are down or full are passed over, and with none left it is 503") {
  auto config = with_trunks();
  config->trunks["b"].limits.calls_out = 1;
  Exchange outside(config);
  outside.tell("a", State::kDown);
  outside.incoming("100", "89104032212");
  CHECK(outside.tried() == Names{"b"});
  const auto second = outside.incoming("101", "89104032213");
  CHECK(outside.tried() == Names{"b"});
  CHECK(outside.end_of(second)->cause == core::causes::no_circuit());
}

TEST_CASE("a call that rings too long at a trunk ends") {
  Exchange outside;
  const auto leg = outside.incoming("100", "89104032212");
  outside.advance(outside.config->trunks["a"].ring_time);
  CHECK(outside.end_of(leg)->cause == core::causes::no_answer());
}

TEST_CASE("calls of trunks go by the plan of the trunk, with numbers in their stored form") {
  Exchange outside;
  outside.register_phone("101");
  outside.apply(outside.by_trunk("9104032212", "84951111111"));
  CHECK(outside.last().extension == "101");
  CHECK(outside.last().from.number == "+79104032212");
  const auto unknown = outside.by_trunk("9104032212", "84959999999");
  outside.apply(unknown);
  CHECK(outside.end_of(unknown.leg)->cause.sip_status == 404);
  const auto refused = outside.by_trunk("9104032212", "84953333333");
  outside.apply(refused);
  CHECK(outside.end_of(refused.leg)->cause.sip_status == 603);
}

TEST_CASE("a trunk may call only as often as it is allowed") {
  auto config = with_trunks();
  config->trunks["a"].limits.calls_in = 1;
  Exchange outside(config);
  outside.register_phone("101");
  outside.apply(outside.by_trunk("9104032212", "84951111111"));
  const auto second = outside.by_trunk("9104032213", "84951111111");
  outside.apply(second);
  CHECK(outside.end_of(second.leg)->cause.sip_status == 486);
}

TEST_CASE("a hairpin call shows its first caller and who sent it on; a second pass is a loop") {
  Exchange outside;
  outside.apply(outside.by_trunk("9104032212", "84952222222"));
  CHECK(outside.last().trunk == "b");
  CHECK(outside.last().from.number == "+79104032212");
  REQUIRE(outside.last().diversions.size() == 1);
  CHECK(outside.last().diversions[0].number == "+74952222222");
  auto again = outside.by_trunk("9104032212", "84952222222");
  again.diversions = outside.last().diversions;
  outside.apply(again);
  CHECK(outside.end_of(again.leg)->cause.sip_status == 482);
}

TEST_CASE("an emergency call needs no plan, tries every trunk and makes room") {
  auto config = with_trunks();
  config->extensions["102"].plan = "";
  config->trunks["b"].limits.calls_out = 1;
  Exchange outside(config);
  outside.tell("a", State::kDown);
  const auto ordinary = outside.incoming("100", "89104032212");
  outside.answered(outside.last().leg, {test::pcma()});
  outside.incoming("102", "112");
  CHECK(outside.last().to.number == "112");
  CHECK(outside.last().trunk == "b");
  CHECK(outside.end_of(ordinary)->cause == core::causes::preempted());
}

TEST_CASE("an emergency call is tried on dead trunks when no other is left") {
  Exchange outside;
  outside.tell("a", State::kDown);
  const auto leg = outside.incoming("100", "112");
  CHECK(outside.tried() == Names{"b"});
  outside.ended(outside.last().leg, 503);
  CHECK(outside.tried() == Names{"b", "a"});
  outside.ended(outside.last().leg, 408);
  CHECK(outside.end_of(leg));
}

TEST_CASE("112 goes out even where an extension has that number") {
  auto config = with_trunks();
  config->extensions["112"] = config->extensions["101"];
  config->extensions["112"].number = "112";
  Exchange outside(config);
  outside.register_phone("112");
  outside.incoming("100", "112");
  CHECK(outside.last().trunk == "a");
}

TEST_CASE("a redirection of a trunk is followed by it, a bounded number of times") {
  Exchange outside;
  const auto leg = outside.incoming("100", "89104032212");
  for (std::uint32_t i = 0; i <= outside.config->call.hops_max + 1; ++i) {
    if (outside.end_of(leg)) break;
    const core::LegId ringing = outside.last().leg;
    outside.apply(LegRedirected{ringing, {"sip:89104032213@192.0.2.80"}, {}});
    outside.ended(ringing, 302);
  }
  CHECK(outside.end_of(leg));
  CHECK(outside.sip<SipInvite>()[1].to.number == "+79104032213");
  CHECK(outside.sip<SipInvite>()[1].trunk == "a");
  CHECK(outside.sip<SipInvite>().size() <= outside.config->call.hops_max + 1);
}

TEST_CASE("after a redirection the early media of the next server is heard") {
  Exchange outside;
  outside.incoming("100", "89104032212");
  const auto speak = [&] {
    outside.apply(
        LegProgress{outside.last().leg, 183, test::audio("192.0.2.80:6000", {test::pcma()}), "id"});
    return outside.media<MediaConnect>();
  };
  REQUIRE(speak().size() == 1);
  const core::LegId first = outside.last().leg;
  outside.apply(LegRedirected{first, {"sip:89104032213@192.0.2.80"}, {}});
  outside.ended(first, 302);
  const auto connected = speak();
  REQUIRE(connected.size() == 2);
  CHECK(connected[1].b == outside.last().leg);
}

TEST_CASE("early media of a trunk reaches the caller, unless it is not wanted") {
  for (const bool wanted : {true, false}) {
    auto config = with_trunks();
    if (!wanted) config->trunks["a"].early_media = config::EarlyMedia::kIgnore;
    Exchange outside(config);
    outside.incoming("100", "89104032212");
    outside.apply(
        LegProgress{outside.last().leg, 183, test::audio("192.0.2.80:6000", {test::pcma()}), "id"});
    const auto progress = outside.sip<SipProgress>();
    REQUIRE(!progress.empty());
    CHECK(progress.back().answer.has_value() == wanted);
    CHECK(progress.back().status == (wanted ? 183 : 180));
  }
}

TEST_CASE("audio to a trunk is marked as the trunk says, to a telephone as media says") {
  auto config = with_trunks();
  config->media.dscp = 34;
  config->trunks["a"].dscp = 46;
  Exchange exchange(config);
  exchange.incoming("100", "89104032212");
  const auto opens = exchange.media<MediaOpen>();
  REQUIRE(opens.size() == 2);
  CHECK(opens[0].dscp == 34);
  CHECK(opens[1].dscp == 46);
}

TEST_CASE("a full trunk may refuse the call instead of passing it on") {
  for (const auto& [wish, status] :
       {std::pair{config::WhenFull::kBusy, 486}, std::pair{config::WhenFull::kCongestion, 503}}) {
    auto config = with_trunks();
    config->trunks["a"].limits.calls_out = 1;
    config->trunks["a"].limits.outgoing_full = wish;
    Exchange exchange(config);
    exchange.incoming("100", "89104032212");
    const auto second = exchange.incoming("101", "89104032213");
    CHECK(exchange.tried() == Names{"a"});
    REQUIRE(exchange.end_of(second).has_value());
    CHECK(exchange.end_of(second)->cause.sip_status == status);
  }
}

TEST_CASE("a caller of a full trunk is told what the trunk says") {
  auto config = with_trunks();
  config->trunks["a"].limits.calls_in = 1;
  config->trunks["a"].limits.incoming_full = config::WhenFull::kCongestion;
  Exchange exchange(config);
  exchange.register_phone("101");
  exchange.apply(exchange.by_trunk("+74957777777", "+74951111111"));
  const LegIncoming second = exchange.by_trunk("+74957777778", "+74951111111");
  exchange.apply(second);
  REQUIRE(exchange.end_of(second.leg).has_value());
  CHECK(exchange.end_of(second.leg)->cause.sip_status == 503);
}

TEST_CASE("the record tells which server of a trunk took the call") {
  Exchange exchange;
  const auto caller = exchange.incoming("100", "89104032212");
  const auto called = exchange.last().leg;
  exchange.apply(LegAnswered{called, test::audio("192.0.2.80:6000", {test::pcma()}), "switch", "id",
                             test::address("192.0.2.80:5060"), "sip:192.0.2.81:5062"});
  exchange.ended(caller, 200, 16);
  exchange.ended(called, 200, 16);
  REQUIRE(exchange.cdrs.size() == 1);
  CHECK(exchange.cdrs[0].legs.at(1).peer == "192.0.2.80:5060");
  CHECK(exchange.cdrs[0].legs.at(1).contact == "sip:192.0.2.81:5062");
}

}  // namespace pbx::call
