// What the checks between sections let pass and what they do not; golden_test.cc has the words.
#include "core/config/checks.h"

#include <doctest/doctest.h>

#include <fmt/format.h>

#include "support.h"

using namespace pbx::config;
using namespace pbx::config::testing;

namespace {

// The number of mistakes in a configuration of profiles alone, each given by its listen list.
std::size_t mistakes_of_listen(const std::vector<std::string>& profiles) {
  std::string text = "profiles:\n";
  for (std::size_t i = 0; i < profiles.size(); ++i) {
    text +=
        fmt::format("  p{}: {{listen: [{}], tls: {{certificate: c, key: k}}}}\n", i, profiles[i]);
  }
  return parse_text(text).mistakes.size();
}

std::size_t mistakes_of(std::string_view text) { return parse_with_phones(text).mistakes.size(); }

}  // namespace

TEST_CASE("listening addresses may share a port only if no packet could belong to both") {
  struct Row {
    const char* first;
    const char* second;
    bool is_good;
  };
  for (const Row& row : {
           Row{"udp:127.0.0.1:5060", "udp:127.0.0.2:5060", true},
           Row{"udp:127.0.0.1:5060", "tcp:127.0.0.1:5060", true},
           Row{"udp:127.0.0.1:5060", "udp:127.0.0.1:5070", true},
           Row{"udp:127.0.0.1:5060", "udp:127.0.0.1:5060", false},
           Row{"tcp:127.0.0.1:5060", "tls:127.0.0.1:5060", false},
           Row{"udp:0.0.0.0:5060", "udp:192.0.2.1:5060", false},
           Row{"udp:192.0.2.1:5060", "udp:0.0.0.0:5060", false},
           Row{"udp:0.0.0.0:5060", "tcp:0.0.0.0:5060", true},
           Row{"udp:0.0.0.0:5060", "\"udp:[2001:db8::1]:5060\"", true},
           Row{"\"udp:[::]:5060\"", "udp:192.0.2.1:5060", false},
           Row{"\"udp:[::]:5060\"", "\"udp:[2001:db8::1]:5060\"", false},
           Row{"\"udp:[::1]:5060\"", "udp:127.0.0.1:5060", true},
           Row{"udp:127.0.0.1:0", "udp:127.0.0.1:0", true},
           Row{"udp:0.0.0.0:0", "udp:0.0.0.0:5060", true},
       }) {
    CAPTURE(row.first);
    CAPTURE(row.second);
    CHECK((mistakes_of_listen({row.first, row.second}) == 0) == row.is_good);
  }
}

TEST_CASE("an address that overlaps several others is told once") {
  CHECK(mistakes_of_listen({"udp:127.0.0.1:5060", "udp:127.0.0.2:5060", "udp:0.0.0.0:5060"}) == 1);
}

TEST_CASE("only UDP ports can collide with audio") {
  const auto mistakes = [](const char* listen) {
    return parse_text(fmt::format("profiles: {{p: {{listen: [{}]}}}}\n"
                                  "media: {{rtp_ports: 20000-29999}}\n",
                                  listen))
        .mistakes.size();
  };
  CHECK(mistakes("udp:0.0.0.0:20000") == 1);
  CHECK(mistakes("udp:0.0.0.0:29999") == 1);
  CHECK(mistakes("tcp:0.0.0.0:25000") == 0);
  CHECK(mistakes("udp:0.0.0.0:19999") == 0);
  CHECK(mistakes("udp:0.0.0.0:30000") == 0);
}

TEST_CASE("there are four ports for each call that limits allow") {
  const auto mistakes = [](int calls) {
    return mistakes_of(fmt::format(
        "server: {{limits: {{calls_max: {}}}}}\nmedia: {{rtp_ports: 20000-20399}}\n", calls));
  };
  CHECK(mistakes(100) == 0);
  CHECK(mistakes(101) == 1);
}

TEST_CASE("a mistake in the ports brings no second one about their number") {
  CHECK(mistakes_of("server: {limits: {calls_max: 90000}}\nmedia: {rtp_ports: 1-2}\n") == 1);
  CHECK(mistakes_of("server: {limits: {calls_max: x}}\nmedia: {rtp_ports: 20000-20399}\n") == 1);
}

TEST_CASE("hashes must fit a profile where their extension may register") {
  const auto mistakes = [](const char* extension) {
    return parse_text(fmt::format(
                          "profiles:\n"
                          "  old: {{listen: [udp:127.0.0.1:5060], digest: {{algorithms: [md5]}}}}\n"
                          "  new: {{listen: [udp:127.0.0.1:5070],"
                          " digest: {{algorithms: [sha-256]}}}}\n"
                          "extensions: {{101: {{ha1: {{md5: 0123456789abcdef0123456789abcdef}}"
                          "{}}}}}\n",
                          extension))
        .mistakes.size();
  };
  CHECK(mistakes("") == 0);
  CHECK(mistakes(", profile: old") == 0);
  CHECK(mistakes(", profile: new") == 1);
  // Only the missing profile is told, not that nothing there offers the hash.
  CHECK(mistakes(", profile: gone") == 1);
}

TEST_CASE("a service that is turned off collides with nothing") {
  CHECK(mistakes_of("services: {echo: \"\", own_number: \"\"}\n") == 0);
  CHECK(mistakes_of("services: {echo: \"100\"}\nextensions: {101: {}}\n") == 0);
  CHECK(mistakes_of("services: {echo: \"100\"}\nextensions: {100: {}}\n") == 1);
}

TEST_CASE("files are looked for only by who can look") {
  const std::string text = "media: {music_on_hold: gone.wav}\n";
  CHECK(parse_with_phones(text).has_config());
  Surroundings world;
  world.has_file = [](const std::filesystem::path& file) { return file == "here.wav"; };
  CHECK_FALSE(parse_with_phones(text, world).has_config());
  CHECK(parse_with_phones("media: {music_on_hold: here.wav}\n", world).has_config());
  CHECK(parse_with_phones("media: {music_on_hold: generated}\n", world).has_config());
}

TEST_CASE("a password file must hold a password and not the word generate") {
  const auto mistakes = [](const std::string& content) {
    Surroundings world;
    world.read_file = [=](const std::filesystem::path&) -> pbx::core::Result<std::string> {
      return content;
    };
    return parse_with_phones("extensions: {101: {password_file: p}}\n", world).mistakes.size();
  };
  CHECK(mistakes("correct horse") == 0);
  CHECK(mistakes("correct horse\n\n") == 0);
  CHECK(mistakes("generate\n") == 1);
  CHECK(mistakes("short\n") == 1);
  CHECK(mistakes("\ncorrect horse\n") == 1);
  CHECK(mistakes("") == 1);
}
