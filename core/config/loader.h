// core/config/loader.h — from files to a Config, or to all that is wrong with them.
//
// parse() is pure.  load() reads files and is called by the main thread (start and reload) and by
// `strowger check`.  Both report every mistake at once, and give no Config if there is one.
//
// Bounds: a file of kFileSizeMax bytes, kFilesMax files, kDepthMax levels of nesting, kNodesMax
// values after aliases are expanded, kMistakesMax mistakes told (the last one says there are more).

#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/config/config.h"

namespace pbx::config {

inline constexpr std::size_t kFileSizeMax = 4'000'000;
inline constexpr std::size_t kTableSizeMax = 256'000'000;
inline constexpr std::size_t kFilesMax = 1000;
inline constexpr std::size_t kDepthMax = 16;
inline constexpr std::size_t kNodesMax = 1'000'000;
inline constexpr std::size_t kMistakesMax = 200;

// One thing that is wrong.  Lines and columns begin at 1; 0 where no line is meant.
struct Mistake {
  std::string file;
  int line = 0;
  int column = 0;
  std::string text;  // what is wrong, what is allowed; never a secret

  // "file:line:column: text", without the numbers where there is no line.
  [[nodiscard]] std::string message() const;
  friend bool operator==(const Mistake&, const Mistake&) = default;
};

// One of the two is set: a configuration, or at least one mistake.
struct LoadResult {
  std::shared_ptr<const Config> config;
  std::vector<Mistake> mistakes;  // by file, line, column

  [[nodiscard]] bool has_config() const { return config != nullptr; }
};

// One YAML document and the name that mistakes are told with.  Relative paths inside it are
// relative to the directory part of the name.
struct SourceText {
  std::string file;
  std::string text;
};

// What a configuration may ask of the world around it.  An empty function knows nothing: every
// variable is unset, every file is unreadable, files named elsewhere are not looked for.
struct Surroundings {
  // Tells what is wrong with the option at a path of the documentation, "rewrites.mts.rules[2]".
  using Tell = std::function<void(const std::string& path, const std::string& what)>;
  std::function<std::optional<std::string>(std::string_view name)> variable;  // ${env:NAME}
  std::function<core::Result<std::string>(const std::filesystem::path&)> read_file;
  std::function<core::Result<std::string>(const std::filesystem::path&)> read_table;  // all of it
  std::function<bool(const std::filesystem::path&)> has_file;
  // What the layers above know to be wrong: patterns, time zones, tables.  Asked only if all else
  // is right.
  std::function<void(const Config&, const Surroundings&, const Tell&)> check;
  std::filesystem::path data_dir;  // the default of server.data_dir; empty: the built-in one
};

// Pure as long as the functions of `surroundings` are.
[[nodiscard]] LoadResult parse(const std::vector<SourceText>& sources,
                               const Surroundings& surroundings = {});

// `path` is a file, or a directory of which all *.yaml are read, sorted by name, and merged.
// Functions of `surroundings` that are empty are filled in with the file system and getenv; the
// daemon sets `data_dir` if its command line names one.
[[nodiscard]] LoadResult load(const std::filesystem::path& path, Surroundings surroundings = {});

// A table that a configuration names: number ranges, prices.  At most kTableSizeMax bytes.
// Errors: a phrase that follows the name of the file.
[[nodiscard]] core::Result<std::string> read_table(const std::filesystem::path& file);

}  // namespace pbx::config
