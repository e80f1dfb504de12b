// core/base/mailbox.h — the one door between threads: many post moved values, one consumer drains.
//
// Bounded.  New work (Lane::kNormal) is refused above a fill mark, so that work for calls in
// progress (Lane::kReserved) still gets in up to the capacity; what must never be lost (CDRs) goes
// by post_always and may exceed it.  The value posted stays with the caller when it is refused.
// Everything refused or over the bound is counted.
//
// Order: messages of one poster arrive in the order of posting, whatever their lane.
//
// The mutex here is, with the one inside the log ring, the only one of the project.  It is held
// for one push or one vector swap and never while a message is handled; below it there is no
// allocation but the growth of the vector.  Lock-free queues were not chosen: with a swap of the
// whole vector the consumer takes the lock once per batch, and bounds and lanes stay obvious.
//
// The eventfd is written only when the consumer may be asleep, that is, when its last look found
// the mailbox empty.  A busy consumer costs its posters no system call.

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "core/base/assert.h"
#include "core/base/wake_fd.h"

namespace pbx::core {

enum class Lane : std::uint8_t {
  kNormal,    // new work: refused above the fill mark
  kReserved,  // work for calls in progress: refused at the capacity
};

struct MailboxOptions {
  std::size_t capacity = 8192;         // messages, those being handled included
  unsigned normal_share_percent = 75;  // kNormal is refused when this share is in use
};

struct MailboxStats {  // since construction
  std::uint64_t posted = 0;
  std::uint64_t refused_normal = 0;
  std::uint64_t refused_reserved = 0;
  std::uint64_t over_bound = 0;  // post_always beyond the capacity
  std::uint64_t wakes = 0;       // writes to the eventfd
  std::size_t size_max = 0;      // most messages ever waiting
};

template <typename T>
class Mailbox {
 public:
  // drain() looks again this often before it lets the consumer's other work have a turn.
  static constexpr int kDrainRounds = 4;

  explicit Mailbox(const MailboxOptions& options = {})
      : capacity_(options.capacity),
        normal_max_(options.capacity * options.normal_share_percent / 100) {
    PBX_ASSERT(capacity_ > 0 && normal_max_ <= capacity_);
  }
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  // Any thread.  False: refused, and `message` is untouched.
  [[nodiscard]] bool try_post(T&& message, Lane lane = Lane::kNormal) {
    const std::size_t bound = lane == Lane::kNormal ? normal_max_ : capacity_;
    std::unique_lock lock(mutex_);
    if (size_locked() >= bound) {
      ++(lane == Lane::kNormal ? stats_.refused_normal : stats_.refused_reserved);
      return false;
    }
    push(std::move(message), lock);
    return true;
  }

  // Any thread.  Never refuses; memory is the only bound, so its callers must be few and slow
  // down by fill().
  void post_always(T&& message) {
    std::unique_lock lock(mutex_);
    if (size_locked() >= capacity_) ++stats_.over_bound;
    push(std::move(message), lock);
  }

  // Consumer only.  Calls handle(T&&) for everything posted so far, in order, and for what came
  // meanwhile, at most kDrainRounds times over; returns how many were handled.  When more is left,
  // wake_fd() is readable again at once.  `handle` may post to this mailbox but not drain it.
  template <typename Handler>
  std::size_t drain(Handler&& handle) {
    PBX_ASSERT(batch_.empty());
    wake_.clear();
    std::size_t handled = 0;
    for (int round = 0; round < kDrainRounds; ++round) {
      if (!take_batch()) return handled;
      handled += batch_.size();
      for (T& message : batch_) {
        handle(std::move(message));
        in_hand_.store(in_hand_.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
      }
      batch_.clear();
    }
    wake_.signal();  // posters see a busy consumer and would not wake it
    return handled;
  }

  // Consumer only.  For one that will drain later: wake_fd() is not readable any more, and nobody
  // writes it before the next drain().
  void acknowledge() { wake_.clear(); }

  // For the consumer's poll loop: readable when drain() has something to do.
  [[nodiscard]] int wake_fd() const { return wake_.fd(); }

  // Any thread, no lock: a moment's view, for gates and metrics.
  [[nodiscard]] std::size_t size() const {
    return waiting_.load(std::memory_order_relaxed) + in_hand_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] double fill() const {
    return static_cast<double>(size()) / static_cast<double>(capacity_);
  }
  [[nodiscard]] bool is_above_mark() const { return size() >= normal_max_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }

  // Any thread; takes the lock.
  [[nodiscard]] MailboxStats stats() const {
    const std::lock_guard lock(mutex_);
    return stats_;
  }

 private:
  [[nodiscard]] std::size_t size_locked() const {
    return inbox_.size() + in_hand_.load(std::memory_order_relaxed);
  }

  void push(T&& message, std::unique_lock<std::mutex>& lock) {
    inbox_.push_back(std::move(message));
    waiting_.store(inbox_.size(), std::memory_order_relaxed);
    ++stats_.posted;
    if (size_locked() > stats_.size_max) stats_.size_max = size_locked();
    const bool wake = std::exchange(may_sleep_, false);
    if (wake) ++stats_.wakes;
    lock.unlock();  // the woken consumer must not run into the lock
    if (wake) wake_.signal();
  }

  // False when there was nothing: from then on the next post writes the eventfd.
  bool take_batch() {
    const std::lock_guard lock(mutex_);
    may_sleep_ = inbox_.empty();
    inbox_.swap(batch_);
    waiting_.store(0, std::memory_order_relaxed);
    in_hand_.store(batch_.size(), std::memory_order_relaxed);
    return !batch_.empty();
  }

  const std::size_t capacity_;
  const std::size_t normal_max_;
  WakeFd wake_;

  mutable std::mutex mutex_;
  std::vector<T> inbox_;   // guarded by mutex_
  bool may_sleep_ = true;  // guarded by mutex_
  MailboxStats stats_;     // guarded by mutex_

  std::vector<T> batch_;                  // the consumer's
  std::atomic<std::size_t> waiting_ = 0;  // = inbox_.size(); written under mutex_
  std::atomic<std::size_t> in_hand_ = 0;  // taken, not yet handled; written by the consumer
};

}  // namespace pbx::core
