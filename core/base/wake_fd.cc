#include "core/base/wake_fd.h"

#include <sys/eventfd.h>

#include <cstdint>

#include "core/base/assert.h"

namespace pbx::core {

WakeFd::WakeFd() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { PBX_ASSERT(fd_); }

void WakeFd::signal() const noexcept {
  const std::uint64_t one = 1;
  // It fails only when the counter is full, and then the descriptor is readable anyway.
  [[maybe_unused]] const ssize_t written = write(fd_.get(), &one, sizeof one);
}

void WakeFd::clear() const noexcept {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = read(fd_.get(), &count, sizeof count);
}

}  // namespace pbx::core
