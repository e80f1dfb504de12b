// storage/item.h — everything the store can be asked to write.  Plain values.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "core/call/binding.h"
#include "core/call/effect.h"
#include "storage/record_json.h"

namespace pbx::storage {

struct StoreBinding {  // inserts or replaces by id
  call::Binding binding;
};
struct EraseBinding {
  core::BindingId binding;
};
struct StoreAccount {  // inserts or replaces by number
  Account account;
};
struct StoreMeta {  // a small fact about the installation
  std::string name, value;
};

// The name of the fact that a hand is on a schedule.
[[nodiscard]] inline std::string schedule_key(std::string_view schedule) {
  return "schedule." + std::string(schedule);
}

using Item = std::variant<call::Journal, call::StoreCdr, call::StoreRecording, StoreBinding,
                          EraseBinding, StoreAccount, StoreMeta>;

struct ToItem {
  Item operator()(call::StoreOverride&& hand) const {
    return StoreMeta{schedule_key(hand.schedule), std::move(hand.text)};
  }
  template <class T>
  Item operator()(T&& plain) const {
    return std::forward<T>(plain);
  }
};

[[nodiscard]] inline Item to_item(call::StoreCommand&& command) {
  return std::visit(ToItem{}, std::move(command));
}

}  // namespace pbx::storage
