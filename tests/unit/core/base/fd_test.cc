#include "core/base/fd.h"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <cerrno>

using pbx::core::UniqueFd;

namespace {
bool is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }
UniqueFd open_null() { return UniqueFd(open("/dev/null", O_RDONLY | O_CLOEXEC)); }
}  // namespace

TEST_CASE("a descriptor is closed with its owner") {
  int raw = -1;
  {
    const UniqueFd fd = open_null();
    raw = fd.get();
    CHECK(fd);
    CHECK(is_open(raw));
  }
  CHECK_FALSE(is_open(raw));
}

TEST_CASE("moving hands the descriptor over and closes the one replaced") {
  UniqueFd a = open_null();
  UniqueFd b = open_null();
  const int raw_a = a.get();
  const int raw_b = b.get();
  b = std::move(a);
  CHECK(b.get() == raw_a);
  CHECK_FALSE(a);
  CHECK_FALSE(is_open(raw_b));
  UniqueFd c(std::move(b));
  CHECK(c.get() == raw_a);
  CHECK(is_open(raw_a));
}

TEST_CASE("a released descriptor stays open, a reset one does not") {
  UniqueFd fd = open_null();
  const int raw = fd.release();
  CHECK_FALSE(fd);
  CHECK(is_open(raw));
  fd.reset(raw);
  fd.reset(raw);  // the same descriptor: nothing to do
  CHECK(is_open(raw));
  fd.reset();
  CHECK_FALSE(is_open(raw));
}
