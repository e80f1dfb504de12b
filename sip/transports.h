// sip/transports.h — the listening addresses of a profile, and what of us a peer sees.
//
// SIP thread.  Each address is one primary transport of the agent (a transport list in one URL
// makes nta read outside an array).

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/net.h"
#include "core/base/result.h"
#include "core/call/binding.h"
#include "core/config/profile.h"
#include "sip/sofia.h"

namespace pbx::sip {

struct Listener {
  call::Transport transport = call::Transport::kUdp;
  core::SocketAddress address;  // with the real port
  const char* ident = nullptr;  // nta's name for it, which transactions point at
};

class Transports {
 public:
  // Binds all addresses of the profile.  Errors: kUnavailable names the address.
  [[nodiscard]] static core::Result<Transports> open(nta_agent_t* agent,
                                                     const config::Profile& profile);

  [[nodiscard]] const std::vector<Listener>& listeners() const { return listeners_; }

  // The address of ours to name to `peer`: the listener of its kind, a wildcard replaced by the
  // address that routing chooses, or the external address.  nullopt: no such listener.
  [[nodiscard]] std::optional<core::SocketAddress> local_for(call::Transport transport,
                                                             const core::SocketAddress& peer) const;

  // Listener::ident for sending to `peer`, null if none is of its kind.
  [[nodiscard]] const char* ident_for(call::Transport transport,
                                      const core::SocketAddress& peer) const;

  // True if `host`:`port` is one of ours (Via of a looped request).
  [[nodiscard]] bool is_ours(std::string_view host, std::string_view port) const;

  [[nodiscard]] bool is_local_network(const core::IpAddress& ip) const;

 private:
  [[nodiscard]] const Listener* listener_for(call::Transport transport,
                                             const core::SocketAddress& peer) const;

  std::vector<Listener> listeners_;
  core::IpAddress external_;
  std::vector<core::IpPrefix> local_networks_;
};

// "192.0.2.1", "[2001:db8::1]"
[[nodiscard]] std::string host_of(const core::SocketAddress& local);
// "<sip:user@192.0.2.1:5060;transport=tcp>"
[[nodiscard]] std::string contact_of(std::string_view user, const core::SocketAddress& local,
                                     call::Transport transport);
// "SIP/2.0/UDP 192.0.2.1:5060;rport", without the branch, which nta adds.
[[nodiscard]] std::string via_of(const core::SocketAddress& local, call::Transport transport);

}  // namespace pbx::sip
