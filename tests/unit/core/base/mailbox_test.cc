#include "core/base/mailbox.h"

#include <doctest/doctest.h>
#include <poll.h>

#include <memory>
#include <thread>
#include <vector>

using namespace pbx::core;

namespace {

template <typename T>
bool is_readable(const Mailbox<T>& box, int timeout_ms = 0) {
  pollfd query{box.wake_fd(), POLLIN, 0};
  return poll(&query, 1, timeout_ms) == 1;
}

std::vector<int> drained(Mailbox<int>& box) {
  std::vector<int> out;
  box.drain([&](int value) { out.push_back(value); });
  return out;
}

}  // namespace

TEST_CASE("messages come out in the order of posting, whatever their lane") {
  Mailbox<int> box;
  CHECK(box.try_post(1));
  CHECK(box.try_post(2, Lane::kReserved));
  box.post_always(3);
  CHECK(box.try_post(4));
  CHECK(box.size() == 4);
  CHECK(drained(box) == std::vector{1, 2, 3, 4});
  CHECK(box.size() == 0);
  CHECK(drained(box).empty());
}

TEST_CASE("new work is refused at the mark, reserved work at the capacity, CDRs never") {
  Mailbox<int> box({.capacity = 8, .normal_share_percent = 75});
  for (int i = 0; i < 6; ++i) CHECK(box.try_post(int{i}));
  CHECK(box.is_above_mark());
  CHECK_FALSE(box.try_post(100));
  CHECK(box.try_post(6, Lane::kReserved));
  CHECK(box.try_post(7, Lane::kReserved));
  CHECK_FALSE(box.try_post(101, Lane::kReserved));
  box.post_always(8);
  CHECK(box.fill() == doctest::Approx(9.0 / 8));
  const MailboxStats stats = box.stats();
  CHECK(stats.posted == 9);
  CHECK(stats.refused_normal == 1);
  CHECK(stats.refused_reserved == 1);
  CHECK(stats.over_bound == 1);
  CHECK(stats.size_max == 9);
  CHECK(drained(box) == std::vector{0, 1, 2, 3, 4, 5, 6, 7, 8});
  CHECK_FALSE(box.is_above_mark());
  CHECK(box.try_post(9));
}

TEST_CASE("a refused message stays with the poster") {
  Mailbox<std::unique_ptr<int>> box({.capacity = 1, .normal_share_percent = 100});
  CHECK(box.try_post(std::make_unique<int>(1)));
  auto second = std::make_unique<int>(2);
  CHECK_FALSE(box.try_post(std::move(second)));
  REQUIRE(second);
  CHECK(*second == 2);
}

TEST_CASE("messages under way still count against the bound until they are handled") {
  Mailbox<int> box({.capacity = 4, .normal_share_percent = 100});
  for (int i = 0; i < 4; ++i) CHECK(box.try_post(int{i}));
  std::vector<bool> accepted;
  box.drain([&](int value) {
    if (value < 4) accepted.push_back(box.try_post(value + 10));
  });
  // At the first message four are in use; from the second on each one handled has freed a place.
  CHECK(accepted == std::vector{false, true, true, true});
}

TEST_CASE("the eventfd is written once for an idle consumer and not for a busy one") {
  Mailbox<int> box;
  CHECK_FALSE(is_readable(box));
  CHECK(box.try_post(1));
  CHECK(box.try_post(2));
  CHECK(is_readable(box));
  CHECK(box.stats().wakes == 1);
  int posted_inside = 0;
  box.drain([&](int) {
    if (posted_inside++ < 2) CHECK(box.try_post(3));
  });
  CHECK(posted_inside == 4);  // what the handler posted was found by the next look
  CHECK(box.stats().wakes == 1);
  CHECK_FALSE(is_readable(box));
  CHECK(box.try_post(4));
  CHECK(is_readable(box));
  CHECK(box.stats().wakes == 2);
}

TEST_CASE("a consumer that acknowledged is not woken again before it has drained") {
  Mailbox<int> box;
  CHECK(box.try_post(1));
  box.acknowledge();
  CHECK_FALSE(is_readable(box));
  CHECK(box.try_post(2));
  CHECK_FALSE(is_readable(box));
  CHECK(box.drain([](int) {}) == 2);
  CHECK(box.try_post(3));
  CHECK(is_readable(box));
}

TEST_CASE("a drain that is fed for ever ends after its rounds and asks to be called again") {
  Mailbox<int> box;
  CHECK(box.try_post(0));
  const auto handled = box.drain([&](int) { CHECK(box.try_post(0)); });
  CHECK(handled == Mailbox<int>::kDrainRounds);
  CHECK(box.size() == 1);
  CHECK(is_readable(box));
  CHECK(drained(box).size() == 1);
  CHECK_FALSE(is_readable(box));
}

TEST_CASE("four threads post, each in its own order, none lost; the consumer sleeps in between") {
  constexpr int kPosters = 4;
  constexpr int kEach = 20000;
  Mailbox<std::pair<int, int>> box({.capacity = 64, .normal_share_percent = 75});
  std::vector<std::thread> posters;
  for (int poster = 0; poster < kPosters; ++poster)
    posters.emplace_back([&box, poster] {
      for (int i = 0; i < kEach; ++i) {
        const Lane lane = i % 2 == 0 ? Lane::kNormal : Lane::kReserved;
        while (!box.try_post({poster, i}, lane)) std::this_thread::yield();
      }
    });
  std::vector<int> next(kPosters, 0);
  bool in_order = true;
  bool slept_through = false;
  int total = 0;
  while (total < kPosters * kEach && !slept_through) {
    slept_through = !is_readable(box, 20000);  // a wake-up that got lost would show here
    box.drain([&](std::pair<int, int> message) {
      in_order = in_order && next.at(static_cast<std::size_t>(message.first))++ == message.second;
      ++total;
    });
  }
  for (auto& thread : posters) thread.join();
  CHECK_FALSE(slept_through);
  CHECK(in_order);
  CHECK(total == kPosters * kEach);
  CHECK(box.stats().posted == static_cast<std::uint64_t>(total));
  CHECK(box.stats().size_max <= 64);
}

TEST_CASE("CDRs posted by several threads all arrive though the bound is tiny") {
  Mailbox<int> box({.capacity = 2, .normal_share_percent = 50});
  std::vector<std::thread> posters;
  for (int poster = 0; poster < 3; ++poster)
    posters.emplace_back([&box] {
      for (int i = 0; i < 1000; ++i) box.post_always(int{i});
    });
  for (auto& thread : posters) thread.join();
  CHECK(box.stats().over_bound == 2998);
  CHECK(drained(box).size() == 3000);
}
