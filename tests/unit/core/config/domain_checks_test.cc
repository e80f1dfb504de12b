// Domains and passages of a configuration: what is filled in, what is refused.
#include "core/config/domain_checks.h"

#include <doctest/doctest.h>

#include <fmt/format.h>

#include "support.h"

using namespace pbx::config;
using namespace pbx::config::testing;

namespace {

constexpr std::string_view kBase =
    "profiles: {phones: {listen: ['udp:127.0.0.1:5060']}}\n"
    "plans: {out: {rules: [{to: reject busy}]}, own: {rules: [{to: reject busy}]}}\n"
    "rights: {all: , few: }\n"
    "rewrites: {cut: {rules: [{match: 8(.), replace: $1}]}}\n";

LoadResult with(std::string_view text) { return parse_text(fmt::format("{}{}", kBase, text)); }

}  // namespace

TEST_CASE("the same number may be in two domains and in the house") {
  const auto result = with(
      "domains: {north: , south: }\n"
      "extensions: {101: , 101@north: {caller_id: '700'}, 101-103@south: }\n");
  REQUIRE_MESSAGE(result.has_config(), messages(result));
  const auto& extensions = result.config->extensions;
  CHECK(extensions.size() == 5);
  CHECK(extensions.at("101").domain.empty());
  const Extension& north = extensions.at("101@north");
  CHECK(north.id == "101@north");
  CHECK(north.number == "101");
  CHECK(north.domain == "north");
  CHECK(north.caller_id == "700");
  CHECK(extensions.at("103@south").caller_id == "103");
}

TEST_CASE("an extension takes plan and rights of its domain, unless it names its own") {
  const auto result = with(
      "defaults: {extension: {plan: out, rights: all}}\n"
      "domains: {north: {plan: own, rights: few}, south: }\n"
      "extensions:\n"
      "  101@north:\n"
      "  102-103@north: {plan: out}\n"
      "  101@south:\n");
  REQUIRE_MESSAGE(result.has_config(), messages(result));
  const auto& extensions = result.config->extensions;
  CHECK(extensions.at("101@north").plan == "own");
  CHECK(extensions.at("101@north").rights == "few");
  CHECK(extensions.at("103@north").plan == "out");
  CHECK(extensions.at("101@south").plan == "out");
  CHECK(extensions.at("101@south").rights == "all");
}

TEST_CASE("hosts and passages are found") {
  const auto result = with(
      "domains:\n"
      "  north: {hosts: [North.example.com, 192.0.2.10]}\n"
      "  south: {hosts: ['[2001:DB8::1]']}\n"
      "passages: [{to: north}, {from: north, to: south, plan: out, rewrites: {called: cut}}]\n");
  REQUIRE_MESSAGE(result.has_config(), messages(result));
  const Config& config = *result.config;
  CHECK(find_domain_of(config, "NORTH.example.com")->name == "north");
  CHECK(find_domain_of(config, "192.0.2.10")->name == "north");
  CHECK(find_domain_of(config, "[2001:db8::1]")->name == "south");
  CHECK(find_domain_of(config, "192.0.2.11") == nullptr);
  CHECK(find_passage(config, "", "north") != nullptr);
  CHECK(find_passage(config, "north", "south")->rewrites.called == "cut");
  CHECK(find_passage(config, "south", "north") == nullptr);
}

TEST_CASE("what is wrong with domains is told with its place") {
  struct Row {
    const char* text;
    const char* mistake;
  };
  const Row rows[] = {
      {"extensions: {101@nort: }\ndomains: {north: }\n",
       "extensions.101@nort: there is no domain `nort`, did you mean `north`?; allowed: north"},
      {"domains: {house: }\n",
       "domains.house: this name is the word for telephones without a domain; allowed: another"},
      {"domains: {a: {hosts: [x.example]}, b: {hosts: [X.example]}}\n",
       "domains.b.hosts[0]: x.example is a host of another domain too, domains.a.hosts[0]; "
       "allowed: a host once"},
      {"domains: {a: {plan: outt}}\n",
       "domains.a.plan: there is no plan `outt`, did you mean `out`?; allowed: out, own"},
      {"domains: {a: }\npassages: [{to: b}]\n",
       "passages[0].to: there is no domain `b`, did you mean `a`?; allowed: a"},
      {"domains: {a: }\npassages: [{from: a, to: a}]\n",
       "passages[0].to: leads back to where it begins; allowed: another domain than `from`"},
      {"domains: {a: }\npassages: [{to: a}, {from: house, to: a, plan: out}]\n",
       "passages[1]: this way is given already; allowed: one for each pair of domains"},
      {"domains: {a: }\npassages: [{to: a, rewrites: {caller: cutt}}]\n",
       "passages[0].rewrites.caller: there is no rewrites `cutt`, did you mean `cut`?; allowed: "
       "cut"},
      {"trunks: {t: {servers: [x], domain: a}}\n",
       "trunks.t.domain: there is no domain `a`; none is configured"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto result = with(row.text);
    REQUIRE(result.mistakes.size() == 1);
    CHECK(result.mistakes[0].text == std::string(row.mistake));
  }
}

TEST_CASE("a code that somebody has as his number is refused in every domain") {
  const auto result =
      with("domains: {north: }\nextensions: {43@north: }\nservices: {echo: '43'}\n");
  REQUIRE(result.mistakes.size() == 1);
  CHECK(result.mistakes[0].text.starts_with("services.echo: 43 is an extension too"));
}
