// tools/call_load/main.cc — the program: command line in, one JSON line out.
//
// Exit status: 0 all went well, 1 something failed (the report says what), 2 nothing was run.

#include <fmt/format.h>
#include <signal.h>
#include <time.h>

#include <cstdio>
#include <fstream>

#include "tools/call_load/report.h"
#include "tools/call_load/run.h"

namespace {

using namespace pbx;

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

// The first signal ends the run in order; after it a second one ends the process.
bool is_stop_asked() {
  const sigset_t signals = stop_signals();
  constexpr timespec kNow{};
  if (::sigtimedwait(&signals, nullptr, &kNow) < 0) return false;
  ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  return true;
}

int complain(const core::Error& error) {
  fmt::print(stderr, "call_load: {}\n", error.detail);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = call_load::parse_options(argc, argv);
  if (!options) return complain(options.error());
  if (!options->help.empty()) {
    fmt::print("{}", options->help);
    return 0;
  }
  const sigset_t signals = stop_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const auto result = call_load::run(*options, is_stop_asked);
  if (!result) return complain(result.error());
  const std::string line = call_load::to_json(*options, *result);
  fmt::print("{}\n", line);
  if (!options->json_file.empty() && !(std::ofstream(options->json_file) << line << '\n'))
    return complain({core::ErrorCode::kUnavailable, "cannot write " + options->json_file});
  return result->is_clean() ? 0 : 1;
}
