// server/reload.h — the configuration in force, and how a new one takes its place.
//
// Owner: the main thread.

#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/config/config.h"
#include "core/config/diff.h"
#include "core/config/loader.h"
#include "core/route/routing.h"
#include "storage/store.h"

namespace pbx::server {

// Where the configuration is read from, as the command line says.
// What the files say, and what calls ask of it.
struct LoadedConfig {
  config::LoadResult result;
  std::shared_ptr<const route::Routing> routing;  // null if there are mistakes
};

struct ConfigSource {
  std::filesystem::path path;      // a file, or a directory of *.yaml
  std::filesystem::path data_dir;  // default of server.data_dir; empty: the built-in one
  [[nodiscard]] LoadedConfig load() const;
};

class ConfigInForce {
 public:
  ConfigInForce(ConfigSource source, LoadedConfig first, storage::Store& store);

  // With generated passwords filled in: what the threads are given.
  [[nodiscard]] const std::shared_ptr<const config::Config>& filled() const { return filled_; }
  [[nodiscard]] const std::shared_ptr<const route::Routing>& routing() const { return routing_; }
  [[nodiscard]] const config::Config& written() const { return *written_; }

  struct Outcome {
    std::vector<std::string> mistakes;  // if any, nothing has changed
    std::vector<std::string> live, restart;
  };
  // Reads the files anew.  Hand filled() out afterwards, unless there are mistakes.
  Outcome reload();

 private:
  void fill();

  ConfigSource source_;
  storage::Store& store_;
  std::vector<storage::Account> accounts_;  // generated in this run or an earlier one
  std::shared_ptr<const config::Config> written_, filled_;
  std::shared_ptr<const route::Routing> routing_;
};

}  // namespace pbx::server
