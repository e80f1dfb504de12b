// core/base/wake_fd.h — wakes a thread that sleeps in poll or epoll (an eventfd).
//
// For thread shells.  signal() may be called by any thread, the rest by the owner.

#pragma once

#include "core/base/fd.h"

namespace pbx::core {

class WakeFd {
 public:
  WakeFd();  // ends the process if the kernel gives no eventfd: it happens at start only

  [[nodiscard]] int fd() const { return fd_.get(); }  // readable after signal() until clear()
  void signal() const noexcept;                       // one system call
  void clear() const noexcept;                        // one system call, does not block

 private:
  UniqueFd fd_;
};

}  // namespace pbx::core
