// sip/certificate_name.h — the name that a server's certificate must carry (RFC 5922 section 7.1).
//
// Pure.

#pragma once

#include <string>

#include "sip/trunk_table.h"

namespace pbx::sip {

// The name by which a trunk of `config` reaches `server`: that of its proxy, or of its server if
// the proxy is given as an address.  "": no trunk goes there by a name.
[[nodiscard]] std::string certificate_name(const config::Config& config, const TrunkTable& trunks,
                                           const core::SocketAddress& server);

}  // namespace pbx::sip
