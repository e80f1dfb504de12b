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

config::LoadResult ConfigSource::load() const {
  config::Surroundings surroundings;
  surroundings.data_dir = data_dir;
  surroundings.check = route::check_routing;
  return config::load(path, surroundings);
}

ConfigInForce::ConfigInForce(ConfigSource source, std::shared_ptr<const config::Config> first,
                             storage::Store& store)
    : source_(std::move(source)), store_(store), written_(std::move(first)) {
  if (auto known = store_.reader().accounts()) accounts_ = std::move(*known);
  fill();
}

ConfigInForce::Outcome ConfigInForce::reload() {
  Outcome outcome;
  const config::LoadResult loaded = source_.load();
  for (const config::Mistake& mistake : loaded.mistakes)
    outcome.mistakes.push_back(mistake.message());
  if (!loaded.has_config()) return outcome;
  const config::Diff diff = config::diff(*written_, *loaded.config);
  outcome.live = texts(diff.live);
  outcome.restart = texts(diff.restart);
  written_ = std::make_shared<const config::Config>(config::live_part(*written_, *loaded.config));
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
