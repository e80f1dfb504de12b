#include "tools/call_load/deadlines.h"

namespace pbx::call_load {

void Deadlines::set(Key key, core::Instant when) {
  if (key >= slots_.size()) slots_.resize(key + 1);
  Slot& slot = slots_[key];
  slot.due = when;
  if (when >= slot.queued) return;
  slot.queued = when;
  heap_.push({when, key});
}

void Deadlines::clear(Key key) {
  if (key < slots_.size()) slots_[key].due = kNever;
}

bool Deadlines::is_set(Key key) const { return key < slots_.size() && slots_[key].due != kNever; }

std::optional<Deadlines::Key> Deadlines::pop_due(core::Instant now) {
  while (!heap_.empty() && heap_.top().when <= now) {
    const Entry entry = heap_.top();
    heap_.pop();
    Slot& slot = slots_[entry.key];
    if (entry.when != slot.queued) continue;  // an earlier entry replaced this one
    slot.queued = kNever;
    if (slot.due <= now) {
      slot.due = kNever;
      return entry.key;
    }
    if (slot.due != kNever) set(entry.key, slot.due);
  }
  return std::nullopt;
}

}  // namespace pbx::call_load
