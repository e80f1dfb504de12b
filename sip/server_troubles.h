// sip/server_troubles.h — why the connection to a server came to nothing, until nta has told the
// requests that waited for it, and what was said about it in the log.
//
// Pure.  nta tells them within the turn in which the connection failed, and only that, not why.

#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "core/base/net.h"
#include "core/base/time.h"

namespace pbx::sip {

class ServerTroubles {
 public:
  static constexpr std::size_t kServersMax = 256;  // with more all are forgotten
  static constexpr std::chrono::minutes kSayAgain{10};

  // True: worth a line in the log.  The same reason again is not, until kSayAgain has passed.
  bool note(core::Instant now, const core::SocketAddress& server, std::string reason);
  void end_turn();

  // For people: what was noted in this turn, or that there is no connection.
  [[nodiscard]] std::string_view reason(const core::SocketAddress& server) const;

 private:
  struct Trouble {
    std::string reason;
    core::Instant said_at{};
    bool is_of_this_turn = true;
  };
  std::map<core::SocketAddress, Trouble> servers_;
  bool is_noted_ = false;  // in this turn
};

}  // namespace pbx::sip
