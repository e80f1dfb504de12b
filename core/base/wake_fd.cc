#include "core/base/wake_fd.h"

#include <sys/eventfd.h>

#include <cstdint>

#include "core/base/assert.h"

namespace pbx::core {
namespace {
thread_local WakeBatch* t_batch = nullptr;
}

WakeFd::WakeFd() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { PBX_ASSERT(fd_); }

void WakeFd::signal() const noexcept {
  if (!WakeBatch::put_off(*this)) write_now();
}

void WakeFd::write_now() const noexcept {
  const std::uint64_t one = 1;
  // It fails only when the counter is full, and then the descriptor is readable anyway.
  [[maybe_unused]] const ssize_t written = write(fd_.get(), &one, sizeof one);
}

void WakeFd::clear() const noexcept {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = read(fd_.get(), &count, sizeof count);
}

WakeBatch::WakeBatch() noexcept {
  if (t_batch == nullptr) t_batch = this;
}

WakeBatch::~WakeBatch() {
  if (t_batch != this) return;
  t_batch = nullptr;
  for (std::size_t i = 0; i < count_; ++i) waiting_[i]->write_now();
}

bool WakeBatch::put_off(const WakeFd& wake) noexcept {
  WakeBatch* const batch = t_batch;
  if (batch == nullptr || batch->count_ == kMax) return false;
  batch->waiting_[batch->count_++] = &wake;
  return true;
}

}  // namespace pbx::core
