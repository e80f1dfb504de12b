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

using Item = std::variant<call::Journal, call::StoreCdr, call::StoreRecording, StoreBinding,
                          EraseBinding, StoreAccount, StoreMeta>;

struct ToItem {
  Item operator()(call::StoreFact&& stored) const {
    return StoreMeta{call::key_of(stored.fact), std::move(stored.fact.text)};
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
