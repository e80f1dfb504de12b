// core/call/binding.h — one registered contact of an extension (RFC 3261 10.3).
//
// Plain value.  The registrar of a profile (its SIP thread) owns bindings; control keeps a copy
// to know whom to ring; the store keeps one so that bindings survive a restart.

#pragma once

#include <cstdint>
#include <string>

#include "core/base/ids.h"
#include "core/base/net.h"
#include "core/base/wall_time.h"

namespace pbx::call {

enum class Transport : std::uint8_t { kUdp, kTcp, kTls };

struct Binding {
  core::BindingId id;
  core::ProfileId profile;   // of this run: ids follow the order of the names
  std::string profile_name;  // of any run
  std::string extension;
  std::string contact_uri;       // as the phone wrote it: the request URI of calls to it
  core::SocketAddress received;  // where the REGISTER came from: calls are sent there (NAT)
  Transport transport = Transport::kUdp;
  core::IpAddress local_ip;  // the address of ours that the phone reached
  std::uint16_t q_thousandths = 1000;
  core::WallTime expires;  // wall clock, because it outlives the process
  std::string instance;    // +sip.instance, or ""
  std::string sip_call_id;
  std::uint32_t cseq = 0;
  std::string path;  // Path header (RFC 3327), or ""
  std::string user_agent;

  friend bool operator==(const Binding&, const Binding&) = default;
};

}  // namespace pbx::call
