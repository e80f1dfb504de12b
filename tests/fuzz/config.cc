// Any bytes as a configuration: never a crash, always either a Config or a mistake, and a Config
// that can be written down, compared with itself and reloaded onto itself.  A byte of 0xff cuts the
// input into several files.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/diff.h"
#include "core/config/flatten.h"
#include "core/config/loader.h"

using namespace pbx::config;

namespace {

constexpr std::size_t kInputMax = 16'384;

void require(bool condition) {
  if (!condition) std::abort();
}

std::vector<SourceText> sources_of(std::string text) {
  std::vector<SourceText> sources;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find('\xff', begin), text.size());
    sources.push_back({"f" + std::to_string(sources.size()), text.substr(begin, end - begin)});
    begin = end + 1;
  }
  return sources;
}

Surroundings world() {
  Surroundings surroundings;
  surroundings.variable = [](std::string_view name) -> std::optional<std::string> {
    return name.size() % 2 == 0 ? std::optional<std::string>(name) : std::nullopt;
  };
  surroundings.read_file = [](const std::filesystem::path& file) -> pbx::core::Result<std::string> {
    return file.string();
  };
  return surroundings;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > kInputMax) return -1;
  const auto sources = sources_of({reinterpret_cast<const char*>(data), size});
  const LoadResult result = parse(sources, world());
  require(result.has_config() == result.mistakes.empty());
  require(result.mistakes.size() <= kMistakesMax + 1);
  for (const Mistake& mistake : result.mistakes) require(!mistake.message().empty());
  if (!result.has_config()) return 0;
  require(!dump(*result.config).empty());
  require(diff(*result.config, *result.config).is_empty());
  require(live_part(*result.config, *result.config) == *result.config);
  return 0;
}
