#include "core/config/trunk_checks.h"

#include <doctest/doctest.h>

#include <fmt/format.h>

#include "support.h"

using namespace pbx::config;
using namespace pbx::config::testing;

namespace {

constexpr std::string_view kBase =
    "profiles:\n"
    "  outside: {listen: [\"udp:127.0.0.1:5080\"]}\n"
    "rewrites:\n"
    "  in: {rules: [{match: \"8.\", replace: \"$0\"}]}\n";

LoadResult with_trunks(std::string_view trunks) {
  return parse_text(fmt::format("{}trunks:\n{}", kBase, trunks));
}

}  // namespace

TEST_CASE("a trunk takes the only profile and the codecs of the house") {
  const auto result =
      with_trunks("  a: {servers: [sip.example.com], plan: \"\"}\n  b: {servers: [x]}");
  const auto one = with_trunks("  a: {servers: [sip.example.com]}");
  REQUIRE(one.has_config());
  const Trunk& trunk = one.config->trunks.at("a");
  CHECK(trunk.profile == "outside");
  CHECK(trunk.codecs == one.config->media.codecs);
  CHECK(trunk.name == "a");
  CHECK(!result.has_config());  // an empty plan is no name
}

TEST_CASE("what is wrong with a trunk is told with its place") {
  struct Row {
    const char* trunk;
    const char* told;
  };
  for (const Row& row : {
           Row{"{}", "trunks.a: `servers` is missing"},
           Row{"{servers: []}", "trunks.a: no way in or out"},
           Row{"{servers: [x], profile: outsid}",
               "trunks.a.profile: there is no `outsid`, did you mean `outside`?"},
           Row{"{servers: [x], registration: {enabled: yes}}", "to register needs a login"},
           Row{"{servers: [], addresses: [192.0.2.1/32], registration: {enabled: yes}, "
               "login: {username: u, password: p}}",
               "needs one of servers"},
           Row{"{servers: [x], rewrites: {called_in: inn}}",
               "trunks.a.rewrites.called_in: there is no `inn`, did you mean `in`?"},
           Row{"{servers: [x], login: {username: u}}", "username and a password need one another"},
           Row{"{servers: [x], identity: {caller_id: trunk}}", "needs a number to show"},
           Row{"{servers: [x], identity: {did: header}}", "needs did_header"},
           Row{"{servers: [\"sip:a@b\"]}", "no port"},
           Row{"{servers: [x], registration: {retry: 2m, retry_max: 1m}}",
               "retry may not exceed retry_max"},
       }) {
    CAPTURE(row.trunk);
    const auto result = with_trunks(fmt::format("  a: {}\n", row.trunk));
    REQUIRE(result.mistakes.size() == 1);
    CHECK_MESSAGE(result.mistakes[0].message().find(row.told) != std::string::npos,
                  result.mistakes[0].message());
    CHECK(result.mistakes[0].line > 0);
  }
}

TEST_CASE("an address belongs to one trunk unless both register") {
  const std::string_view two =
      "  a: {{servers: [{0}], addresses: [192.0.2.1/32]{1}}}\n  b: {{servers: [{0}], addresses: "
      "[192.0.2.1/32]{1}}}\n";
  const auto refused = with_trunks(fmt::format(fmt::runtime(two), "", ""));
  REQUIRE(refused.mistakes.size() == 1);
  CHECK(refused.mistakes[0].text.find("192.0.2.1/32 belongs to trunks.a.addresses[0]") !=
        std::string::npos);
  CHECK(with_trunks(fmt::format(fmt::runtime(two), "x",
                                ", registration: {enabled: yes}, "
                                "login: {username: u, password: p}"))
            .has_config());
}

TEST_CASE("with several profiles a trunk says which") {
  const auto result = parse_text(
      "profiles:\n  a: {listen: [\"udp:127.0.0.1:5080\"]}\n"
      "  b: {listen: [\"udp:127.0.0.1:5081\"]}\ntrunks:\n  t: {servers: [x]}\n");
  REQUIRE(result.mistakes.size() == 1);
  CHECK(result.mistakes[0].text.find("needs a profile") != std::string::npos);
}

TEST_CASE("the password of a trunk may stand in a file") {
  Surroundings surroundings;
  surroundings.read_file = [](const std::filesystem::path& file) -> pbx::core::Result<std::string> {
    if (file == "/secret") return std::string("hush hush\nmore\n");
    return pbx::core::fail(pbx::core::ErrorCode::kNotFound, "no such file");
  };
  const auto text = [](std::string_view file) {
    return fmt::format(
        "{}trunks:\n  a: {{servers: [x], login: {{username: u, password_file: {}}}}}\n", kBase,
        file);
  };
  const auto good = parse({{"f.yaml", text("/secret")}}, surroundings);
  REQUIRE(good.has_config());
  CHECK(good.config->trunks.at("a").login.password.reveal() == "hush hush");
  const auto bad = parse({{"f.yaml", text("/other")}}, surroundings);
  REQUIRE(bad.mistakes.size() == 1);
  CHECK(bad.mistakes[0].text.find("trunks.a.login.password_file") != std::string::npos);
}
