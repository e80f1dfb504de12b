// tools/call_load/deadlines.h — many timers, of which each key has at most one.
//
// Pure; one owner.  Keys are small numbers from 0; the tables grow with the largest key used.
// Moving a deadline later or clearing it costs nothing: the heap entry stays and is looked at again
// when it comes up (most SIP timers are cleared long before they fire).  At most one useful and one
// stale entry are queued per change to an earlier time, so the heap is bounded by the calls to
// set().

#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <queue>
#include <vector>

#include "core/base/time.h"

namespace pbx::call_load {

inline constexpr core::Instant kNever = core::Instant::max();

class Deadlines {
 public:
  using Key = std::uint32_t;

  void set(Key key, core::Instant when);
  void clear(Key key);
  [[nodiscard]] bool is_set(Key key) const;

  // Takes one key that is due and clears it; nullopt if none is.
  std::optional<Key> pop_due(core::Instant now);
  // Not later than the earliest deadline; may be earlier (a stale entry).  kNever if there is none.
  [[nodiscard]] core::Instant next() const { return heap_.empty() ? kNever : heap_.top().when; }

 private:
  struct Entry {
    core::Instant when;
    Key key;
    // Reversed for std::priority_queue; equal times go by key, so that runs repeat exactly.
    friend bool operator<(const Entry& a, const Entry& b) {
      return a.when != b.when ? a.when > b.when : a.key > b.key;
    }
  };
  struct Slot {
    core::Instant due = kNever;     // what the owner wants
    core::Instant queued = kNever;  // the earliest heap entry of this key
  };

  std::vector<Slot> slots_;
  std::priority_queue<Entry> heap_;
};

}  // namespace pbx::call_load
