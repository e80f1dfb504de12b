#include "core/base/event_loop.h"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

#include "core/base/clock.h"
#include "core/base/mailbox.h"

using namespace pbx::core;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;

namespace {
const Instant kAtOnce{};  // long past
Instant soon() { return monotonic_now() + milliseconds(5); }
}  // namespace

TEST_CASE("a readable descriptor has its callback called until it is no longer readable") {
  EventLoop loop;
  const WakeFd wake;
  int calls = 0;
  REQUIRE(loop.add(wake.fd(), EPOLLIN, [&](std::uint32_t events) {
    CHECK((events & EPOLLIN) != 0);
    if (++calls == 2) wake.clear();
  }));
  CHECK(loop.run_once(kAtOnce) == 0);
  wake.signal();
  CHECK(loop.run_once(std::nullopt) == 1);
  CHECK(loop.run_once(std::nullopt) == 1);
  CHECK(loop.run_once(kAtOnce) == 0);
  CHECK(calls == 2);
}

TEST_CASE("a wait without events lasts to its deadline, never less") {
  for (const auto precision : {EventLoop::Wait::kExact, EventLoop::Wait::kMilliseconds}) {
    EventLoop loop(precision);
    for (const auto wait : {microseconds(1), microseconds(300), microseconds(1700)}) {
      const Instant deadline = monotonic_now() + wait;
      CHECK(loop.run_once(deadline) == 0);
      CHECK(monotonic_now() >= deadline);
    }
    CHECK(loop.run_once(kAtOnce) == 0);
  }
}

TEST_CASE("a descriptor is added once, modified only if known, and refused if bad") {
  EventLoop loop;
  const WakeFd wake;
  REQUIRE(loop.add(wake.fd(), EPOLLIN, [](std::uint32_t) {}));
  CHECK(loop.add(wake.fd(), EPOLLIN, [](std::uint32_t) {}).error().code ==
        ErrorCode::kAlreadyExists);
  CHECK(loop.modify(wake.fd(), 0));
  wake.signal();
  CHECK(loop.run_once(soon()) == 0);  // no longer waited for
  CHECK(loop.modify(wake.fd(), EPOLLIN));
  CHECK(loop.run_once(soon()) == 1);
  loop.remove(wake.fd());
  loop.remove(wake.fd());
  CHECK(loop.modify(wake.fd(), EPOLLIN).error().code == ErrorCode::kNotFound);
  CHECK(loop.add(-1, EPOLLIN, [](std::uint32_t) {}).error().code == ErrorCode::kUnavailable);
  CHECK(loop.add(100000, EPOLLIN, [](std::uint32_t) {}).error().code == ErrorCode::kUnavailable);
  CHECK(loop.add(wake.fd(), EPOLLIN, [](std::uint32_t) {}));
}

TEST_CASE("a callback may remove itself and go on using what it captured") {
  EventLoop loop;
  const WakeFd wake;
  std::string seen;
  const std::string captured(100, 'x');
  REQUIRE(loop.add(wake.fd(), EPOLLIN, [&loop, &wake, &seen, captured](std::uint32_t) {
    loop.remove(wake.fd());
    seen = captured;
  }));
  wake.signal();
  CHECK(loop.run_once(soon()) == 1);
  CHECK(seen == std::string(100, 'x'));
  CHECK(loop.run_once(kAtOnce) == 0);
}

TEST_CASE(
    "a descriptor removed by another's callback is not called, though its event was fetched") {
  EventLoop loop;
  const WakeFd a, b;
  int calls = 0;
  const auto remove_both = [&](std::uint32_t) {
    ++calls;
    loop.remove(a.fd());
    loop.remove(b.fd());
  };
  REQUIRE(loop.add(a.fd(), EPOLLIN, remove_both));
  REQUIRE(loop.add(b.fd(), EPOLLIN, remove_both));
  a.signal();
  b.signal();
  CHECK(loop.run_once(soon()) == 1);
  CHECK(calls == 1);
}

TEST_CASE("a descriptor number taken again at once gets its own events only") {
  EventLoop loop;
  int old_calls = 0, new_calls = 0;
  WakeFd first;
  REQUIRE(loop.add(first.fd(), EPOLLIN, [&](std::uint32_t) {
    ++old_calls;
    loop.remove(first.fd());
    first = WakeFd();
    REQUIRE(loop.add(first.fd(), EPOLLIN, [&](std::uint32_t) { ++new_calls; }));
  }));
  first.signal();
  CHECK(loop.run_once(soon()) == 1);
  CHECK(loop.run_once(kAtOnce) == 0);
  first.signal();
  CHECK(loop.run_once(soon()) == 1);
  CHECK(old_calls == 1);
  CHECK(new_calls == 1);
}

TEST_CASE("run ticks at each deadline and ends when a callback stops it") {
  EventLoop loop;
  std::vector<Instant> deadlines;
  const Instant start = monotonic_now();
  const auto next = [&] { return std::optional(start + milliseconds(deadlines.size() + 1)); };
  loop.run(next, [&](Instant now) {
    CHECK(now >= *next());
    deadlines.push_back(*next());
    if (deadlines.size() == 5) loop.stop();
  });
  CHECK(deadlines.size() == 5);
  CHECK(loop.is_stopped());
}

TEST_CASE("stop from another thread ends a loop that sleeps for ever") {
  EventLoop sleeping;
  std::thread stopper([&] { sleeping.stop(); });
  int ticks = 0;
  sleeping.run([] { return std::optional<Instant>(); }, [&](Instant) { ++ticks; });
  stopper.join();
  CHECK(ticks >= 1);
}

TEST_CASE("a mailbox wakes the loop of its consumer") {
  EventLoop loop;
  Mailbox<int> box;
  int sum = 0;
  REQUIRE(loop.add(box.wake_fd(), EPOLLIN, [&](std::uint32_t) {
    box.drain([&](int value) {
      sum += value;
      if (sum == 500500) loop.stop();
    });
  }));
  std::thread poster([&] {
    for (int i = 1; i <= 1000; ++i) CHECK(box.try_post(int{i}));
  });
  loop.run([] { return std::optional(monotonic_now() + hours(1)); }, [](Instant) {});
  poster.join();
  CHECK(sum == 500500);
}
