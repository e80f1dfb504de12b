#include "core/config/domain_checks.h"

#include <map>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/config/suggest.h"

namespace pbx::config {
namespace {

class DomainChecker {
 public:
  DomainChecker(const Config& config, const CheckContext& context)
      : config_(config), context_(context) {}

  void check_names() {
    for (const auto& [name, domain] : config_.domains) {
      const std::string path = "domains." + name;
      check_name("plan", config_.plans, domain.plan, path + ".plan");
      check_name("rights", config_.rights, domain.rights, path + ".rights");
      if (name == kHouseWord)
        add(path, "this name is the word for telephones without a domain; allowed: another");
    }
    for (const auto& [name, profile] : config_.profiles)
      check_domain(profile.domain, fmt::format("profiles.{}.domain", name));
    for (const auto& [name, trunk] : config_.trunks)
      check_domain(trunk.domain, fmt::format("trunks.{}.domain", name));
    for (const auto& [id, extension] : config_.extensions)
      check_domain(extension.domain, context_.places.key_of("extensions." + id));
  }

  void check_hosts() {
    std::map<std::string, std::string> first;  // path by host
    for (const auto& [name, domain] : config_.domains) {
      for (std::size_t i = 0; i < domain.hosts.size(); ++i) {
        const std::string path = fmt::format("domains.{}.hosts[{}]", name, i);
        const auto [known, is_new] = first.emplace(domain.hosts[i], path);
        if (!is_new)
          add(path, fmt::format("{} is a host of another domain too, {}; allowed: a host once",
                                domain.hosts[i], known->second));
      }
    }
  }

  void check_passages() {
    std::set<std::pair<std::string, std::string>> ways;
    for (std::size_t i = 0; i < config_.passages.size(); ++i) {
      const Passage& way = config_.passages[i];
      const std::string path = fmt::format("passages[{}]", i);
      check_domain(way.from, path + ".from");
      check_domain(way.to, path + ".to");
      check_name("plan", config_.plans, way.plan, path + ".plan");
      check_name("rewrites", config_.rewrites, way.rewrites.caller, path + ".rewrites.caller");
      check_name("rewrites", config_.rewrites, way.rewrites.called, path + ".rewrites.called");
      if (way.from == way.to)
        add(path + ".to", "leads back to where it begins; allowed: another domain than `from`");
      if (!ways.emplace(way.from, way.to).second)
        add(path, "this way is given already; allowed: one for each pair of domains");
    }
  }

 private:
  void add(const std::string& path, const std::string& text) {
    context_.mistakes.add(context_.places.find(path), fmt::format("{}: {}", path, text));
  }

  template <class Map>
  void check_name(std::string_view what, const Map& known, const std::string& name,
                  const std::string& path) {
    if (name.empty() || known.contains(name)) return;
    add(path, not_there(what, name, keys_of(known)));
  }

  void check_domain(const std::string& name, const std::string& path) {
    check_name("domain", config_.domains, name, path);
  }

  const Config& config_;
  const CheckContext& context_;
};

}  // namespace

void fill_from_domains(Config& config, const CheckContext& context) {
  for (auto& [id, extension] : config.extensions) {
    const auto domain = config.domains.find(extension.domain);
    if (domain == config.domains.end()) continue;
    const std::string entry = context.places.key_of("extensions." + id);
    const auto fill = [&](std::string& own, const std::string& of_domain, std::string_view option) {
      if (!of_domain.empty() && !context.places.has(fmt::format("{}.{}", entry, option)))
        own = of_domain;
    };
    fill(extension.plan, domain->second.plan, "plan");
    fill(extension.rights, domain->second.rights, "rights");
  }
}

void check_domains(const Config& config, const CheckContext& context) {
  DomainChecker checker(config, context);
  checker.check_names();
  checker.check_hosts();
  checker.check_passages();
}

}  // namespace pbx::config
