// tests/bench/bare_bench.cc — the yardsticks of tools/bench.sh as a program.
//
//   bare_bench relay IP:PORT LEGS   relays until it is killed; says "ready" (see BareRelay)
//   bare_bench calls IP:PORT        connects calls until it is killed; says "ready" (see BareCalls)
//   bare_bench codec                prints the CPU of PCMU to G.722, ms per call-second

#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/bench/bare_calls.h"
#include "tests/bench/bare_work.h"

namespace {

using namespace pbx;

constexpr std::size_t kLegsMax = 20'000;

void say_ready() {
  std::puts("ready");
  std::fflush(stdout);
}

int relay(const char* address, const char* legs) {
  const auto first = core::parse_socket_address(address);
  const std::size_t count = std::strtoul(legs, nullptr, 10);
  if (!first || first->ip.family != core::IpFamily::kV4 || count == 0 || count > kLegsMax) {
    std::fputs("bare_bench relay wants IPv4:PORT LEGS\n", stderr);
    return 2;
  }
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  bench::BareRelay loop(*first, count);
  say_ready();
  loop.run(core::Instant::max());
  return 0;
}

int calls(const char* address) {
  const auto listen = core::parse_socket_address(address);
  if (!listen) {
    std::fputs("bare_bench calls wants IP:PORT\n", stderr);
    return 2;
  }
  bench::BareCalls program(*listen);
  say_ready();
  program.run();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "relay" && argc == 4) return relay(argv[2], argv[3]);
  if (what == "calls" && argc == 3) return calls(argv[2]);
  if (what == "codec" && argc == 2) {
    std::printf("%.4f\n", bench::bare_codec_ms());
    return 0;
  }
  std::fputs("bare_bench relay IP:PORT LEGS | calls IP:PORT | codec\n", stderr);
  return 2;
}
