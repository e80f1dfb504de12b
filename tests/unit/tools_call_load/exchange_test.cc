#include "tools/call_load/exchange.h"

#include <doctest/doctest.h>

#include <vector>

using namespace pbx;
using namespace pbx::call_load;

namespace {

// When an exchange that nobody answers is repeated, in seconds after its begin.
std::vector<double> repeats(Method method, double provisional_at = -1) {
  const core::Instant begin(std::chrono::seconds(100));
  Exchange exchange;
  exchange.method = method;
  std::vector<double> times;
  const auto since = [&](core::Instant when) {
    return std::chrono::duration<double>(when - begin).count();
  };
  std::optional<core::Instant> next = exchange.open(begin);
  while (next) {
    if (provisional_at >= 0 && since(*next) > provisional_at) {
      next = exchange.proceed(begin + std::chrono::milliseconds(int(provisional_at * 1000)));
      provisional_at = -1;
      continue;
    }
    const core::Instant now = *next;
    next = exchange.repeat(now);
    times.push_back(next ? since(now) : -since(now));  // negative: given up
  }
  return times;
}

}  // namespace

TEST_CASE("an INVITE is repeated at doubling intervals for 32 s (RFC 3261 17.1.1.2)") {
  CHECK(repeats(Method::kInvite) == std::vector<double>{0.5, 1.5, 3.5, 7.5, 15.5, 31.5, -32});
}

TEST_CASE("other requests are repeated at most every 4 s (RFC 3261 17.1.2.2)") {
  CHECK(repeats(Method::kBye) ==
        std::vector<double>{0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5, -32});
}

TEST_CASE("a provisional response stops an INVITE and slows other requests") {
  CHECK(repeats(Method::kInvite, 1) == std::vector<double>{0.5});
  CHECK(repeats(Method::kRegister, 1) == std::vector<double>{0.5, 5, 9, 13, 17, 21, 25, 29, -32});
}

TEST_CASE("an exchange that was given up is closed") {
  Exchange exchange;
  exchange.open(core::Instant{});
  CHECK(exchange.is_open);
  CHECK_FALSE(exchange.repeat(core::Instant{} + kTransactionTime).has_value());
  CHECK_FALSE(exchange.is_open);
}
