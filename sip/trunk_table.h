// sip/trunk_table.h — the trunks of one profile: who a caller is by his address, where calls go.
//
// Pure; owner: the SIP thread of the profile.  What is resolved and what is alive is told by
// set_targets() and set_alive(); the table only keeps and orders it.

#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/net.h"
#include "core/call/binding.h"
#include "core/config/config.h"

namespace pbx::sip {

inline constexpr std::size_t kTrunkTargetsMax = 32;  // addresses of one trunk; more are not used

// A place where calls of a trunk go.
struct TrunkTarget {
  std::string host;        // of request URIs, as the configuration has it: "sip.example.com"
  std::uint16_t port = 0;  // of request URIs; 0: none given
  call::Transport transport = call::Transport::kUdp;
  core::SocketAddress address;
  bool is_alive = true;
  bool is_registered = false;  // our binding is there

  friend bool operator==(const TrunkTarget&, const TrunkTarget&) = default;
};

// Those servers of a trunk, in its order, that are addresses: names need DNS.
[[nodiscard]] std::vector<TrunkTarget> literal_targets(const config::Trunk& trunk);

class TrunkTable {
 public:
  // Takes the enabled trunks of `profile`; targets of trunks whose servers stay the same are kept.
  void apply(std::shared_ptr<const config::Config> config, const std::string& profile);

  // Null: no trunk of that name here, or it is not enabled.
  [[nodiscard]] const config::Trunk* find(std::string_view name) const;

  // The trunk whose addresses, servers or proxy `source` is; the longest prefix wins, a server
  // with that very port before all.  Among several (accounts at one provider) `user`, the user part
  // of the request URI, decides: it is the login of a trunk that registers, or its number.  Null:
  // nobody's.
  [[nodiscard]] const config::Trunk* match(const core::SocketAddress& source,
                                           std::string_view user) const;
  // True if `source` belongs to any trunk: it is never banned.
  [[nodiscard]] bool is_known(const core::IpAddress& source) const;

  void set_targets(std::string_view trunk, std::vector<TrunkTarget> targets);
  void set_alive(std::string_view trunk, const core::SocketAddress& address, bool is_alive);
  // Where our binding is; an address of none of them: nowhere.
  void set_registered(std::string_view trunk, const core::SocketAddress& address);
  // Those alive first, among them the one that knows us; each group in its order; at most
  // kTrunkTargetsMax.
  [[nodiscard]] std::vector<TrunkTarget> targets(std::string_view trunk) const;

 private:
  struct Entry {
    const config::Trunk* trunk = nullptr;  // of config_
    std::vector<TrunkTarget> targets;
  };
  // How well `source` fits: bits of the longest prefix that holds it, more for a server, -1 for
  // nothing.
  static int fit(const Entry& entry, const core::SocketAddress& source);

  std::shared_ptr<const config::Config> config_;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace pbx::sip
