// sip/identity.h — who calls and who diverted, between the headers and call::Party.
//
// SIP thread (reads sofia's messages; keeps nothing).  RFC 3325 (P-Asserted-Identity, Privacy),
// RFC 3323, RFC 5806 (Diversion), RFC 7044 (History-Info).

#pragma once

#include <string>
#include <vector>

#include "core/call/effect.h"
#include "core/config/extension.h"
#include "sip/header_text.h"
#include "sip/sofia.h"

namespace pbx::sip {

// The party to show for an authenticated extension.  A telephone may assert only what is its own:
// its number or its caller_id; everything else becomes caller_id.
[[nodiscard]] call::Party caller_of(const sip_t* sip, const config::Extension& extension);
[[nodiscard]] bool wants_privacy(const sip_t* sip);
// The latest first, at most kDiversionsMax.
[[nodiscard]] std::vector<call::Diversion> diversions_of(const sip_t* sip);

// From, as the other side may see it.
[[nodiscard]] std::string from_of(const call::SipInvite& invite, std::string_view host);
void add_identity(const call::SipInvite& invite, std::string_view host, HeaderText& headers);

}  // namespace pbx::sip
