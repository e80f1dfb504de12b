// load(): the part of the loader that touches the file system and the environment.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/config/loader.h"

namespace pbx::config {
namespace {

namespace fs = std::filesystem;

core::Result<std::string> read_file(const fs::path& file, std::size_t size_max) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) {
    return core::fail(core::ErrorCode::kNotFound, "is not there or is not a file");
  }
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return core::fail(core::ErrorCode::kUnavailable, "cannot be opened");
  // One byte more than there should be, to see whether the file grew meanwhile.
  const std::uintmax_t size = fs::file_size(file, error);
  if (error || size > size_max) return core::fail(core::ErrorCode::kLimitReached, "is too large");
  std::string text(size + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) return core::fail(core::ErrorCode::kUnavailable, "cannot be read");
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > size) return core::fail(core::ErrorCode::kUnavailable, "is being written");
  return text;
}

LoadResult refused(const fs::path& path, std::string text) {
  LoadResult result;
  result.mistakes.push_back({path.string(), 0, 0, std::move(text)});
  return result;
}

// The *.yaml of a directory by name, or the file itself.
core::Result<std::vector<fs::path>> list_files(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return std::vector<fs::path>{path};
  std::vector<fs::path> files;
  for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".yaml") files.push_back(it->path());
  }
  if (error) return core::fail(core::ErrorCode::kUnavailable, error.message());
  if (files.empty()) return core::fail(core::ErrorCode::kNotFound, "no *.yaml in this directory");
  if (files.size() > kFilesMax) {
    return core::fail(core::ErrorCode::kLimitReached,
                      fmt::format("more than {} files in this directory", kFilesMax));
  }
  std::sort(files.begin(), files.end());
  return files;
}

// A password file is one line; what follows it is not read.
constexpr std::size_t kPasswordFileMax = 4096;

std::optional<std::string> environment(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace

core::Result<std::string> read_table(const fs::path& file) {
  return read_file(file, kTableSizeMax);
}

LoadResult load(const fs::path& path, Surroundings surroundings) {
  const auto files = list_files(path);
  if (!files) return refused(path, files.error().detail);
  std::vector<SourceText> sources;
  for (const fs::path& file : *files) {
    auto text = read_file(file, kFileSizeMax);
    if (!text) return refused(file, fmt::format("the file {}", text.error().detail));
    sources.push_back({file.string(), std::move(*text)});
  }
  if (!surroundings.variable) surroundings.variable = environment;
  if (!surroundings.read_file) {
    surroundings.read_file = [](const fs::path& file) { return read_file(file, kPasswordFileMax); };
  }
  if (!surroundings.read_table) {
    surroundings.read_table = read_table;
  }
  if (!surroundings.has_file) {
    surroundings.has_file = [](const fs::path& file) {
      std::error_code error;
      return fs::is_regular_file(file, error);
    };
  }
  return parse(sources, surroundings);
}

}  // namespace pbx::config
