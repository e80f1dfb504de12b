// core/base/timers.h — many deadlines with a value each; gives back the values whose time has come.
//
// Pure: time comes in as `now`.  One owner.  Timers of equal deadline expire in the order they
// were scheduled, so a run repeats exactly.
//
// Inside is a heap of four children with handles, not a timer wheel.  A wheel schedules and
// cancels in O(1), but rounds deadlines to its tick, visits timers again as they move down its
// levels and has to search for the next deadline, which the epoll loop asks for every turn.  The
// heap is exact to the nanosecond, gives the next deadline in O(1), and costs O(log n) with n at
// most some tens of thousands; a new deadline later than most (the usual case) stays where it is
// put.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/assert.h"
#include "core/base/time.h"

namespace pbx::core {

// Names one scheduled timer; after it expired or was cancelled the id is stale and harmless.
struct TimerId {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;  // 0 in no timer's id
  friend bool operator==(const TimerId&, const TimerId&) = default;
  explicit operator bool() const { return generation != 0; }
};

// The deadlines alone, by (deadline, order of adding).
class DeadlineHeap {
 public:
  TimerId add(Instant deadline);
  bool remove(TimerId id);  // false: stale
  // Appends all timers of deadline <= now to `due`, in order.  They leave the heap, but their ids
  // stay good for remove() until release().
  void collect_due(Instant now, std::vector<TimerId>& due);
  bool release(TimerId id) { return remove(id); }  // false: removed since it was collected
  [[nodiscard]] std::optional<Instant> next_deadline() const;
  [[nodiscard]] std::size_t size() const { return slots_.size() - free_.size(); }

 private:
  struct Node {
    Instant deadline;
    std::uint64_t sequence;
    std::uint32_t slot;
  };
  struct Slot {
    std::uint32_t generation;
    std::uint32_t position;  // in heap_, or kCollected
  };
  static constexpr std::uint32_t kCollected = ~std::uint32_t{0};
  static constexpr std::size_t kChildren = 4;

  static bool is_before(const Node& a, const Node& b);
  void place(std::size_t position, const Node& node);
  void sift_up(std::size_t position, const Node& node);
  void sift_down(std::size_t position, const Node& node);
  void take_out(std::size_t position);

  std::vector<Node> heap_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::uint64_t next_sequence_ = 0;
};

template <typename T>
class Timers {
 public:
  // A deadline in the past is due at the next expire().
  TimerId schedule(Instant deadline, T value) {
    const TimerId id = heap_.add(deadline);
    if (values_.size() <= id.slot) values_.resize(id.slot + 1u);
    values_[id.slot].emplace(std::move(value));
    return id;
  }

  // False if the timer has expired or been cancelled already.
  bool cancel(TimerId id) {
    if (!heap_.remove(id)) return false;
    values_[id.slot].reset();
    return true;
  }

  // Calls on_expired(T&&) for each timer of deadline <= now and returns how many there were.
  // `on_expired` may schedule and cancel: what it cancels does not expire any more, what it
  // schedules expires at the next call at the earliest.  REQUIRES: not called from on_expired.
  template <typename OnExpired>
  std::size_t expire(Instant now, OnExpired&& on_expired) {
    PBX_ASSERT(due_.empty());
    heap_.collect_due(now, due_);
    std::size_t expired = 0;
    for (const TimerId id : due_) {
      if (!heap_.release(id)) continue;
      T value = std::move(*values_[id.slot]);
      values_[id.slot].reset();
      ++expired;
      on_expired(std::move(value));
    }
    due_.clear();
    return expired;
  }

  [[nodiscard]] std::optional<Instant> next_deadline() const { return heap_.next_deadline(); }
  [[nodiscard]] std::size_t size() const { return heap_.size(); }

 private:
  DeadlineHeap heap_;
  std::vector<std::optional<T>> values_;  // by slot
  std::vector<TimerId> due_;              // of the expire() under way
};

}  // namespace pbx::core
