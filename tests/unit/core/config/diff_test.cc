#include "core/config/diff.h"

#include <doctest/doctest.h>

#include "core/config/flatten.h"
#include "support.h"

using namespace pbx::config;
using namespace pbx::config::testing;

namespace {

Config config_of(std::string_view text) {
  const LoadResult result = parse_with_phones(text);
  REQUIRE_MESSAGE(result.has_config(), messages(result));
  return *result.config;
}

std::vector<std::string> texts(const std::vector<Change>& changes) {
  std::vector<std::string> list;
  for (const Change& change : changes) list.push_back(change.text);
  return list;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("equal configurations have no difference") {
  const Config config = config_of("extensions: {100-103: {name: Desk}}\n");
  CHECK(diff(config, config).is_empty());
}

TEST_CASE("what a reload can apply is told apart from what needs a restart") {
  const Config before = config_of("media: {workers: 2}\n");
  const Config after = config_of(
      "media: {workers: 4, codecs: [pcma]}\n"
      "server: {log: {level: debug, components: {sip: trace}}, limits: {calls_max: 10}}\n"
      "storage: {sync: off}\n"
      "recording: {rule: all}\n");
  const Diff result = diff(before, after);
  CHECK(texts(result.live) ==
        Texts{"server.log.level: info → debug", "server.log.components.sip: none → trace",
              "server.limits.calls_max: 2000 → 10",
              "media.codecs: opus, g722, pcma, pcmu, gsm → pcma", "recording.rule: none → all"});
  CHECK(texts(result.restart) == Texts{"media.workers: 2 → 4", "storage.sync: full → off"});
}

TEST_CASE("extensions that come and go are one line each") {
  const Config before = config_of("extensions: {101: {}, 102: {}}\n");
  const Config after = config_of("extensions: {102: {name: Door}, 103: {}}\n");
  const Diff result = diff(before, after);
  CHECK(texts(result.live) == Texts{"extensions.102.name: none → Door", "extensions.103: added",
                                    "extensions.101: removed"});
  CHECK(result.restart.empty());
}

TEST_CASE("a changed password is told without being shown") {
  const Config before = config_of("extensions: {101: {password: correct horse}}\n");
  const Config after = config_of("extensions: {101: {password: battery staple}}\n");
  const Diff result = diff(before, after);
  CHECK(texts(result.live) == Texts{"extensions.101.password: changed"});
}

TEST_CASE("a password file with new content is a change") {
  const auto with_password = [](const std::string& password) {
    Surroundings world;
    world.read_file = [=](const std::filesystem::path&) -> pbx::core::Result<std::string> {
      return password;
    };
    return *parse_with_phones("extensions: {101: {password_file: p}}\n", world).config;
  };
  const Diff result = diff(with_password("correct horse"), with_password("battery staple"));
  CHECK(texts(result.live) == Texts{"extensions.101.password: changed"});
}

TEST_CASE("profiles and their addresses need a restart, their rules do not") {
  const auto profile = [](const char* text) {
    const LoadResult result = parse_text(std::string("profiles:\n") + text);
    REQUIRE_MESSAGE(result.has_config(), messages(result));
    return *result.config;
  };
  const Config before = profile("  a: {listen: [udp:127.0.0.1:5060]}\n");
  const Config after = profile(
      "  a: {listen: [udp:127.0.0.1:5070], guard: {failures_max: 3}}\n"
      "  b: {listen: [udp:127.0.0.1:5060]}\n");
  const Diff result = diff(before, after);
  CHECK(texts(result.live) == Texts{"profiles.a.guard.failures_max: 10 → 3"});
  CHECK(texts(result.restart) ==
        Texts{"profiles.a.listen: udp:127.0.0.1:5060 → udp:127.0.0.1:5070", "profiles.b: added"});

  const Config live = live_part(before, after);
  CHECK(live.profiles.size() == 1);
  CHECK(live.profiles.at("a").listen == before.profiles.at("a").listen);
  CHECK(live.profiles.at("a").guard.failures_max == 3);
  CHECK(live_part(after, before).profiles.size() == 2);
}

TEST_CASE("the live part differs from before only in what a reload applies") {
  const Config before = config_of("extensions: {101: {}}\n");
  const Config after = config_of(
      "server: {data_dir: /elsewhere, drain_timeout: 5s, log: {file: /var/log/pbx.log}}\n"
      "media: {rtp_ports: 20000-39999, workers: 3, pin_workers: off, realtime: off, music_on_hold: "
      "/m.wav}\n"
      "api: {listen: \"127.0.0.1:80\", socket: /s}\n"
      "extensions: {101: {name: Door}, 102: {}}\n");
  const Config live = live_part(before, after);
  CHECK(diff(before, live).restart.empty());
  CHECK(texts(diff(before, live).live) == texts(diff(before, after).live));
  CHECK(texts(diff(live, after).restart) == texts(diff(before, after).restart));
  CHECK(live_part(after, before).server.data_dir == "/elsewhere");
  CHECK(live_part(after, before).server.log.file == "/var/log/pbx.log");
}

TEST_CASE("a dump shows every option and no secret") {
  const Config config = config_of(
      "extensions:\n"
      "  101: {password: correct horse}\n"
      "  102: {ha1: {md5: 0123456789abcdef0123456789abcdef}}\n"
      "  103: {}\n");
  const std::string text = dump(config);
  CHECK(text.find("extensions.101.password: ***\n") != std::string::npos);
  CHECK(text.find("extensions.102.ha1.md5: ***\n") != std::string::npos);
  CHECK(text.find("extensions.103.password: generate\n") != std::string::npos);
  CHECK(text.find("media.rtp_ports: 16384-32767\n") != std::string::npos);
  CHECK(text.find("horse") == std::string::npos);
  CHECK(text.find("0123456789abcdef") == std::string::npos);
}
