// sip/name_servers.h — who answers DNS: the name servers of a file as resolv.conf(5) describes it.
//
// Pure.  Only `nameserver` lines are read: names of trunks are written in full, so `search` and
// `domain` have nothing to add, and times are the resolver's own.  Beyond resolv.conf(5) an address
// may have a port: `nameserver 127.0.0.1:5353`, `nameserver [::1]:5353`.

#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/base/net.h"

namespace pbx::sip {

inline constexpr std::size_t kNameServersMax = 3;  // those after are not used, as in the C library
inline constexpr std::uint16_t kDnsPort = 53;

// In the order of the file; without any the one on this machine.  What is no address is passed
// over: a wrong line must not stop the others.
[[nodiscard]] std::vector<core::SocketAddress> read_name_servers(std::string_view text);

}  // namespace pbx::sip
