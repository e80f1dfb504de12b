#include "core/config/loader.h"

#include <utility>

#include <fmt/format.h>

#include "core/config/checks.h"
#include "core/config/describe.h"
#include "core/config/domain_checks.h"
#include "core/config/merge.h"
#include "core/config/reader.h"
#include "core/config/yaml.h"

namespace pbx::config {
namespace {

std::vector<std::string> file_names(const std::vector<SourceText>& sources) {
  std::vector<std::string> names;
  for (const SourceText& source : sources) names.push_back(source.file);
  if (names.empty()) names.emplace_back("configuration");
  return names;
}

bool is_map_or_nothing(const Node& node) {
  return node.kind == NodeKind::kMap || node.kind == NodeKind::kNull;
}

// All files as one tree; nullopt if a file could not be read as YAML.
std::optional<Node> read_sources(const std::vector<SourceText>& sources, Mistakes& mistakes) {
  const std::vector<std::string> named{
      std::string(kProfilesSection),  std::string(kExtensionsSection),
      std::string(kRewritesSection),  std::string(kHolidaysSection),
      std::string(kSchedulesSection), std::string(kCallerListsSection),
      std::string(kPricesSection),    std::string(kTrunkGroupsSection),
      std::string(kPlansSection),     std::string(kTrunksSection),
      std::string(kRightsSection),    std::string(kDomainsSection)};
  Node root;
  bool is_whole = true;
  for (std::uint32_t i = 0; i < sources.size(); ++i) {
    if (sources[i].text.size() > kFileSizeMax) {
      mistakes.add({i, 0, 0}, fmt::format("the file is larger than {} bytes", kFileSizeMax));
      is_whole = false;
      continue;
    }
    auto tree = read_yaml(sources[i], i, mistakes);
    const bool is_usable = tree && is_map_or_nothing(*tree);
    if (tree && !is_usable) {
      mistakes.add(tree->place, "a file must be a map of sections, such as `server:`");
    }
    is_whole = is_whole && is_usable;
    if (is_usable) merge(root, std::move(*tree), named, mistakes);
  }
  if (!is_whole) return std::nullopt;
  return root;
}

std::shared_ptr<const Config> read_config(const Node& root, const Surroundings& surroundings,
                                          Mistakes& mistakes) {
  Places places;
  auto config = std::make_shared<Config>();
  if (!surroundings.data_dir.empty()) config->server.data_dir = surroundings.data_dir;
  Reader reader(root, surroundings.variable, mistakes, places);
  describe(reader, *config);
  reader.finish();
  const CheckContext context{places, surroundings, mistakes};
  fill_from_domains(*config, context);
  read_passwords(*config, context);
  check(*config, context);
  if (surroundings.check && mistakes.count() == 0) {
    surroundings.check(*config, surroundings,
                       [&](const std::string& path, const std::string& what) {
                         mistakes.add(places.find(path), fmt::format("{}: {}", path, what));
                       });
  }
  return config;
}

}  // namespace

LoadResult parse(const std::vector<SourceText>& sources, const Surroundings& surroundings) {
  Mistakes mistakes(file_names(sources));
  LoadResult result;
  // A tree with holes would only bring mistakes that nobody made.
  if (const auto root = read_sources(sources, mistakes)) {
    result.config = read_config(*root, surroundings, mistakes);
  }
  if (mistakes.count() > 0) {
    result.config = nullptr;
    result.mistakes = std::move(mistakes).take();
  }
  return result;
}

}  // namespace pbx::config
