#include "core/config/trunk_checks.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/config/forms.h"
#include "core/config/suggest.h"

namespace pbx::config {
namespace {

std::string or_none(const std::vector<std::string>& names) {
  return names.empty() ? "none, because there are none" : fmt::format("{}", fmt::join(names, ", "));
}

class TrunkChecker {
 public:
  TrunkChecker(const Config& config, const CheckContext& context)
      : config_(config), context_(context) {}

  void check(const Trunk& trunk) {
    const std::string path = "trunks." + trunk.name;
    check_profile(trunk, path);
    check_ways(trunk, path);
    check_registration(trunk, path);
    check_number(trunk, path);
    const std::vector<std::string> sets = keys_of(config_.rewrites);
    check_name(path + ".rewrites.caller_in", trunk.rewrites.caller_in, sets);
    check_name(path + ".rewrites.called_in", trunk.rewrites.called_in, sets);
    check_name(path + ".rewrites.caller_out", trunk.rewrites.caller_out, sets);
    check_name(path + ".rewrites.called_out", trunk.rewrites.called_out, sets);
    check_addresses(trunk, path);
  }

 private:
  void add(const std::string& path, const std::string& text) {
    context_.mistakes.add(context_.places.find(path), fmt::format("{}: {}", path, text));
  }

  void check_name(const std::string& path, const std::string& name,
                  const std::vector<std::string>& names) {
    if (name.empty() || std::find(names.begin(), names.end(), name) != names.end()) return;
    const std::string meant = nearest(name, names);
    add(path, fmt::format("there is no `{}`{}; allowed: {}", name,
                          meant.empty() ? "" : fmt::format(", did you mean `{}`?", meant),
                          or_none(names)));
  }

  void check_profile(const Trunk& trunk, const std::string& path) {
    const std::vector<std::string> names = keys_of(config_.profiles);
    if (trunk.profile.empty() && names.size() > 1)
      add(path, fmt::format("needs a profile, for there are several; allowed: {}",
                            fmt::join(names, ", ")));
    check_name(path + ".profile", trunk.profile, names);
  }

  void check_ways(const Trunk& trunk, const std::string& path) {
    if (!trunk.servers.empty() || !trunk.addresses.empty() || !trunk.challenge.is_empty()) return;
    const bool is_told = !context_.places.has(path + ".servers") ||
                         context_.places.is_bad(path + ".servers") ||
                         context_.places.is_bad(path + ".addresses");
    if (is_told) return;
    add(path, "no way in or out; needed: servers, addresses or challenge");
  }

  void check_registration(const Trunk& trunk, const std::string& path) {
    if (!trunk.registration.enabled) return;
    if (trunk.login.is_empty())
      add(path + ".registration.enabled",
          "to register needs a login; needed: " + path + ".login.username and password");
    if (trunk.servers.empty() && !context_.places.is_bad(path + ".servers"))
      add(path + ".registration.enabled", "to register needs one of servers at least");
  }

  void check_number(const Trunk& trunk, const std::string& path) {
    if (trunk.identity.caller_id == CallerIdPolicy::kTrunk && trunk.identity.number.empty())
      add(path + ".identity.caller_id",
          "needs a number to show; needed: " + path + ".identity.number");
  }

  // Trunks that register may share addresses: the contact that was registered tells them apart.
  void check_addresses(const Trunk& trunk, const std::string& path) {
    if (trunk.registration.enabled) return;
    for (std::size_t i = 0; i < trunk.addresses.size(); ++i) {
      const std::string place = fmt::format("{}.addresses[{}]", path, i);
      const auto key = std::pair(trunk.profile, PrefixForm{}.write(trunk.addresses[i]));
      const auto [first, is_new] = addresses_.emplace(key, place);
      if (is_new) continue;
      add(place, fmt::format("{} belongs to {} at {}; allowed: each address in one trunk",
                             key.second, first->second,
                             context_.mistakes.text_of(context_.places.find(first->second))));
    }
  }

  const Config& config_;
  const CheckContext& context_;
  std::map<std::pair<std::string, std::string>, std::string> addresses_;  // to their place
};

}  // namespace

void read_trunk_passwords(Config& config, const CheckContext& context) {
  for (auto& [name, trunk] : config.trunks) {
    const std::string path = "trunks." + name;
    read_password_file(trunk.login.password_file, trunk.login.password,
                       path + ".login.password_file", context);
    read_password_file(trunk.challenge.password_file, trunk.challenge.password,
                       path + ".challenge.password_file", context);
  }
}

void check_trunks(const Config& config, const CheckContext& context) {
  TrunkChecker checker(config, context);
  for (const auto& [name, trunk] : config.trunks) checker.check(trunk);
}

}  // namespace pbx::config
