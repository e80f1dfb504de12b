// sip/leg_table.h — the legs of one SIP thread, found by id and by dialog.
//
// SIP thread.  Addresses of legs are stable until erase().

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/base/text.h"
#include "sip/leg.h"

namespace pbx::sip {

class LegTable {
 public:
  // REQUIRES: leg->id is new; its dialog has a Call-ID and a local tag of its own.
  Leg& insert(std::unique_ptr<Leg> leg);
  void erase(core::LegId id);
  void clear();
  [[nodiscard]] Leg* find(core::LegId id);
  // RFC 3261 12.2.2: by Call-ID, their tag (From) and ours (To).
  [[nodiscard]] Leg* find_dialog(std::string_view call_id, std::string_view remote_tag,
                                 std::string_view local_tag);
  [[nodiscard]] std::size_t size() const { return legs_.size(); }

  // In any order.
  template <typename Visit>
  void for_each(Visit&& visit) {
    for (auto& [id, leg] : legs_) visit(*leg);  // order is free: callers sort
  }

 private:
  std::unordered_map<core::LegId, std::unique_ptr<Leg>> legs_;
  // By our tag, which is random and ours alone.
  std::unordered_map<std::string, Leg*, core::HashText, std::equal_to<>> by_tag_;
};

}  // namespace pbx::sip
