// tools/strowger/commands.h — what each command does with the daemon's answers.
//
// Exit codes (docs/cli.md): see Exit.
#pragma once

#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>

#include "tools/strowger/client.h"
#include "tools/strowger/format.h"

namespace pbx::tools {

enum class Exit : int {
  kDone = 0,
  kFailed = 1,        // refused, not found, mistakes in the configuration, not healthy
  kUsage = 2,         // the command line is wrong
  kNotRunning = 3,    // nobody answers on the socket
  kNoPermission = 4,  // the socket may not be used by this user
};

class Commands {
 public:
  using Formatter = std::function<std::string(const boost::json::value&)>;

  Commands(std::filesystem::path socket, bool json) : client_(std::move(socket)), json_(json) {}

  // Sends a request and prints its answer; a body that is JSON is formatted unless --json.
  // 2xx and the statuses in `readable` are formatted, all others are errors.
  Exit run(const std::string& method, const std::string& target, const Formatter& format,
           long readable = 0);

  Exit call(const std::string& id, const ShowTime& time);  // in progress, else its record
  Exit print_as_it_comes(const std::string& target);       // exports, metrics
  Exit save(const std::string& target, const std::filesystem::path& file);

 private:
  Exit fail(const core::Error& error);
  Exit fail(const Reply& reply);
  Exit show(const Reply& reply, const Formatter& format) const;

  Client client_;
  bool json_;
};

// Reads the configuration without a daemon and prints every mistake.
Exit check_configuration(const std::filesystem::path& path);

}  // namespace pbx::tools
