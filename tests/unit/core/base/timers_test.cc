#include "core/base/timers.h"

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <vector>

#include "core/base/random.h"

using namespace pbx::core;
using std::chrono::milliseconds;

namespace {
Instant at(std::int64_t ms) { return Instant(milliseconds(ms)); }

std::vector<int> expired(Timers<int>& timers, Instant now) {
  std::vector<int> out;
  timers.expire(now, [&](int value) { out.push_back(value); });
  return out;
}
}  // namespace

TEST_CASE("timers expire by deadline, and at the deadline itself") {
  Timers<int> timers;
  timers.schedule(at(30), 3);
  timers.schedule(at(10), 1);
  timers.schedule(at(20), 2);
  CHECK(timers.next_deadline() == at(10));
  CHECK(expired(timers, at(9)).empty());
  CHECK(expired(timers, at(20)) == std::vector{1, 2});
  CHECK(timers.next_deadline() == at(30));
  CHECK(expired(timers, at(1000)) == std::vector{3});
  CHECK_FALSE(timers.next_deadline());
  CHECK(timers.size() == 0);
}

TEST_CASE("timers of equal deadline expire in the order of scheduling") {
  Timers<int> timers;
  std::vector<int> order;
  for (int i = 0; i < 50; ++i) {
    timers.schedule(at(5), i);
    order.push_back(i);
  }
  CHECK(expired(timers, at(5)) == order);
}

TEST_CASE("a cancelled timer does not expire and cannot be cancelled twice") {
  Timers<int> timers;
  const TimerId one = timers.schedule(at(1), 1);
  timers.schedule(at(2), 2);
  CHECK(timers.cancel(one));
  CHECK_FALSE(timers.cancel(one));
  CHECK(timers.next_deadline() == at(2));
  CHECK(expired(timers, at(9)) == std::vector{2});
}

TEST_CASE("a stale id does not touch the timer that took its place") {
  Timers<int> timers;
  const TimerId old = timers.schedule(at(1), 1);
  CHECK(expired(timers, at(1)) == std::vector{1});
  const TimerId fresh = timers.schedule(at(2), 2);
  CHECK(fresh.slot == old.slot);
  CHECK_FALSE(timers.cancel(old));
  CHECK_FALSE(timers.cancel(TimerId{}));
  CHECK_FALSE(timers.cancel(TimerId{77, 1}));
  CHECK(timers.size() == 1);
}

TEST_CASE("what an expiring timer cancels does not expire, though it was due too") {
  Timers<int> timers;
  std::vector<int> out;
  TimerId second;
  timers.schedule(at(1), 1);
  second = timers.schedule(at(1), 2);
  timers.schedule(at(1), 3);
  const auto count = timers.expire(at(1), [&](int value) {
    out.push_back(value);
    if (value == 1) CHECK(timers.cancel(second));
  });
  CHECK(count == 2);
  CHECK(out == std::vector{1, 3});
}

TEST_CASE("what an expiring timer schedules waits for the next call, even if already due") {
  Timers<int> timers;
  int calls = 0;
  timers.schedule(at(1), 0);
  timers.expire(at(1), [&](int) {
    ++calls;
    for (int i = 0; i < 100; ++i) timers.schedule(at(0), i);
  });
  CHECK(calls == 1);
  CHECK(timers.size() == 100);
  CHECK(timers.next_deadline() == at(0));
}

TEST_CASE("values that can only be moved are handed over and freed") {
  Timers<std::unique_ptr<int>> timers;
  timers.schedule(at(1), std::make_unique<int>(7));
  const TimerId gone = timers.schedule(at(1), std::make_unique<int>(8));
  CHECK(timers.cancel(gone));
  std::unique_ptr<int> got;
  timers.expire(at(1), [&](std::unique_ptr<int> value) { got = std::move(value); });
  REQUIRE(got);
  CHECK(*got == 7);
}

TEST_CASE("random scheduling, cancelling and expiring agrees with an ordered map") {
  Random random(11);
  Timers<int> timers;
  std::map<std::pair<Instant, int>, TimerId> model;  // the number is the order of scheduling
  std::int64_t now_ms = 0;
  for (int step = 0; step < 20000; ++step) {
    const auto dice = random.below(10);
    if (dice < 6) {
      const Instant deadline = at(now_ms + static_cast<std::int64_t>(random.below(200)));
      model[{deadline, step}] = timers.schedule(deadline, step);
    } else if (dice < 9 && !model.empty()) {
      const auto victim = std::next(model.begin(), static_cast<long>(random.below(model.size())));
      REQUIRE(timers.cancel(victim->second));
      model.erase(victim);
    } else {
      now_ms += static_cast<std::int64_t>(random.below(40));
      std::vector<int> wanted;
      while (!model.empty() && model.begin()->first.first <= at(now_ms)) {
        wanted.push_back(model.begin()->first.second);
        model.erase(model.begin());
      }
      REQUIRE(expired(timers, at(now_ms)) == wanted);
    }
    REQUIRE(timers.size() == model.size());
    REQUIRE(timers.next_deadline().has_value() == !model.empty());
    if (!model.empty()) REQUIRE(*timers.next_deadline() == model.begin()->first.first);
  }
}
