#include "core/base/wake_fd.h"

#include <doctest/doctest.h>
#include <poll.h>

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
