#include "server/reload.h"

#include "core/base/random_device.h"
#include "core/route/routing.h"
#include "server/accounts.h"

namespace pbx::server {
namespace {

std::vector<std::string> texts(const std::vector<config::Change>& changes) {
  std::vector<std::string> all;
  for (const config::Change& change : changes) all.push_back(change.text);
  return all;
}

}  // namespace

LoadedConfig ConfigSource::load() const {
  LoadedConfig loaded;
  config::Surroundings surroundings;
  surroundings.data_dir = data_dir;
  surroundings.check = [&](const auto& config, const auto& world, const auto& tell) {
    loaded.routing = route::make_routing(config, world, tell);
  };
  loaded.result = config::load(path, surroundings);
  return loaded;
}

ConfigInForce::ConfigInForce(ConfigSource source, LoadedConfig first, storage::Store& store)
    : source_(std::move(source)),
      store_(store),
      written_(std::move(first.result.config)),
      routing_(std::move(first.routing)) {
  if (auto known = store_.reader().accounts()) accounts_ = std::move(*known);
  fill();
}

ConfigInForce::Outcome ConfigInForce::reload() {
  Outcome outcome;
  const LoadedConfig loaded = source_.load();
  for (const config::Mistake& mistake : loaded.result.mistakes)
    outcome.mistakes.push_back(mistake.message());
  if (!loaded.result.has_config()) return outcome;
  const config::Config& fresh = *loaded.result.config;
  const config::Diff diff = config::diff(*written_, fresh);
  outcome.live = texts(diff.live);
  outcome.restart = texts(diff.restart);
  written_ = std::make_shared<const config::Config>(config::live_part(*written_, fresh));
  routing_ = loaded.routing;
  fill();
  return outcome;
}

void ConfigInForce::fill() {
  Passwords passwords = fill_passwords(*written_, accounts_, [] {
    std::byte byte{};
    core::secure_bytes({&byte, 1});
    return static_cast<std::uint8_t>(byte);
  });
  for (storage::Account& account : passwords.fresh) {
    accounts_.push_back(account);
    store_.post(storage::StoreAccount{std::move(account)});
  }
  filled_ = std::move(passwords.config);
}

}  // namespace pbx::server
