// sip/admission.h — which new requests are served at all: form, capability, load, and who asks.
//
// SIP thread; plain rules over one message, no state but counters of the context.

#pragma once

#include <optional>

#include "sip/context.h"

namespace pbx::sip {

// Header bytes of a request over UDP above which it is refused with 513: our response repeats
// most of them and must fit a datagram.
inline constexpr std::size_t kUdpRequestMax = 32 * 1024;

// False: drop the request without a word.  Otherwise the Via is safe to answer to: nta would stop
// the process if an answer could not be sent and an ACK came for it all the same.
[[nodiscard]] bool clean(const Request& request);

// True if `url` names an address or a host of profile.sip_domains; every host if there are none.
[[nodiscard]] bool is_our_domain(const Context& context, const url_t* url);

// The refusal of a request that has no dialog, if it deserves one (RFC 3261 8.2).
[[nodiscard]] std::optional<Response> check_form(const Context& context, const Request& request);

// The refusal of an INVITE for its body, its extensions or our load.
[[nodiscard]] std::optional<Response> check_invite(Context& context, const Request& request);

}  // namespace pbx::sip
