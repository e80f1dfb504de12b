#include "sip/leg_table.h"

#include <algorithm>

#include "core/base/assert.h"

namespace pbx::sip {

Leg& LegTable::insert(std::unique_ptr<Leg> leg) {
  Leg& placed = *leg;
  const bool tag_is_new = by_tag_.emplace(placed.dialog.local_tag, &placed).second;
  const bool id_is_new = legs_.emplace(placed.id, std::move(leg)).second;
  PBX_ASSERT(tag_is_new && id_is_new);
  return placed;
}

void LegTable::erase(core::LegId id) {
  const auto found = legs_.find(id);
  if (found == legs_.end()) return;
  by_tag_.erase(found->second->dialog.local_tag);
  legs_.erase(found);
}

void LegTable::clear() {
  by_tag_.clear();
  legs_.clear();
}

Leg* LegTable::find(core::LegId id) {
  const auto found = legs_.find(id);
  return found == legs_.end() ? nullptr : found->second.get();
}

Leg* LegTable::find_dialog(std::string_view call_id, std::string_view remote_tag,
                           std::string_view local_tag) {
  const auto found = by_tag_.find(local_tag);
  if (found == by_tag_.end() || found->second->dialog.call_id != call_id) return nullptr;
  Leg& leg = *found->second;
  if (leg.dialog.remote_tag == remote_tag) return &leg;
  const bool is_early =
      std::any_of(leg.early.begin(), leg.early.end(),
                  [&](const EarlyDialog& early) { return early.tag == remote_tag; });
  return is_early ? &leg : nullptr;
}

}  // namespace pbx::sip
