#include "server/accounts.h"

#include <doctest/doctest.h>

#include <map>

using namespace pbx;

namespace {

config::Config two_extensions() {
  config::Config config;
  for (const char* number : {"100", "101"}) config.extensions[number].number = number;
  config.extensions["101"].credentials = {
      config::PasswordKind::kPlain, config::Secret("given"), {}, {}};
  return config;
}

}  // namespace

TEST_CASE("a password has its length, only clear characters, and no favourite") {
  std::uint8_t next = 0;
  const auto byte = [&next] { return next++; };
  std::map<char, int> seen;
  for (int i = 0; i < 56; ++i)
    for (const char c : server::make_password(byte)) ++seen[c];
  CHECK(seen.size() == 56);
  for (const char unclear : {'0', 'O', 'o', '1', 'I', 'l'}) CHECK(seen.count(unclear) == 0);
  int least = 1 << 20, most = 0;
  for (const auto& [c, count] : seen) {
    least = std::min(least, count);
    most = std::max(most, count);
  }
  CHECK(most - least <= 1);  // all bytes in turn: each character equally often
}

TEST_CASE("generated passwords are made once, kept, and never replace given ones") {
  std::uint8_t next = 7;
  const auto byte = [&next] { return next += 3; };
  const auto first = server::fill_passwords(two_extensions(), {}, byte);
  REQUIRE(first.fresh.size() == 1);
  CHECK(first.fresh[0].number == "100");
  CHECK(first.config->extensions.at("101").credentials.password.reveal() == "given");
  const auto second = server::fill_passwords(two_extensions(), first.fresh, byte);
  CHECK(second.fresh.empty());
  CHECK(second.config->extensions.at("100").credentials ==
        first.config->extensions.at("100").credentials);
  CHECK(second.config->extensions.at("100").credentials.kind == config::PasswordKind::kPlain);
}
