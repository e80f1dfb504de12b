// The messages of broken configurations, word for word: tests/golden/config/NAME.yaml, or the
// directory NAME of several files, and what is said about it in NAME.txt.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "support.h"

namespace fs = std::filesystem;
using namespace pbx::config;
using namespace pbx::config::testing;

namespace {

const fs::path kFolder = fs::path(PBX_SOURCE_DIR) / "tests" / "golden" / "config";

std::vector<fs::path> cases() {
  std::vector<fs::path> found;
  for (const auto& item : fs::directory_iterator(kFolder)) {
    if (item.path().extension() != ".txt") found.push_back(item.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

// Names without the path of this machine.
std::vector<SourceText> sources_of(const fs::path& item) {
  if (!fs::is_directory(item)) return {{item.filename().string(), read_whole(item.string())}};
  std::vector<SourceText> sources;
  for (const auto& file : fs::directory_iterator(item)) {
    sources.push_back({file.path().filename().string(), read_whole(file.path().string())});
  }
  std::sort(sources.begin(), sources.end(),
            [](const SourceText& a, const SourceText& b) { return a.file < b.file; });
  return sources;
}

Surroundings world() {
  Surroundings surroundings;
  surroundings.variable = [](std::string_view name) -> std::optional<std::string> {
    if (name == "SHORT") return "tiny";
    if (name == "BELL") return "ring\a";
    return std::nullopt;
  };
  surroundings.read_file = [](const fs::path& file) -> pbx::core::Result<std::string> {
    if (file == "short.txt") return "tiny\nand more";
    return pbx::core::fail(pbx::core::ErrorCode::kNotFound, "is not there or is not a file");
  };
  surroundings.has_file = [](const fs::path& file) { return file == "here.pem"; };
  return surroundings;
}

}  // namespace

TEST_CASE("each broken configuration is refused with the messages on record") {
  for (const fs::path& item : cases()) {
    CAPTURE(item.filename().string());
    const LoadResult result = parse(sources_of(item), world());
    CHECK_FALSE(result.has_config());
    const fs::path record = kFolder / (item.stem().string() + ".txt");
    CHECK(matches_file(messages(result), record.string()));
  }
}

TEST_CASE("the record has at least forty mistakes and no two files of it say the same") {
  std::set<std::string> texts;
  for (const fs::path& item : cases()) {
    texts.insert(read_whole((kFolder / (item.stem().string() + ".txt")).string()));
  }
  CHECK(texts.size() == cases().size());
  CHECK(texts.size() >= 40);
}

TEST_CASE("no message shows a secret") {
  for (const fs::path& item : cases()) {
    CAPTURE(item.filename().string());
    CHECK(messages(parse(sources_of(item), world())).find("hunter") == std::string::npos);
  }
}
