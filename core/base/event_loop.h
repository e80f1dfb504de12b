// core/base/event_loop.h — the epoll loop of one thread: descriptors, one deadline, one stop.
//
// For thread shells.  Owner: the thread that runs it; only stop() may be called by others.
// Level-triggered.  Callbacks run one after another on the owner thread and may add, modify and
// remove any descriptor, their own included: a removed one is not called again, even if its event
// was already fetched.

#pragma once

#include <sys/epoll.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/fd.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/base/wake_fd.h"

namespace pbx::core {

class EventLoop {
 public:
  using Callback = std::function<void(std::uint32_t events)>;  // EPOLLIN, EPOLLOUT, EPOLLHUP, ...

  static constexpr int kEventsMax = 256;  // fetched by one system call; the rest come next turn

  // kExact falls back to kMilliseconds by itself where the kernel has no epoll_pwait2 (5.11).
  enum class Wait : std::uint8_t { kExact, kMilliseconds };

  // Ends the process if the kernel gives no epoll: it happens at start only.
  explicit EventLoop(Wait wait = Wait::kExact);
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Watches `fd` until remove(fd).  The descriptor stays the caller's, who removes it before
  // closing it.  Errors: kAlreadyExists, kUnavailable (the kernel refused).
  [[nodiscard]] Result<void> add(int fd, std::uint32_t events, Callback callback);
  // Changes the events waited for.  Errors: kNotFound, kUnavailable.
  [[nodiscard]] Result<void> modify(int fd, std::uint32_t events);
  void remove(int fd);  // nothing happens if it is not watched

  // Waits for events until `deadline` (nullopt: for ever; past: not at all), calls their
  // callbacks and returns how many it called.  Never returns early without an event: the wait is
  // exact to the kernel's timer slack, or rounded up to the next millisecond.
  std::size_t run_once(std::optional<Instant> deadline);

  // Until stop(): waits no longer than next_deadline() says, then calls on_tick(now), now being
  // read after the callbacks.
  void run(const std::function<std::optional<Instant>()>& next_deadline,
           const std::function<void(Instant now)>& on_tick);

  // Any thread.  run() returns after the turn under way; if it is not running, it will return
  // after its first turn.
  void stop();
  [[nodiscard]] bool is_stopped() const { return stopped_.load(std::memory_order_acquire); }

 private:
  struct Watch {
    int fd;
    bool alive;
    Callback callback;
  };

  int wait(std::optional<Instant> deadline, epoll_event* events);
  Watch* find(int fd);

  UniqueFd epoll_;
  bool exact_wait_;
  WakeFd stop_wake_;
  std::atomic<bool> stopped_ = false;
  std::vector<std::unique_ptr<Watch>> watches_;  // by descriptor
  std::vector<std::unique_ptr<Watch>> removed_;  // kept until the turn is over: one may be running
};

}  // namespace pbx::core
