#include "core/call/call.h"

#include <algorithm>
#include <array>

namespace pbx::call {

Leg* Call::find(core::LegId leg) {
  const auto found =
      std::find_if(legs.begin(), legs.end(), [leg](const Leg& one) { return one.id == leg; });
  return found == legs.end() ? nullptr : &*found;
}

Leg* Call::other(core::LegId leg) {
  if (!peer) return nullptr;
  return leg == peer ? &caller() : find(peer);
}

std::string_view text(Call::Stage stage) {
  constexpr std::array<std::string_view, 6> kTexts{"dialing", "ringing", "talking",
                                                   "service", "failing", "ending"};
  return kTexts[static_cast<std::size_t>(stage)];
}

}  // namespace pbx::call
