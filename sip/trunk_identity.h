// sip/trunk_identity.h — who calls, who is called and who diverted, between the headers of a trunk
// and call::Party.
//
// SIP thread (reads sofia's messages; keeps nothing).  RFC 3325 (P-Asserted-Identity), RFC 3323
// (Privacy), draft-ietf-sip-privacy-01 (Remote-Party-ID, which old exchanges still send), RFC 5806,
// RFC 7044.

#pragma once

#include <string>
#include <string_view>

#include "core/call/effect.h"
#include "core/config/trunk.h"
#include "sip/header_text.h"
#include "sip/sofia.h"

namespace pbx::sip {

struct TrunkCaller {
  call::Party party;  // no number: it is hidden from us too, or there is none
  bool anonymous = false;
};

// From, unless the trunk is trusted and asserts somebody else.
[[nodiscard]] TrunkCaller caller_of(const sip_t* sip, const config::Trunk& trunk);

// The number that was dialled, from where the trunk says it stands.  A request URI that names the
// contact which we registered says nothing: then it is To.
[[nodiscard]] std::string did_of(const sip_t* sip, const config::Trunk& trunk);

// The host of From and To: what is configured, else the first server.
[[nodiscard]] std::string domain_of(const config::Trunk& trunk);

// From of our INVITE.
[[nodiscard]] std::string from_of(const call::SipInvite& invite, const config::Trunk& trunk);
// P-Asserted-Identity, Remote-Party-ID, Privacy, Diversion, History-Info.  Who hides his number is
// named only to a trusted trunk.  `host` stands in the URIs of diversions.
void add_identity(const call::SipInvite& invite, const config::Trunk& trunk, HeaderText& headers);

}  // namespace pbx::sip
