// sip/wire.h — between sofia's parsed messages and plain values.
//
// SIP thread (nothing here keeps state).  Texts are copied out, so that they outlive the message.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/cause.h"
#include "core/base/net.h"
#include "core/call/binding.h"
#include "core/call/cdr.h"
#include "core/call/event.h"
#include "sip/header_text.h"
#include "sip/leg.h"
#include "sip/sofia.h"

namespace pbx::sip {

struct Body {
  std::string_view type;  // "" for none
  std::string_view text;
};
inline constexpr std::string_view kSdpType = "application/sdp";

// --- reading; views live as long as the message ---
[[nodiscard]] std::string uri_text(const url_t* url);
[[nodiscard]] std::string user_of(const url_t* url);  // unescaped, "" if none
[[nodiscard]] std::string display_of(const char* quoted);
[[nodiscard]] std::string name_address(const sip_addr_t* address);  // without its parameters
[[nodiscard]] std::string_view view(const char* text);              // "" for null
[[nodiscard]] core::SocketAddress source_of(msg_t* msg);
[[nodiscard]] call::Transport transport_of(const sip_t* sip);  // by its top Via
// The values of a header that sofia does not parse, in order, commas not split.
[[nodiscard]] std::vector<std::string> unknown_headers(const sip_t* sip, std::string_view name);
// User-Agent, or a header that sofia does not parse, as far as it is there: name and value.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> headers_of(
    const sip_t* sip, const std::vector<std::string>& names);
[[nodiscard]] bool has_option(const msg_list_t* list, const char* option);
[[nodiscard]] std::vector<std::string> record_route(const sip_t* sip);  // in the order written
[[nodiscard]] std::string agent_name(const sip_t* sip);
// The whole body with its type; the SDP part alone if it is multipart.
[[nodiscard]] Body body_of(const sip_t* sip);
[[nodiscard]] std::optional<std::string_view> sdp_of(const sip_t* sip);
[[nodiscard]] PeerCapabilities capabilities_of(const sip_t* sip);
// From the status or the request and its Reason headers.
[[nodiscard]] core::Cause cause_of(const sip_t* sip, std::uint16_t status);
[[nodiscard]] std::string message_text(msg_t* msg);
// nta made the response itself: the other side gave none, or there is no way to it.
[[nodiscard]] bool is_unheard(const sip_t* response);

// --- writing ---
struct RequestText {
  std::string_view method;
  std::string uri;
  HeaderText headers;
  std::string_view body_type;
  std::string body;
};
// Null if sofia cannot parse what was made (a URI from outside may be nonsense).
[[nodiscard]] msg_t* make_request(nta_agent_t* agent, const RequestText& request);
[[nodiscard]] msg_t* make_response(nta_agent_t* agent, nta_incoming_t* transaction, int status,
                                   const char* phrase, const HeaderText& headers,
                                   std::string_view body_type = {}, const std::string& body = {});

}  // namespace pbx::sip
