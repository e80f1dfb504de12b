#include "core/base/event_loop.h"

#include <time.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <string>
#include <utility>

#include "core/base/assert.h"
#include "core/base/clock.h"

namespace pbx::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

tl::unexpected<Error> kernel_refused(int fd) {
  return fail(ErrorCode::kUnavailable,
              "epoll fd=" + std::to_string(fd) + ": " + std::string(std::strerror(errno)));
}

Duration time_left(Instant deadline) {
  const Duration left = deadline - monotonic_now();
  return left > Duration::zero() ? left : Duration::zero();
}

int wait_exact(int epoll, epoll_event* events, std::optional<Duration> left) {
  if (!left) return epoll_pwait2(epoll, events, EventLoop::kEventsMax, nullptr, nullptr);
  const auto whole = std::chrono::duration_cast<seconds>(*left);
  timespec timeout{};
  timeout.tv_sec = whole.count();
  timeout.tv_nsec = (*left - whole).count();
  return epoll_pwait2(epoll, events, EventLoop::kEventsMax, &timeout, nullptr);
}

// Rounded up: a wait that ends before its deadline makes the loop spin until it.
int wait_ms(int epoll, epoll_event* events, std::optional<Duration> left) {
  constexpr milliseconds kLongest{INT_MAX};
  int timeout_ms = -1;
  if (left) {
    const auto rounded = std::chrono::ceil<milliseconds>(*left);
    timeout_ms = static_cast<int>((rounded < kLongest ? rounded : kLongest).count());
  }
  return epoll_wait(epoll, events, EventLoop::kEventsMax, timeout_ms);
}

}  // namespace

EventLoop::EventLoop(Wait wait)
    : epoll_(epoll_create1(EPOLL_CLOEXEC)), exact_wait_(wait == Wait::kExact) {
  PBX_ASSERT(epoll_);
  PBX_ASSERT(add(stop_wake_.fd(), EPOLLIN, [this](std::uint32_t) { stop_wake_.clear(); }));
}

Result<void> EventLoop::add(int fd, std::uint32_t events, Callback callback) {
  if (fd < 0) return fail(ErrorCode::kUnavailable, "epoll: not a descriptor");
  if (find(fd) != nullptr) return fail(ErrorCode::kAlreadyExists, "epoll fd=" + std::to_string(fd));
  auto watch = std::make_unique<Watch>(Watch{fd, true, std::move(callback)});
  epoll_event event{};
  event.events = events;
  event.data.ptr = watch.get();
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) return kernel_refused(fd);
  const auto index = static_cast<std::size_t>(fd);
  if (watches_.size() <= index) watches_.resize(index + 1);
  watches_[index] = std::move(watch);
  return {};
}

Result<void> EventLoop::modify(int fd, std::uint32_t events) {
  Watch* const watch = find(fd);
  if (watch == nullptr) return fail(ErrorCode::kNotFound, "epoll fd=" + std::to_string(fd));
  epoll_event event{};
  event.events = events;
  event.data.ptr = watch;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) != 0) return kernel_refused(fd);
  return {};
}

void EventLoop::remove(int fd) {
  Watch* const watch = find(fd);
  if (watch == nullptr) return;
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  watch->alive = false;
  removed_.push_back(std::move(watches_[static_cast<std::size_t>(fd)]));
}

std::size_t EventLoop::run_once(std::optional<Instant> deadline) {
  std::array<epoll_event, kEventsMax> events;
  const int ready = wait(deadline, events.data());
  std::size_t called = 0;
  for (int i = 0; i < ready; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    auto* const watch = static_cast<Watch*>(event.data.ptr);
    if (!watch->alive) continue;
    ++called;
    watch->callback(event.events);
  }
  removed_.clear();
  return called;
}

void EventLoop::run(const std::function<std::optional<Instant>()>& next_deadline,
                    const std::function<void(Instant now)>& on_tick) {
  do {
    run_once(next_deadline());
    on_tick(monotonic_now());
  } while (!is_stopped());
}

void EventLoop::stop() {
  stopped_.store(true, std::memory_order_release);
  stop_wake_.signal();
}

int EventLoop::wait(std::optional<Instant> deadline, epoll_event* events) {
  for (;;) {
    const auto left = deadline ? std::optional(time_left(*deadline)) : std::nullopt;
    const int ready =
        exact_wait_ ? wait_exact(epoll_.get(), events, left) : wait_ms(epoll_.get(), events, left);
    if (ready >= 0) return ready;
    if (exact_wait_ && errno == ENOSYS)
      exact_wait_ = false;
    else
      PBX_ASSERT(errno == EINTR);
  }
}

EventLoop::Watch* EventLoop::find(int fd) {
  const auto index = static_cast<std::size_t>(fd);
  return fd >= 0 && index < watches_.size() ? watches_[index].get() : nullptr;
}

}  // namespace pbx::core
