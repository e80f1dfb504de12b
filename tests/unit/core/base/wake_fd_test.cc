#include "core/base/wake_fd.h"

#include <doctest/doctest.h>
#include <poll.h>

#include <thread>
#include <vector>

using pbx::core::WakeBatch;
using pbx::core::WakeFd;

namespace {
bool is_readable(const WakeFd& wake) {
  pollfd query{wake.fd(), POLLIN, 0};
  return poll(&query, 1, 0) == 1;
}
}  // namespace

TEST_CASE("a signal stays until it is cleared, however often it was given") {
  const WakeFd wake;
  CHECK_FALSE(is_readable(wake));
  wake.signal();
  wake.signal();
  CHECK(is_readable(wake));
  wake.clear();
  CHECK_FALSE(is_readable(wake));
  wake.clear();  // nothing there: returns at once
}

TEST_CASE("within a batch signals wait for its end") {
  const WakeFd a, b, idle;
  {
    const WakeBatch batch;
    a.signal();
    b.signal();
    a.signal();
    CHECK_FALSE(is_readable(a));
    CHECK_FALSE(is_readable(b));
  }
  CHECK(is_readable(a));
  CHECK(is_readable(b));
  CHECK_FALSE(is_readable(idle));
  idle.signal();  // the batch is over
  CHECK(is_readable(idle));
}

TEST_CASE("an inner batch leaves all to the outer one") {
  const WakeFd wake;
  const WakeBatch outer;
  {
    const WakeBatch inner;
    wake.signal();
  }
  CHECK_FALSE(is_readable(wake));
}

TEST_CASE("a batch is of one thread") {
  const WakeFd wake;
  const WakeBatch batch;
  std::thread([&wake] { wake.signal(); }).join();
  CHECK(is_readable(wake));
}

TEST_CASE("beyond its bound a batch puts nothing off") {
  const std::vector<WakeFd> wakes(WakeBatch::kMax + 1);
  const WakeBatch batch;
  for (const WakeFd& wake : wakes) wake.signal();
  CHECK_FALSE(is_readable(wakes.front()));
  CHECK(is_readable(wakes.back()));
}
