// core/call/locations.h — where each extension can be reached: control's copy of all bindings.
//
// Pure.  Owner: control.  Fed by BindingChanged events of every profile's registrar.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/text.h"
#include "core/call/binding.h"
#include "core/call/event.h"

namespace pbx::call {

class Locations {
 public:
  void apply(const BindingChanged& change);

  // The bindings of `extension`, best q first, then the newest; empty if not registered.
  [[nodiscard]] std::vector<Binding> find(std::string_view extension) const;

  [[nodiscard]] std::size_t size() const { return count_; }

 private:
  std::unordered_map<std::string, std::vector<Binding>, core::HashText, std::equal_to<>>
      by_extension_;
  std::size_t count_ = 0;
};

}  // namespace pbx::call
