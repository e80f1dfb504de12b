// tools/call_load/ring.h — a queue from one thread to one other, without a lock.
//
// One thread pushes, one pops.  Bounded by kRingSize; when it is full, push() keeps the rest in a
// list of the pushing thread, which flush() brings forward: nothing is lost and nobody waits.

#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

namespace pbx::call_load {

template <typename T>
class Ring {
 public:
  static constexpr std::size_t kRingSize = 8192;

  // Pushing thread.
  void push(T value) {
    flush();
    if (!waiting_.empty() || !try_push(value)) waiting_.push_back(std::move(value));
  }
  void flush() {
    while (!waiting_.empty() && try_push(waiting_.front())) waiting_.pop_front();
  }

  // Popping thread.
  std::optional<T> pop() {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    if (head == tail_.load(std::memory_order_acquire)) return std::nullopt;
    T value = std::move((*slots_)[head % kRingSize]);
    head_.store(head + 1, std::memory_order_release);
    return value;
  }

 private:
  bool try_push(T& value) {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - head_.load(std::memory_order_acquire) == kRingSize) return false;
    (*slots_)[tail % kRingSize] = std::move(value);
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  std::unique_ptr<std::array<T, kRingSize>> slots_ = std::make_unique<std::array<T, kRingSize>>();
  alignas(64) std::atomic<std::size_t> head_{0};
  alignas(64) std::atomic<std::size_t> tail_{0};
  std::deque<T> waiting_;
};

}  // namespace pbx::call_load
