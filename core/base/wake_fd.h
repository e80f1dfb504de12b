// core/base/wake_fd.h — wakes a thread that sleeps in poll or epoll (an eventfd).
//
// For thread shells.  signal() may be called by any thread, the rest by the owner.

#pragma once

#include <array>
#include <cstddef>

#include "core/base/fd.h"

namespace pbx::core {

class WakeFd {
 public:
  WakeFd();  // ends the process if the kernel gives no eventfd: it happens at start only

  [[nodiscard]] int fd() const { return fd_.get(); }  // readable after signal() until clear()
  void signal() const noexcept;  // one system call, or none yet within a WakeBatch
  void clear() const noexcept;   // one system call, does not block

 private:
  friend class WakeBatch;
  void write_now() const noexcept;

  UniqueFd fd_;
};

// While one lives, what its thread signals is woken only at its end: a thread that posts many
// messages in a turn wakes each receiver once, with all of them, not after each.
//
// Bound: kMax signals wait, further ones are given at once.  REQUIRES: they outlive the batch, and
// the thread does not sleep within it.  A batch within a batch does nothing.
class WakeBatch {
 public:
  static constexpr std::size_t kMax = 64;

  WakeBatch() noexcept;
  ~WakeBatch();
  WakeBatch(const WakeBatch&) = delete;
  WakeBatch& operator=(const WakeBatch&) = delete;

 private:
  friend class WakeFd;
  static bool put_off(const WakeFd& wake) noexcept;  // false: there is no batch, or it is full

  std::array<const WakeFd*, kMax> waiting_;
  std::size_t count_ = 0;
};

}  // namespace pbx::core
