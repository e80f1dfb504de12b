#include "core/base/timers.h"

#include <algorithm>

namespace pbx::core {

TimerId DeadlineHeap::add(Instant deadline) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.push_back({1, kCollected});
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  const Node node{deadline, next_sequence_++, slot};
  heap_.push_back(node);
  sift_up(heap_.size() - 1, node);
  return {slot, slots_[slot].generation};
}

bool DeadlineHeap::remove(TimerId id) {
  if (!id || id.slot >= slots_.size() || slots_[id.slot].generation != id.generation) return false;
  Slot& slot = slots_[id.slot];
  if (slot.position != kCollected) take_out(slot.position);
  if (++slot.generation == 0) slot.generation = 1;
  free_.push_back(id.slot);
  return true;
}

void DeadlineHeap::collect_due(Instant now, std::vector<TimerId>& due) {
  while (!heap_.empty() && heap_.front().deadline <= now) {
    const std::uint32_t slot = heap_.front().slot;
    take_out(0);
    slots_[slot].position = kCollected;
    due.push_back({slot, slots_[slot].generation});
  }
}

std::optional<Instant> DeadlineHeap::next_deadline() const {
  if (heap_.empty()) return std::nullopt;
  return heap_.front().deadline;
}

bool DeadlineHeap::is_before(const Node& a, const Node& b) {
  return a.deadline != b.deadline ? a.deadline < b.deadline : a.sequence < b.sequence;
}

void DeadlineHeap::place(std::size_t position, const Node& node) {
  heap_[position] = node;
  slots_[node.slot].position = static_cast<std::uint32_t>(position);
}

void DeadlineHeap::sift_up(std::size_t position, const Node& node) {
  while (position > 0) {
    const std::size_t parent = (position - 1) / kChildren;
    if (!is_before(node, heap_[parent])) break;
    place(position, heap_[parent]);
    position = parent;
  }
  place(position, node);
}

void DeadlineHeap::sift_down(std::size_t position, const Node& node) {
  for (;;) {
    const std::size_t first = position * kChildren + 1;
    if (first >= heap_.size()) break;
    const auto begin = heap_.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = begin + static_cast<std::ptrdiff_t>(std::min(kChildren, heap_.size() - first));
    const auto least = std::min_element(begin, end, is_before);
    if (!is_before(*least, node)) break;
    const auto child = static_cast<std::size_t>(least - heap_.begin());
    place(position, *least);
    position = child;
  }
  place(position, node);
}

void DeadlineHeap::take_out(std::size_t position) {
  const Node last = heap_.back();
  heap_.pop_back();
  if (position == heap_.size()) return;
  // The last node comes from another branch: it may belong above or below the gap.
  if (position > 0 && is_before(last, heap_[(position - 1) / kChildren]))
    sift_up(position, last);
  else
    sift_down(position, last);
}

}  // namespace pbx::core
