// The reference page and the full sample are what the program says, and the sample says the truth.
#include "core/config/document.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <set>

#include "core/config/describe.h"
#include "core/config/flatten.h"
#include "support.h"

using namespace pbx::config;
using namespace pbx::config::testing;

namespace {

const std::string kRoot = PBX_SOURCE_DIR;
constexpr std::string_view kBegin = "<!-- options: written by the program, see document.h -->\n";
constexpr std::string_view kEnd = "<!-- end of options -->\n";

// The page with the tables of this program between its markers.
std::string page_with(const std::string& tables) {
  const std::string page = read_whole(kRoot + "/docs/configuration.md");
  const std::size_t begin = page.find(kBegin);
  const std::size_t end = page.find(kEnd);
  REQUIRE(begin != std::string::npos);
  REQUIRE(end != std::string::npos);
  return page.substr(0, begin + kBegin.size()) + tables + "\n" + page.substr(end);
}

// The sample with the commented options in force.
std::string uncommented(std::string text) {
  for (std::size_t at = text.find('#'); at != std::string::npos; at = text.find('#', at + 1)) {
    const bool is_option = at + 1 < text.size() && text[at + 1] != ' ' && text[at + 1] != '\n' &&
                           text.find_last_not_of(' ', at - 1) == text.rfind('\n', at);
    if (is_option) text.erase(at, 1);
  }
  return text;
}

// The entries of maps that the sample shows as examples.
void add_route_examples(Config& config) {
  Schedule office{.name = "office", .zone = "Europe/Moscow"};
  office.dates = {{.from = "2026-12-31"}};
  office.holidays = {{.calendar = "russia"}};
  config.schedules = {{"office", office}};
  config.holidays = {{"russia", {"russia"}}};
  config.caller_lists = {{"vip", {"vip"}}};
  config.prices = {{"provider", {"provider"}}};
  config.trunk_groups = {{"providers", {"providers", {{.trunk = "provider"}}}}};
  config.plans = {{"incoming", {"incoming", {{.to = "extension"}}}}};
  Rights employees{.name = "employees"};
  employees.account_codes = {
      {"project", Secret("19d0e92a30fc1915ab596e06a112b9d432adec318cbf46d6ff92830ce6cd92a9")}};
  config.rights = {{"employees", employees}};
}

}  // namespace

TEST_CASE("docs/configuration.md is up to date") {
  CHECK(matches_file(page_with(reference_markdown()), kRoot + "/docs/configuration.md"));
}

TEST_CASE("conf/full/strowger.yaml is up to date") {
  CHECK(matches_file(sample_yaml(), kRoot + "/conf/full/strowger.yaml"));
}

TEST_CASE("the sample shows the defaults that hold when nothing is written") {
  const LoadResult sample = parse_text(sample_yaml());
  REQUIRE_MESSAGE(sample.has_config(), messages(sample));
  const LoadResult bare = parse_with_phones("extensions: {101: }\n");
  Config expected = *bare.config;
  // The examples of what has to be there.
  expected.rewrites = {{"provider", {"provider", {{"8(XXXXXXXXXX)", "+7$1"}}}}};
  expected.domains["north"].name = "north";
  expected.domains["north"].numbering.country = "RU";
  expected.passages = {{"", "north", "", {}}};
  Trunk& trunk = expected.trunks["provider"];
  trunk.name = "provider";
  trunk.profile = "phones";
  trunk.servers = {{{}, "sip.example.com", 0}};
  trunk.codecs = expected.media.codecs;
  trunk.dscp = expected.media.dscp;
  add_route_examples(expected);
  CHECK(*sample.config == expected);
}

TEST_CASE("the examples of options without a default are allowed ones") {
  Surroundings world;
  world.variable = [](std::string_view) { return std::string("hush hush"); };
  const LoadResult result = parse_text(uncommented(sample_yaml()), world);
  // Password, file and hashes exclude each other; the files of the examples are not there; an area
  // code needs local_digits, whose default is none; the plan of extensions and the
  // profile of the trunk are others'.
  const std::vector<std::string> expected{
      "extensions.101.password: only one of password, password_file and ha1",
      "extensions.101.password_file: ",
      "extensions.101.plan: there is no plan `outgoing`",
      "numbering.area_code: area_code and local_digits",
      "domains.north.numbering.area_code: area_code and local_digits",
      "domains.north.plan: there is no plan `outgoing`",
      "trunks.provider.profile: there is no `outside`",
      "trunks.provider.login.password: only one of password and password_file",
      "trunks.provider.login.password_file: ",
      "trunks.provider.challenge.password: only one of password and password_file",
      "trunks.provider.challenge.password_file: "};
  REQUIRE_MESSAGE(result.mistakes.size() == expected.size(), messages(result));
  for (std::size_t i = 0; i < expected.size(); ++i)
    CHECK_MESSAGE(result.mistakes[i].text.starts_with(expected[i]), result.mistakes[i].text);
}

TEST_CASE("every option is in the page, with a sentence, and in the sample") {
  const Config config = *parse_with_phones("extensions: {101: }\n").config;
  const std::string page = reference_markdown();
  const std::string sample = sample_yaml();
  for (const Leaf& leaf : flatten(config)) {
    CAPTURE(leaf.path);
    if (leaf.is_entry) continue;
    const std::string name = leaf.path.substr(leaf.path.rfind('.') + 1);
    CHECK(page.find(fmt::format("\n| `{}` | ", name)) != std::string::npos);
    CHECK(sample.find(name + ":") != std::string::npos);
  }
  CHECK(page.find("|  |") == std::string::npos);
}

TEST_CASE("no line of the sample is longer than a screen is wide") {
  const std::string text = sample_yaml();
  std::size_t begin = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    CHECK(end - begin <= 100);
    begin = end + 1;
  }
}
