// strowgerd: reads its command line and configuration, and runs the daemon.

#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>

#include "core/base/log.h"
#include "server/daemon.h"
#include "server/options.h"
#include "server/version.h"

namespace {

using namespace pbx;

constexpr int kExitConfig = 1;
constexpr int kExitStart = 2;

struct Arguments {
  std::string conf = "/etc/strowger";
  std::string data_dir;
  std::string print;  // "socket" or "data_dir": for scripts
};

int print_path(const config::Config& config, const std::string& what) {
  const auto& path = what == "socket" ? config.api.socket : config.server.data_dir;
  std::printf("%s\n", path.c_str());
  return 0;
}

int run(const Arguments& arguments) {
  const server::ConfigSource source{arguments.conf, arguments.data_dir};
  server::LoadedConfig first = source.load();
  const config::LoadResult loaded = first.result;
  for (const config::Mistake& mistake : loaded.mistakes)
    std::fprintf(stderr, "%s\n", mistake.message().c_str());
  if (!loaded.has_config()) return kExitConfig;
  if (!arguments.print.empty()) return print_path(*loaded.config, arguments.print);

  if (auto log = core::log_init(server::log_options(*loaded.config)); !log) {
    std::fprintf(stderr, "strowgerd: %s\n", log.error().detail.c_str());
    return kExitStart;
  }
  server::apply_log_levels(*loaded.config);
  int status = 0;
  {
    auto daemon = server::Daemon::start(source, std::move(first));
    if (daemon) {
      (*daemon)->run();
    } else {
      core::log_error("server", "cannot start: {}", daemon.error().detail);
      status = kExitStart;
    }
  }
  core::log_shutdown();
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"strowgerd, the Strowger exchange.  Control it with the command strowger."};
  app.set_version_flag("--version", server::kVersion);
  Arguments arguments;
  app.add_option("--conf", arguments.conf,
                 "Configuration: a YAML file, or a directory of which all *.yaml are read")
      ->capture_default_str();
  app.add_option("--data-dir", arguments.data_dir,
                 "Where data is kept if the configuration does not say; default /var/lib/strowger");
  app.add_option("--print", arguments.print,
                 "Print a path that the configuration gives, and end: socket or data_dir")
      ->check(CLI::IsMember({"socket", "data_dir"}));
  CLI11_PARSE(app, argc, argv);
  return run(arguments);
}
