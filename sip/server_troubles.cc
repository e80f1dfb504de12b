#include "sip/server_troubles.h"

#include <utility>

namespace pbx::sip {

bool ServerTroubles::note(core::Instant now, const core::SocketAddress& server,
                          std::string reason) {
  if (servers_.size() >= kServersMax && !servers_.contains(server)) servers_.clear();
  is_noted_ = true;
  Trouble& trouble = servers_[server];
  trouble.is_of_this_turn = true;
  if (trouble.reason == reason && now < trouble.said_at + kSayAgain) return false;
  trouble.reason = std::move(reason);
  trouble.said_at = now;
  return true;
}

void ServerTroubles::end_turn() {
  if (!std::exchange(is_noted_, false)) return;
  for (auto& [server, trouble] : servers_) trouble.is_of_this_turn = false;
}

std::string_view ServerTroubles::reason(const core::SocketAddress& server) const {
  const auto found = servers_.find(server);
  if (found == servers_.end() || !found->second.is_of_this_turn)
    return "no connection: refused, broken off or no way there";
  return found->second.reason;
}

}  // namespace pbx::sip
