#include "core/call/locations.h"

#include <algorithm>
#include <tuple>

namespace pbx::call {

void Locations::apply(const BindingChanged& change) {
  auto& bindings = by_extension_[change.binding.extension];
  count_ -= bindings.size();
  std::erase_if(bindings, [&](const Binding& b) { return b.id == change.binding.id; });
  using What = BindingChanged::What;
  if (change.what == What::kAdded || change.what == What::kChanged)
    bindings.push_back(change.binding);
  count_ += bindings.size();
  if (bindings.empty()) by_extension_.erase(change.binding.extension);
}

std::vector<Binding> Locations::find(std::string_view extension) const {
  const auto found = by_extension_.find(extension);
  if (found == by_extension_.end()) return {};
  std::vector<Binding> bindings = found->second;
  std::sort(bindings.begin(), bindings.end(), [](const Binding& a, const Binding& b) {
    return std::tuple(b.q_thousandths, b.id) < std::tuple(a.q_thousandths, a.id);
  });
  return bindings;
}

}  // namespace pbx::call
